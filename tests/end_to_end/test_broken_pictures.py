"""The main job with every way a picture can be odd or broken among the pictures to label."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.demo import write_demo
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Show
from fewshot_gui.project.picture_model import Role
from tests.broken_pictures import FINE, write_corpus
from tests.end_to_end.steps import bring_in, choose_run, export_by_keys, run_by_key
from tests.fewshot_gui.gestures import click_tab


def as_exported(path: Path) -> str:
    """A file name need not be Unicode, an export is."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def test_readable_pictures_are_classified_and_the_others_exported_with_reasons(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    demo = write_demo(tmp_path / "demo")
    specimens = write_corpus(tmp_path / "corpus").values()
    outcomes = {specimen.path: specimen.outcome for specimen in specimens}
    reasons = {path: outcome for path, outcome in outcomes.items() if outcome != FINE}
    class_folders = [paths[0].parent for paths in demo.examples.values()]
    bring_in(window, qtbot, class_folders, tmp_path / "corpus")

    choose_run(window, "prototypical", "conv4")
    finished = run_by_key(window, qtbot)
    assert finished.classified == window.hub.queries.predicted_count == len(outcomes) - len(reasons)
    assert finished.unreadable == len(reasons)

    click_tab(window.pictures.tabs, Show.UNREADABLE)
    model = window.pictures.model
    cells = [model.index(row) for row in range(model.rowCount())]
    assert {cell.data(Role.PATH): cell.data(Role.ERROR) for cell in cells} == reasons
    for cell in cells:
        assert cell.data(Role.ERROR) in cell.data(Qt.ItemDataRole.ToolTipRole)

    exported = {row["image"]: row for row in export_by_keys(window, qtbot, tmp_path / "labels.csv")}
    names = {row.name for row in window.hub.queries.classes}
    for path, outcome in outcomes.items():
        row = exported.pop(as_exported(path))
        assert row["error"] == ("" if outcome == FINE else outcome)
        assert (row["label"] in names) == (outcome == FINE)
    examples = {str(path) for paths in demo.examples.values() for path in paths}
    assert exported.keys() == examples
