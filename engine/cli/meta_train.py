"""`fewshot meta-train`: teach an algorithm to learn from few examples, and write its checkpoint."""

from __future__ import annotations

import argparse
import math
import shlex
from collections.abc import Generator
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.backbones import DEFAULT_BACKBONE
from engine.cli.base import Command
from engine.cli.interrupt import graceful_interrupt
from engine.cli.numbers import at_least, positive, range_from
from engine.cli.progress import ProgressBar
from engine.cli.terminal import write_notice, write_remark
from engine.learners.user_checkpoints import normalize_checkpoint_name, user_checkpoint_path

if TYPE_CHECKING:
    from engine.learners.recipe import Recipe
    from engine.meta_training.training_events import Event, TrainingStep


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--algorithm", required=True, metavar="NAME")
    parser.add_argument("--backbone", default=DEFAULT_BACKBONE, metavar="NAME", help="default: %(default)s")
    parser.add_argument(
        "--data",
        nargs="+",
        required=True,
        metavar="PATH",
        help="folders or zips with a folder of pictures a class, files or folders of glyph arrays (.npz), or "
        "the word “synthetic” for invented characters; an episode takes its classes from one of them",
    )
    parser.add_argument(
        "--exclude", nargs="+", default=[], metavar="PREFIX", help="leave out classes whose names begin so"
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--out", type=Path, metavar="FILE", help="NAME.safetensors; default: where the program finds it"
    )
    place.add_argument(
        "--name",
        metavar="TEXT",
        help="keep it beside the bundled checkpoint: chosen in the menu, or by --algorithm ALGORITHM:NAME",
    )
    parser.add_argument("--way", type=range_from(2), metavar="N-M", help="classes an episode")
    parser.add_argument("--shot", type=range_from(1), metavar="N-M", help="examples a class")
    parser.add_argument("--query", type=at_least(1), metavar="N", help="pictures a class to be judged on")
    parser.add_argument("--episodes", type=at_least(0), metavar="N", help="episodes in all")
    parser.add_argument("--meta-batch", type=at_least(1), metavar="N", help="episodes a step")
    parser.add_argument("--learning-rate", type=positive, metavar="X", help="of the outer loop")
    parser.add_argument("--seed", type=at_least(0), default=0, metavar="S", help="default: %(default)s")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda:N or mps")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on with an unfinished training")
    parser.add_argument(
        "--attribution",
        action="append",
        default=[],
        metavar="TEXT",
        help="whose data it is and under which licence, for the card; may be given several times",
    )


def _run(options: argparse.Namespace) -> int:
    # Here, not above: it loads torch, which a wrong call should not have to wait for.
    from engine.backbones.base import get_backbone
    from engine.learners.registry import get_learner
    from engine.meta_training.job import run
    from engine.meta_training.training_config import TrainingConfig

    name = "" if options.name is None else normalize_checkpoint_name(options.name)
    order = TrainingConfig(
        options.algorithm,
        options.backbone,
        tuple(options.data),
        options.out or user_checkpoint_path(options.algorithm, options.backbone, name),
        _recipe(options, get_learner(options.algorithm).recipe_on(get_backbone(options.backbone))),
        options.seed,
        options.device,
        tuple(options.exclude),
        tuple(options.attribution),
        options.resume,
    )
    how_to_go_on = f"give the same command with --resume {shlex.quote(str(order.state_file))}"
    return follow(run(order), order.recipe.steps, order.state_file, how_to_go_on)


def _recipe(options: argparse.Namespace, recipe: Recipe) -> Recipe:
    """The algorithm's own recipe, except for what was asked for otherwise."""
    chosen = {
        "ways": options.way,
        "shots": options.shot,
        "query": options.query,
        "meta_batch": options.meta_batch,
        "learning_rate": options.learning_rate,
    }
    recipe = replace(recipe, **{name: value for name, value in chosen.items() if value is not None})
    if options.episodes is None:
        return recipe
    return replace(recipe, steps=math.ceil(options.episodes / recipe.meta_batch))


def follow(events: Generator[Event, None, None], steps: int, state_file: Path, how_to_go_on: str) -> int:
    """Show a training of `steps` steps as it goes; returns the exit status.

    Ctrl-C stops it after the present episode; the steps before are kept in `state_file`, and `how_to_go_on`
    is said.
    """
    try:
        _show(events, steps)
    except KeyboardInterrupt:
        hint = f"To go on, {how_to_go_on}" if state_file.is_file() else "Nothing had been written yet."
        write_notice(f"fewshot: stopped. {hint}")
        return 130
    return 0


def _show(events: Generator[Event, None, None], steps: int) -> None:
    from engine.meta_training.process_group import is_single_process
    from engine.meta_training.training_events import (
        CheckpointSaved,
        EvaluationProgress,
        Notice,
        ReadingData,
        TrainingStep,
    )

    stage = ""
    # Several processes would not stop after the same step: torchrun ends them all at once.
    stopping = graceful_interrupt() if is_single_process() else nullcontext(lambda: False)
    with closing(events), stopping as stop_requested, ProgressBar() as bar:

        def begin(description: str, unit: str, total: int | None = None, done: int = 0) -> None:
            nonlocal stage
            stage, bar.unit, bar.initial = description, unit, done
            bar.set_description(description, refresh=False)
            bar.reset(total)

        for event in events:
            match event:
                case ReadingData(name=name, pictures=pictures):
                    if stage != f"Reading {name}":
                        begin(f"Reading {name}", "picture")
                    bar.update(pictures - bar.n)
                case TrainingStep(step=step, loss=loss):
                    if stage != "Meta-training":
                        begin("Meta-training", "step", steps, step if math.isnan(loss) else 0)
                    bar.set_postfix(_postfix(event), refresh=False)
                    bar.update(step - bar.n)
                    if event.validation is not None:
                        bar.write(_line(event, steps))
                case EvaluationProgress(done=done, total=total):
                    bar.set_postfix({"judging, episode": f"{done} of {total}"}, refresh=False)
                    bar.update(0)
                case Notice(message=message):
                    bar.write(str(message))
                case CheckpointSaved(path=path, validation=validation):
                    bar.close()
                    for name, judged in validation.items():
                        write_remark(f"Validation on {name}: {judged}")
                    write_remark(f"Written: {path}")
                    return
            if stop_requested():
                raise KeyboardInterrupt


def _postfix(step: TrainingStep) -> dict[str, str]:
    shown = {"loss": f"{step.loss:.3f}"}
    return shown if step.best < 0 else {**shown, "best": f"{100 * step.best:.1f} %"}


def _line(step: TrainingStep, steps: int) -> str:
    left = "" if math.isnan(step.seconds_left) else f", {_duration(step.seconds_left)} left"
    loss = "" if math.isnan(step.loss) else f"loss {step.loss:.3f}, "
    return f"step {step.step} of {steps}: {loss}validation {step.validation}{left}"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


COMMAND = Command("meta-train", "Meta-train an algorithm and write its checkpoint.", _configure, _run)
