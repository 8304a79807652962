"""`fewshot rank`: which algorithm is best for these examples."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.backbones import DEFAULT_BACKBONE
from engine.cli.base import Command
from engine.cli.progress import ProgressBar
from engine.cli.running import check_choices, request_for
from engine.cli.support import support_of
from engine.cli.terminal import bug_lines, write_json, write_notice, write_result
from engine.errors import FewshotError
from engine.images import SkippedFile
from engine.images.skipped import summary
from engine.learners import DEFAULT_ALGORITHM
from engine.runs.events import Failed, PicturesUnreadable, Progress, RunRequest, Warned

if TYPE_CHECKING:
    from engine.runs.ranking import Ranked


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--support",
        type=Path,
        required=True,
        metavar="DIR|PROJECT",
        help="folder with one folder of examples a class, or a project, whose labels are the examples",
    )
    parser.add_argument(
        "--algorithm", nargs="+", default=[], metavar="NAME", help="only these; default: all instant ones"
    )
    parser.add_argument("--all", action="store_true", help="also those that adapt step by step, in minutes")
    parser.add_argument("--backbone", default=DEFAULT_BACKBONE, metavar="NAME", help="default: %(default)s")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda:N or mps")
    parser.add_argument("--json", action="store_true", help="print the results as JSON on stdout")


def _run(options: argparse.Namespace) -> int:
    skipped: list[SkippedFile] = []
    examples = support_of(options.support, skipped)
    check_choices(DEFAULT_ALGORITHM, options.backbone, {})
    if skipped:
        write_notice(str(summary(skipped)))
    request = request_for(examples, [], DEFAULT_ALGORITHM, options.backbone, options.device)
    ranked = sorted(_follow(request, options), key=lambda one: (-one.right, one.seconds))
    if options.json:
        write_json([_as_json(one) for one in ranked], indent=2)
        return 0
    width = max(len(one.algorithm) for one in ranked)
    for one in ranked:
        low, high = (round(100 * end) for end in one.interval)
        write_result(
            f"{one.algorithm:{width}}  {one.right:>5,} of {one.examples:,}  {100 * one.accuracy:5.1f} %"
            f"  ({low}–{high})  {one.seconds:6.2f} s"
        )
    write_result("")
    write_result(f"Held-out examples right, with the 95 % interval, on {options.backbone}.")
    return 0


def _follow(request: RunRequest, options: argparse.Namespace) -> list[Ranked]:
    # Here, not above: it loads torch, which a wrong call should not have to wait for.
    from engine.backbones.base import get_backbone
    from engine.runs.ranking import Ranked, rank, rankable

    algorithms = options.algorithm or rankable(get_backbone(request.backbone), options.all)
    ranked: list[Ranked] = []
    paths = {example.picture_id: example.path for example in request.examples}
    with ProgressBar(unit="") as bar:
        for event in rank(request, algorithms):
            match event:
                case Ranked():
                    ranked.append(event)
                    bar.set_description(f"Judged {event.algorithm}", refresh=False)
                case Progress(done=done, total=total):
                    bar.total = total or None
                    bar.update(done - bar.n)
                case Warned(message=message):
                    bar.write(str(message))
                case PicturesUnreadable(picture_ids=ids, reasons=reasons):
                    for picture, reason in zip(ids, reasons, strict=True):
                        bar.write(f"The example {paths[picture]} was left out: {reason}.")
                case Failed(message=message, report=report):
                    if report:
                        bar.write(*bug_lines(report))
                        raise SystemExit(1)
                    raise FewshotError(message)
                case _:
                    pass  # nothing to show on a terminal
    if not ranked:
        raise FewshotError("None of the algorithms could run; the reasons are above.")
    return ranked


def _as_json(one: Ranked) -> dict[str, Any]:
    return {
        "algorithm": one.algorithm,
        "right": one.right,
        "examples": one.examples,
        "accuracy": one.accuracy,
        "interval": list(one.interval),
        "seconds": round(one.seconds, 3),
    }


COMMAND = Command("rank", "Judge algorithms on held-out examples of your own.", _configure, _run)
