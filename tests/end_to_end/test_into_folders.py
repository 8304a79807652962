"""Pictures are sorted into a folder for each class: examples in, a run, a review by keys, folders out."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.demo import SURFACES, write_demo
from engine.exports.imagefolder import MANIFEST
from fewshot_gui.features.exporting.export_dialog import ExportDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Show
from tests.end_to_end.conftest import LONG
from tests.end_to_end.steps import bring_in, choose_run, click_button, is_at_rest
from tests.fewshot_gui.gestures import choose_by_keys, choose_from_menu_bar, export_to

_COUNT = 18


def test_pictures_are_sorted_into_folders(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    three = dict(list(SURFACES.examples.items())[:3])
    demo = write_demo(tmp_path / "my surfaces", replace(SURFACES, examples=three, count=_COUNT))
    bring_in(window, qtbot, [paths[0].parent for paths in demo.examples.values()], demo.pictures[0].parent)
    choose_run(window, "prototypical", "efficientnet-lite0")
    with qtbot.waitSignal(window.runs.ended, timeout=LONG):
        click_button(window, "run")

    # The run ends at the first picture to review, with the keyboard on it.
    grid, queries = window.pictures.grid, window.hub.queries
    assert window.pictures.tabs.chosen is Show.TO_REVIEW
    accepted = [accept_by_key(window) for _ in range(4)]
    [corrected] = grid.selected_ids().tolist()
    prediction = queries.prediction(corrected)
    assert prediction is not None
    place, right = next((i, row) for i, row in enumerate(queries.classes) if row.id != prediction[0])
    press(window, Qt.Key(Qt.Key.Key_1 + place))
    assert queries.class_of(corrected) == right.id
    qtbot.waitUntil(lambda: is_at_rest(window), timeout=LONG)

    choose_from_menu_bar(window, qtbot, "File", "Export…")
    dialog = window.findChild(ExportDialog)
    choose_by_keys(dialog.format, "imagefolder")
    with qtbot.waitSignal(window.exporter.written):
        export_to(dialog, qtbot, tmp_path / "sorted")

    with (tmp_path / "sorted" / MANIFEST).open(encoding="utf-8", newline="") as stream:
        rows = {row["image"]: row for row in csv.DictReader(stream)}
    on_disk = [path for path in (tmp_path / "sorted").glob("*/*") if path.is_file()]
    assert sorted(row["path"] for row in rows.values()) == sorted(
        str(path.relative_to(tmp_path / "sorted")) for path in on_disk
    )
    pictures = {path: row for row in rows.values() for path in [Path(row["image"])]}
    examples = {path: name for name, paths in demo.examples.items() for path in paths}
    assert pictures.keys() == {*examples, *demo.pictures}
    for path, row in pictures.items():
        exported = tmp_path / "sorted" / row["path"]
        assert exported.read_bytes() == path.read_bytes()
        assert exported.parent.name == row["label"]
    assert all(pictures[path]["label"] == name for path, name in examples.items())
    right_ones = [pictures[path]["label"] == demo.truth[path.name] for path in demo.pictures]
    assert sum(right_ones) > 0.7 * _COUNT

    by_hand = pictures[queries.path(corrected)]
    assert (by_hand["label"], by_hand["origin"]) == (right.name, "human")
    assert {pictures[queries.path(picture)]["origin"] for picture in accepted} == {"accepted"}
    origins = [row["origin"] for row in rows.values()]
    assert origins.count("predicted") == _COUNT - len(accepted) - 1


def press(window: MainWindow, key: Qt.Key) -> None:
    """Where the keyboard is."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def accept_by_key(window: MainWindow) -> int:
    """Return on the current picture, which the next one follows; returns its id."""
    [picture] = window.pictures.grid.selected_ids().tolist()
    prediction = window.hub.queries.prediction(picture)
    assert prediction is not None
    press(window, Qt.Key.Key_Return)
    assert window.hub.queries.class_of(picture) == prediction[0]
    assert window.pictures.grid.selected_ids().tolist() != [picture]
    return picture
