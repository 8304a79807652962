"""The window and the command line say the same of the same pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.cli.main import main
from engine.demo import write_demo
from engine.exports import formats
from fewshot_gui.features.exporting.export_dialog import ExportOrder
from fewshot_gui.main_window import MainWindow
from tests.end_to_end.conftest import LONG
from tests.end_to_end.steps import bring_in, choose_run, run_by_key


@pytest.mark.parametrize("algorithm", ["prototypical", "maml", "fine-tuning"])
def test_the_table_of_the_window_is_that_of_the_command_line_to_the_byte(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, algorithm: str
) -> None:
    demo = write_demo(tmp_path / "my letters")
    support, images = demo.folder / "examples", demo.folder / "pictures"
    bring_in(window, qtbot, sorted(support.iterdir()), images)
    choose_run(window, algorithm, "conv4")
    run_by_key(window, qtbot)
    what = [
        "--support",
        str(support),
        "--images",
        str(images),
        "--algorithm",
        algorithm,
        "--backbone",
        "conv4",
    ]
    for format in (formats()[name] for name in ("csv", "jsonl")):  # the lines of a workbook are packed
        by_window, by_command = (tmp_path / f"{name}{format.suffix}" for name in ("window", "command"))
        with qtbot.waitSignal(window.exporter.written, timeout=LONG):
            window.exporter.start(ExportOrder(by_window, format.name))
        assert main(["predict", *what, "--format", format.name, "--out", str(by_command)]) == 0
        # The examples, too, have their rows in the window's table.
        rows = by_window.read_bytes().splitlines(keepends=True)
        rows = [row for row in rows if str(support).encode() not in row]
        assert b"".join(rows) == by_command.read_bytes()
        assert len(rows) >= len(demo.pictures)
