"""`fewshot export`: write the labels and predictions of a project to a table or a folder of pictures."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from engine.cli.base import Command
from engine.cli.export_arguments import add_format, chosen_format
from engine.cli.progress import ProgressBar
from engine.cli.terminal import write_json, write_notice, write_remark
from engine.errors import FewshotError
from engine.exports import Exported, export_in_steps
from engine.exports.project_rows import LABELS, project_rows
from engine.messages import NOTHING
from engine.workspace import Workspace


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, metavar="PROJECT", help="the project file; it is only read")
    add_format(parser, "the table, or the new folder, to write")
    described = "; ".join(f"{name}: {str(title).lower()}" for name, title in LABELS.values.items())
    parser.add_argument(
        "--labels", choices=list(LABELS.values), default=next(iter(LABELS.values)), help=described
    )
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="X",
        help="predictions less confident than this (0 to 1) are unknown; default: as set in the project",
    )
    parser.add_argument("--json", action="store_true", help="print a summary as JSON on stdout")


def _run(options: argparse.Namespace) -> int:
    form, chosen = chosen_format(options)
    if options.threshold is not None and not 0 <= options.threshold <= 1:
        raise FewshotError("--threshold is a confidence from 0 to 1, for example 0.8.")
    # Looked at, not opened: it may be open in a window.
    with Workspace.view(options.project, NOTHING) as project:
        threshold = options.threshold
        if threshold is None:
            threshold = min(max(project.setting("threshold") or 0.0, 0.0), 1.0)
        steps = export_in_steps(
            options.out,
            project_rows(project, threshold, options.labels),
            [row.name for row in project.classes()],
            form.name,
            [run.to_record() for run in project.effective_runs()],
            threshold,
            chosen,
        )
        with closing(steps), ProgressBar(total=len(project.picture_ids()), unit="picture") as bar:
            while True:
                try:
                    bar.update(next(steps) - bar.n)
                except StopIteration as stop:
                    done: Exported = stop.value
                    break
    if done.left_out:
        write_notice(
            f"{done.left_out:,} of {done.rows:,} pictures were left out: without a label, or unreadable."
            " manifest.csv says which."
        )
    if options.json:
        write_json({"out": str(options.out), "written": done.written, "left_out": done.left_out})
    else:
        write_remark(f"{done.written:,} pictures exported: {options.out}")
    return 0


COMMAND = Command(
    "export", "Write a project's labels and predictions to a table or folder.", _configure, _run
)
