"""`fewshot fit`: learn classes from examples and keep the classifier in a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.backbones import DEFAULT_BACKBONE
from engine.cli.base import Command, add_choices, read_options
from engine.cli.running import check_choices, follow_fit, request_for
from engine.cli.support import support_of
from engine.cli.terminal import write_json, write_notice, write_remark
from engine.errors import FewshotError
from engine.exports.writing import require_writable_file
from engine.images import SkippedFile
from engine.images.skipped import summary
from engine.learners import DEFAULT_ALGORITHM


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--support",
        type=Path,
        required=True,
        metavar="DIR|PROJECT",
        help="folder with one folder of examples a class, or a project, whose labels are the examples",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the classifier to write")
    add_choices(parser, algorithm=DEFAULT_ALGORITHM, backbone=DEFAULT_BACKBONE)
    parser.add_argument("--json", action="store_true", help="print a summary as JSON on stdout")


def _run(options: argparse.Namespace) -> int:
    require_writable_file(options.out)
    if options.out.exists() and options.support.exists() and options.out.samefile(options.support):
        raise FewshotError(
            "'{path}' has the examples. Give another name for the classifier.", path=options.out
        )
    chosen = read_options(options.option)
    skipped: list[SkippedFile] = []
    examples = support_of(options.support, skipped)
    check_choices(options.algorithm, options.backbone, chosen)
    if skipped:
        write_notice(str(summary(skipped)))
    request = request_for(examples, [], options.algorithm, options.backbone, options.device, chosen)
    outcome = follow_fit(request, options.out)
    finished = outcome.finished
    assert finished is not None
    if options.json:
        write_json(
            {
                "out": str(options.out),
                "classes": list(outcome.class_names),
                "examples": len(request.examples) - finished.unreadable,
                "unreadable": finished.unreadable,
                "left_out": [{"path": one.name, "reason": str(one.reason)} for one in skipped],
                "device": outcome.device,
                "seconds": round(finished.seconds, 3),
                "temperature": finished.temperature,
                **finished.metrics,
                "run": outcome.record,
            }
        )
    else:
        count = len(request.examples) - finished.unreadable
        write_remark(f"{len(outcome.class_names)} classes learnt from {count:,} examples: {options.out}")
    return 0


COMMAND = Command("fit", "Learn classes from examples and keep the classifier in a file.", _configure, _run)
