"""`fewshot predict`: learn classes from folders of examples, label pictures, write a table."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from engine.backbones import DEFAULT_BACKBONE
from engine.cli.base import Command, add_choices, read_options
from engine.cli.export_arguments import add_format, chosen_format
from engine.cli.progress import ProgressBar
from engine.cli.running import Outcome, check_choices, follow, request_for
from engine.cli.terminal import write_json, write_notice, write_remark
from engine.errors import FewshotError
from engine.exports import export
from engine.images import SkippedFile, find_classes, find_loose, find_pictures
from engine.images.data_set_parts import are_parts
from engine.images.skipped import summary
from engine.workspace.class_names import about_joined, join_alike


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--support",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder with one folder of examples a class",
    )
    parser.add_argument(
        "--images", type=Path, nargs="+", required=True, metavar="PATH", help="pictures, or folders of them"
    )
    add_format(parser, "the table, or the new folder, to write")
    add_choices(parser, algorithm="prototypical", backbone=DEFAULT_BACKBONE)
    parser.add_argument("--json", action="store_true", help="print a summary as JSON on stdout")


def _run(options: argparse.Namespace) -> int:
    form, format_options = chosen_format(options)
    chosen = read_options(options.option)
    skipped: list[SkippedFile] = []
    examples, joined = join_alike(find_classes(options.support, skipped))
    if len(examples) < 2:
        found = "no folders" if not examples else f"only the folder “{next(iter(examples))}”"
        raise FewshotError(
            "{path} holds {found}; it needs a folder of examples for each of two classes or more.",
            path=options.support,
            found=found,
        )
    if empty := [f"“{name}”" for name, paths in examples.items() if not paths]:
        raise FewshotError(
            "There is no picture in the class {names}; add one or remove the folder.", names=", ".join(empty)
        )
    if are_parts(examples):
        write_notice(
            f"The classes are {', '.join(examples)}, which are named as the parts of a data set. If the"
            f" classes lie in them, give one of them: --support {options.support / next(iter(examples))}"
        )
    check_choices(options.algorithm, options.backbone, chosen)
    if joined:
        write_notice(str(about_joined(joined)))
    if loose := find_loose(options.support):
        write_notice(_about_loose(loose))
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
    outcome = follow(
        request_for(examples, pictures, options.algorithm, options.backbone, options.device, chosen)
    )
    rows, runs = outcome.rows(), [outcome.record]
    export(options.out, rows, outcome.class_names, form.name, runs, options=format_options)
    _report(outcome, skipped, options)
    return 0


def _about_loose(pictures: Sequence[Path]) -> str:
    if len(pictures) == 1:
        return f"The picture {pictures[0]} was left out: it lies beside the class folders, not in one."
    return (
        f"{len(pictures):,} pictures were left out, for example {pictures[0]}:"
        " they lie beside the class folders, not in one."
    )


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


COMMAND = Command("predict", "Label pictures from folders of examples and write a table.", _configure, _run)
