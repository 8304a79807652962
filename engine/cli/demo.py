"""`fewshot demo`: the whole job on the bundled pictures, without a window."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from engine.cli.base import Command, add_choices, read_options
from engine.cli.running import check_choices, follow, request_for
from engine.cli.terminal import write_json, write_notice, write_remark
from engine.demo import write_demo, write_demo_project
from engine.exports import export
from engine.learners import DEFAULT_ALGORITHM


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, default=Path("fewshot-demo"), metavar="DIR", help="default: %(default)s"
    )
    add_choices(parser, algorithm=DEFAULT_ALGORITHM, backbone="conv4")
    parser.add_argument("--json", action="store_true", help="print a summary as JSON on stdout")


def _run(options: argparse.Namespace) -> int:
    chosen = read_options(options.option)
    check_choices(options.algorithm, options.backbone, chosen)
    demo = write_demo(options.out)
    outcome = follow(
        request_for(demo.examples, demo.pictures, options.algorithm, options.backbone, options.device, chosen)
    )
    table = options.out / "predictions.csv"
    export(table, outcome.rows(), outcome.class_names, "csv", [outcome.record])
    right = sum(row.label == demo.truth[Path(row.image).name] for row in outcome.rows())
    window = _picture_of_window(options)
    if options.json:
        summary = {
            "folder": str(options.out.absolute()),
            "predictions": str(table),
            "window": window and str(window),
            "right": right,
            "of": len(demo.pictures),
            "device": outcome.device,
            "run": outcome.record,
        }
        write_json(summary)
        return 0
    shots = [len(paths) for paths in demo.examples.values()]
    write_remark(
        f"Of {len(demo.pictures)} pictures {right} were labelled correctly, "
        f"from {min(shots)} to {max(shots)} examples a class.",
        f"Predictions and pictures are in {options.out.absolute()}:",
        f"  {table.name}: the label and confidence of each picture",
    )
    if window is not None:
        write_remark(f"  {window.name}: how the program's window shows this")
    return 0


def _picture_of_window(options: argparse.Namespace) -> Path | None:
    """A picture of the window on the same project, drawn without a display; `None` if Qt cannot do it."""
    project, picture = write_demo_project(options.out), Path(options.out / "window.png")
    command = [sys.executable, "-P", "-m", "fewshot_gui.snapshot", str(project), str(picture)]
    command += ["--algorithm", options.algorithm, "--backbone", options.backbone, "--device", options.device]
    command += [part for option in options.option for part in ("--option", option)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return picture
    reason = (done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1]
    write_notice(f"The picture of the window could not be made: {reason}")
    return None


COMMAND = Command("demo", "Do the whole job on the bundled demo, without a window.", _configure, _run)
