"""`fewshot predict`: learn classes from examples, or take a classifier that has; label pictures, write a
table."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from engine.backbones import DEFAULT_BACKBONE
from engine.cli.base import Command, add_choices, read_options
from engine.cli.export_arguments import add_format, chosen_format
from engine.cli.progress import ProgressBar
from engine.cli.running import (
    Outcome,
    check_choices,
    check_classifier,
    follow,
    follow_apply,
    request_for,
)
from engine.cli.support import Support, support_of_folder, support_of_project
from engine.cli.terminal import write_json, write_notice, write_remark
from engine.errors import FewshotError
from engine.exports import export
from engine.images import SkippedFile, find_pictures
from engine.images.skipped import summary
from engine.learners import DEFAULT_ALGORITHM
from engine.runs.events import ApplyRequest, Query


def _configure(parser: argparse.ArgumentParser) -> None:
    taught = parser.add_mutually_exclusive_group(required=True)
    taught.add_argument(
        "--support", type=Path, metavar="DIR", help="folder with one folder of examples a class"
    )
    taught.add_argument(
        "--project", type=Path, metavar="PROJECT", help="project whose labels are the examples; only read"
    )
    taught.add_argument(
        "--classifier", type=Path, metavar="FILE", help="what `fewshot fit` or the window has written"
    )
    parser.add_argument(
        "--images", type=Path, nargs="+", required=True, metavar="PATH", help="pictures, or folders of them"
    )
    add_format(parser, "the table, or the new folder, to write")
    add_choices(parser, algorithm=DEFAULT_ALGORITHM, backbone=DEFAULT_BACKBONE)
    parser.add_argument(
        "--transductive",
        action="store_true",
        help="let each label depend on the other pictures too; short for --option transductive=on",
    )
    parser.add_argument("--json", action="store_true", help="print a summary as JSON on stdout")


def _run(options: argparse.Namespace) -> int:
    form, format_options = chosen_format(options)
    chosen = read_options(options.option)
    if options.transductive:
        chosen["transductive"] = True
    skipped: list[SkippedFile] = []
    examples: Support = {}
    if options.classifier is not None:
        if (options.algorithm, options.backbone, chosen) != (DEFAULT_ALGORITHM, DEFAULT_BACKBONE, {}):
            raise FewshotError(
                "A classifier has its own algorithm, backbone and options; leave them out with --classifier."
            )
        check_classifier(options.classifier)
    else:
        if options.project is not None:
            examples = support_of_project(options.project)
        else:
            examples = support_of_folder(options.support, skipped)
        check_choices(options.algorithm, options.backbone, chosen)
    scan = find_pictures(options.images)
    pictures = list(ProgressBar(scan, "Looking for pictures", unit="", leave=False))
    # A folder may be given as both, and its path be written in two ways.
    skipped = list({Path(one.name).absolute(): one for one in skipped + scan.skipped}.values())
    if skipped:
        write_notice(str(summary(skipped)))
    for folder in scan.unreadable:
        write_notice(f"The folder {folder.path} was left out: {folder.problem}.")
    if not pictures:
        raise FewshotError("There is no picture in {names}.", names=", ".join(map(str, options.images)))
    if options.classifier is not None:
        queries = [Query(place, path) for place, path in enumerate(pictures)]
        outcome = follow_apply(ApplyRequest(options.classifier, queries, options.device))
    else:
        outcome = follow(
            request_for(examples, pictures, options.algorithm, options.backbone, options.device, chosen)
        )
    rows, runs = outcome.rows(), [outcome.record]
    export(options.out, rows, outcome.class_names, form.name, runs, options=format_options)
    _report(outcome, skipped, options)
    return 0


def _report(outcome: Outcome, skipped: Sequence[SkippedFile], options: argparse.Namespace) -> None:
    finished = outcome.finished
    assert finished is not None
    if outcome.errors:
        count = len(outcome.errors)
        pictures = "1 picture" if count == 1 else f"{count} pictures"
        write_notice(f"{pictures} could not be read; the table says why.")
    if options.json:
        summary = {
            "out": str(options.out),
            "classified": finished.classified,
            "unreadable": len(outcome.errors),
            "left_out": [{"path": one.name, "reason": str(one.reason)} for one in skipped],
            "classes": list(outcome.class_names),
            "device": outcome.device,
            "seconds": round(finished.seconds, 3),
            "embedded": finished.embedded,
            "from_cache": finished.from_cache,
            "temperature": finished.temperature,
            **finished.metrics,
            "run": outcome.record,
        }
        write_json(summary)
    else:
        write_remark(f"{finished.classified} pictures labelled in {finished.seconds:.1f} s: {options.out}")


COMMAND = Command(
    "predict", "Label pictures from examples, or by a classifier, and write a table.", _configure, _run
)
