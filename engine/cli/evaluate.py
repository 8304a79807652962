"""`fewshot evaluate`: how well algorithms learn from a few examples, where the answers are known."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.backbones import DEFAULT_BACKBONE
from engine.cli.base import Command, read_options
from engine.cli.numbers import at_least
from engine.cli.progress import ProgressBar
from engine.cli.terminal import write_json, write_result

if TYPE_CHECKING:
    from engine.evaluation.accuracy import Accuracy
    from engine.evaluation.comparison import ComparisonConfig, Result


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        nargs="+",
        required=True,
        metavar="PATH",
        help="folders or zips with a folder of pictures a class, files or folders of glyph arrays (.npz), or "
        "the word “synthetic” for invented characters",
    )
    parser.add_argument(
        "--algorithm", nargs="+", default=["all"], metavar="NAME", help="one or more, or: all (the default)"
    )
    parser.add_argument("--backbone", default=DEFAULT_BACKBONE, metavar="NAME", help="default: %(default)s")
    parser.add_argument("--include", nargs="+", default=[], metavar="PREFIX", help="only classes named so")
    parser.add_argument("--way", nargs="+", type=at_least(2), default=[5], metavar="N", help="default: 5")
    parser.add_argument(
        "--shot", nargs="+", type=at_least(1), default=[1, 5], metavar="K", help="default: 1 5"
    )
    parser.add_argument("--query", type=at_least(1), default=5, metavar="N", help="default: %(default)s")
    parser.add_argument("--episodes", type=at_least(1), default=600, metavar="N", help="default: %(default)s")
    parser.add_argument("--seed", type=at_least(0), default=0, metavar="S", help="default: %(default)s")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda:N or mps")
    parser.add_argument(
        "--transductive",
        action="store_true",
        help="also judge an episode's pictures together, as papers of the MAML family do, where that differs",
    )
    parser.add_argument(
        "--turns",
        type=int,
        choices=(1, 4),
        default=1,
        help="4: a class in each of its four turns counts as a class, as papers on Omniglot do",
    )
    parser.add_argument(
        "--untrained", action="store_true", help="judge algorithms as they are before meta-training"
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a choice about the algorithms that have it; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON on stdout")


def _run(options: argparse.Namespace) -> int:
    # Here, not above: it loads torch, which a wrong call should not have to wait for.
    from engine.evaluation.comparison import ComparisonConfig

    config = ComparisonConfig(
        tuple(options.data),
        tuple(options.algorithm),
        options.backbone,
        tuple(dict.fromkeys(options.way)),
        tuple(dict.fromkeys(options.shot)),
        options.query,
        options.episodes,
        options.seed,
        tuple(options.include),
        options.turns,
        options.device,
        options.untrained,
        read_options(options.option),
    )
    rows = list(_rows(_follow(config), options.transductive))
    if options.json:
        write_json([_as_json(row, config) for row in rows], indent=2)
    else:
        _print_tables(rows, config)
    return 0


@dataclass(frozen=True)
class _Row:
    """A result in one mode."""

    result: Result
    accuracy: Accuracy
    transductive: bool

    @property
    def name(self) -> str:
        """The algorithm, with its mode if it is not that of use."""
        return self.result.algorithm + (", transductive" if self.transductive else "")

    @property
    def task(self) -> tuple[int, int]:
        return self.result.way, self.result.shot


def _rows(results: Iterable[Result], transductive: bool) -> Iterator[_Row]:
    for result in results:
        yield _Row(result, result.evaluation.accuracy, transductive=False)
        if transductive and result.evaluation.transductive is not None:
            yield _Row(result, result.evaluation.transductive, transductive=True)


def _follow(config: ComparisonConfig) -> list[Result]:
    from engine.evaluation.comparison import Result, compare
    from engine.meta_training.training_events import EvaluationProgress, Notice, ReadingData

    results: list[Result] = []
    with ProgressBar(unit="") as bar:
        for event in compare(config):
            match event:
                case ReadingData(name=name, pictures=pictures):
                    bar.set_description(f"Reading {name}", refresh=False)
                    bar.n = pictures
                    bar.refresh()
                case Notice(message=message):
                    bar.write(str(message))
                case EvaluationProgress(done=done, total=total):
                    bar.set_postfix({"episode": f"{done} of {total}"}, refresh=False)
                    bar.update(0)
                case Result(data=data, algorithm=algorithm):
                    results.append(event)
                    bar.set_description(f"Judged {algorithm} on {data}", refresh=False)
                    bar.n = len(results)
                    bar.refresh()
    return results


def _as_json(row: _Row, config: ComparisonConfig) -> dict[str, Any]:
    result = row.result
    return {
        "data": result.data,
        "algorithm": result.algorithm,
        "backbone": config.backbone,
        "way": result.way,
        "shot": result.shot,
        "query": config.query,
        "episodes": row.accuracy.episodes,
        "seed": config.seed,
        "accuracy": row.accuracy.mean,
        "interval": None if math.isnan(row.accuracy.interval) else row.accuracy.interval,
        "milliseconds": result.evaluation.milliseconds,
        "transductive": row.transductive,
        "untrained": config.untrained,
    }


def _print_tables(rows: list[_Row], config: ComparisonConfig) -> None:
    """For each data set a table: a row an algorithm in a mode, a column a task."""
    for data in dict.fromkeys(row.result.data for row in rows):
        mine = [row for row in rows if row.result.data == data]
        tasks = list(dict.fromkeys(row.task for row in mine))
        lines = [["", *(f"{way}-way {shot}-shot" for way, shot in tasks)]]
        for name in dict.fromkeys(row.name for row in mine):
            cells = {row.task: _cell(row, mine) for row in mine if row.name == name}
            lines.append([name, *(cells.get(task, "") for task in tasks)])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        write_result(f"{data} on {config.backbone}: accuracy ± 95 % interval, and time an episode")
        for first, *rest in lines:
            line = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
            write_result("  ".join([first.ljust(widths[0]), *line]).rstrip())
        write_result("")
    write_result(
        f"{config.episodes} episodes each with {config.query} pictures a class to be judged on, "
        f"seed {config.seed}{', before meta-training' if config.untrained else ''}. Where there are several "
        "algorithms, a cell ends with the difference to the first on the same episodes."
    )


def _cell(row: _Row, rows: list[_Row]) -> str:
    first = next(one for one in rows if one.task == row.task)
    cell = f"{row.accuracy}  {row.result.evaluation.milliseconds:6.1f} ms"
    if all(one.name == first.name for one in rows):
        return cell
    difference = "" if row.name == first.name or row.transductive else _difference(row, first)
    return f"{cell}  {difference:>15}"


def _difference(row: _Row, first: _Row) -> str:
    """To the first algorithm on the same episodes, in points of percent."""
    from engine.evaluation.accuracy import Accuracy

    pairs = zip(row.result.evaluation.scores, first.result.evaluation.scores, strict=True)
    paired = Accuracy.of([mine - its for mine, its in pairs])
    return f"{100 * paired.mean:+.2f} ± {100 * paired.interval:.2f}"


COMMAND = Command("evaluate", "Measure how well algorithms learn from a few examples.", _configure, _run)
