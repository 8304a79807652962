"""Exports: what a person said first, what a run said next, every picture in its row."""

from __future__ import annotations

import codecs
import csv
import json
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.exports import Row, formats, imagefolder
from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import (
    AddClass,
    AddClassFolders,
    AddPictures,
    LabelPictures,
    RemoveClass,
    RemovePictures,
)
from engine.workspace.rows import UNKNOWN
from fewshot_gui.engine_link.kinds import EXPORT
from fewshot_gui.features.exporting.export_dialog import ExportDialog, ExportOrder
from fewshot_gui.features.exporting.exporter import Exporter, export_rows
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.queries import Queries
from fewshot_gui.shell import file_manager
from fewshot_gui.widgets.question import Question
from tests.fewshot_gui.gestures import answer_with_paths, choose_by_keys, export_to

MakePictures = Callable[..., Path]


@pytest.fixture
def after_a_run(hub: ProjectHub) -> ProjectHub:
    """Pictures 1 and 2 are examples, 3 and 4 predicted, 5 unreadable, 6 added since."""
    root = Path("/pictures")
    hub.commands.apply(AddClassFolders({"ant": [root / "1.png"], "bee": [root / "2.png"]}))
    hub.commands.apply(AddPictures([root / "3.png", root / "4.png", root / "5.png"]))
    run_id = hub.run_store.begin("protonet", "photo", "cpu", 0, [row.id for row in hub.queries.classes])
    assert run_id is not None
    hub.run_store.save_predictions(
        run_id, np.array([3, 4]), np.array([[0.75, 0.25], [0.25, 0.75]], np.float32)
    )
    hub.run_store.save_unreadable([5], [Message("truncated")])
    hub.commands.apply(AddPictures([root / "6.png"]))
    return hub


def rows_of(hub: ProjectHub) -> list[Row]:
    return list(export_rows(hub))


def test_every_picture_has_a_row(after_a_run: ProjectHub) -> None:
    assert rows_of(after_a_run) == [
        Row("/pictures/1.png", "ant", 1.0, "", [1.0, 0.0], "human"),
        Row("/pictures/2.png", "bee", 1.0, "", [0.0, 1.0], "human"),
        Row("/pictures/3.png", "ant", 0.75, "", [0.75, 0.25], "predicted"),
        Row("/pictures/4.png", "bee", 0.75, "", [0.25, 0.75], "predicted"),
        Row("/pictures/5.png", "", None, "truncated", None),
        Row("/pictures/6.png", "", None, "", None),
    ]


def test_one_class_is_exported_alone_with_what_is_predicted_for_it(
    after_a_run: ProjectHub, tmp_path: Path, qtbot: QtBot
) -> None:
    exporter = Exporter(after_a_run)
    bee = after_a_run.queries.classes[1].id
    with qtbot.waitSignal(exporter.written):
        exporter.start(ExportOrder(tmp_path / "bees.csv", "csv"), bee)
    with (tmp_path / "bees.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(Path(row["image"]).name, row["label"]) for row in rows] == [("2.png", "bee"), ("4.png", "bee")]


def test_a_correction_stands_before_the_prediction(after_a_run: ProjectHub) -> None:
    after_a_run.commands.apply(LabelPictures([3], after_a_run.queries.classes[1].id))
    assert rows_of(after_a_run)[2] == Row("/pictures/3.png", "bee", 1.0, "", [0.0, 1.0], "human")


def test_a_picture_called_unknown_is_of_no_class(after_a_run: ProjectHub) -> None:
    after_a_run.commands.apply(LabelPictures([3], UNKNOWN))
    assert rows_of(after_a_run)[2] == Row("/pictures/3.png", "unknown", 1.0, "", None, "human")


def test_columns_are_the_classes_as_they_are_now(after_a_run: ProjectHub) -> None:
    after_a_run.commands.apply(AddClass("cicada"))
    after_a_run.commands.apply(RemoveClass(after_a_run.queries.classes[0].id))
    assert rows_of(after_a_run)[:4] == [
        Row("/pictures/1.png", "", None, "", None),
        Row("/pictures/2.png", "bee", 1.0, "", [1.0, 0.0], "human"),
        Row("/pictures/3.png", "", None, "", None),
        Row("/pictures/4.png", "bee", 0.75, "", [0.75, 0.0], "predicted"),
    ]


def test_a_project_without_a_run_exports_its_labels(hub: ProjectHub) -> None:
    hub.commands.apply(AddClassFolders({"ant": [Path("/pictures/1.png")]}))
    assert rows_of(hub) == [Row("/pictures/1.png", "ant", 1.0, "", [1.0], "human")]


def test_what_the_runs_were_made_with_is_written_beside_the_table(
    after_a_run: ProjectHub, tmp_path: Path, qtbot: QtBot
) -> None:
    run_id = after_a_run.queries.run_id
    assert run_id is not None
    after_a_run.run_store.save_record(run_id, {"device": "CPU (2 cores)", "decoder": 3})
    after_a_run.run_store.finish(run_id, "finished")
    exporter = Exporter(after_a_run)
    with qtbot.waitSignal(exporter.written):
        exporter.start(ExportOrder(tmp_path / "out.csv", "csv"))
    record = json.loads((tmp_path / "out.csv.run.json").read_text())
    [run] = record["runs"]
    assert (run["algorithm"], run["device"], run["decoder"]) == ("protonet", "CPU (2 cores)", 3)
    assert run["status"] == "finished"
    assert record["threshold"] == after_a_run.queries.threshold


def test_a_project_that_cannot_be_changed_is_exported_with_its_record(
    after_a_run: ProjectHub, tmp_path: Path, qtbot: QtBot
) -> None:
    run_id = after_a_run.queries.run_id
    assert run_id is not None
    after_a_run.run_store.save_record(run_id, {"decoder": 3})
    after_a_run.run_store.finish(run_id, "finished")
    after_a_run.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    seen = ProjectHub(Workspace.view(tmp_path / "project.fewshot", Message("It lies on a read-only medium.")))
    exporter = Exporter(seen)
    with qtbot.waitSignal(exporter.written):
        exporter.start(ExportOrder(tmp_path / "out.csv", "csv"))
    assert json.loads((tmp_path / "out.csv.run.json").read_text())["runs"][0]["decoder"] == 3
    seen.close()


def test_a_place_that_cannot_be_written_is_told(
    after_a_run: ProjectHub, tmp_path: Path, qtbot: QtBot
) -> None:
    exporter = Exporter(after_a_run)
    with qtbot.waitSignal(exporter.problem) as told:
        exporter.start(ExportOrder(tmp_path / "missing" / "out.csv", "csv"))
    assert "missing" in told.args[0]
    assert not after_a_run.tasks.is_running(EXPORT)


def test_labels_that_come_in_parts_are_exported_as_far_as_they_have_come(
    hub: ProjectHub, tmp_path: Path, qtbot: QtBot
) -> None:
    hub.commands.apply(AddClass("ant"))
    exporter = Exporter(hub)
    parts = hub.commands.apply_in_parts(
        AddPictures([tmp_path / f"{number}.png" for number in range(9_000)], 1)
    )
    for _ in range(5):  # more than are read at once
        next(parts)
    with qtbot.waitSignal(exporter.written):
        exporter.start(ExportOrder(tmp_path / "out.csv", "csv"))
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [row["label"] for row in csv.DictReader(file)] == ["ant"] * 5_000
    parts.close()


def open_dialog(window: MainWindow, qtbot: QtBot) -> ExportDialog:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    return window.findChild(ExportDialog)


def save_as(window: MainWindow, qtbot: QtBot, path: Path, format_name: str) -> None:
    """Ctrl+E, choose a format, enter a path, Return."""
    dialog = open_dialog(window, qtbot)
    choose_by_keys(dialog.format, format_name)
    with qtbot.waitSignal(window.exporter.written):
        export_to(dialog, qtbot, path)
    qtbot.waitUntil(lambda: window.findChild(ExportDialog) is None)


def test_an_export_from_the_window_can_be_read_back(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = make_pictures("ants", 2)
    window.hub.commands.apply(AddClassFolders({"ants": list(folder.iterdir())}))
    save_as(window, qtbot, tmp_path / "out", "csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["label"] for row in rows] == ["ants", "ants"]
    assert {row["image"] for row in rows} == {str(path) for path in folder.iterdir()}
    assert "Exported 2 pictures" in window.messages.text


def test_a_name_with_a_dot_gets_the_suffix_of_the_format_too(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot, tmp_path: Path
) -> None:
    window.hub.commands.apply(AddClassFolders({"ants": list(make_pictures("ants", 2).iterdir())}))
    save_as(window, qtbot, tmp_path / "ants 1.2", "csv")
    assert (tmp_path / "ants 1.2.csv").exists()


def test_the_open_project_is_not_written_over(after_a_run: ProjectHub, qtbot: QtBot) -> None:
    exporter = Exporter(after_a_run)
    before = after_a_run.file.read_bytes()
    with qtbot.waitSignal(exporter.problem) as told:
        exporter.start(ExportOrder(after_a_run.file, "csv"))
    assert "is the open project itself" in told.args[0]
    assert after_a_run.file.read_bytes() == before


def test_the_folder_and_the_format_are_remembered(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot, tmp_path: Path
) -> None:
    window.hub.commands.apply(AddClassFolders({"ants": list(make_pictures("ants", 2).iterdir())}))
    place = tmp_path / "exports"
    place.mkdir()
    save_as(window, qtbot, place / "first", "jsonl")
    dialog = open_dialog(window, qtbot)
    assert Path(dialog.path.text()) == place / "project.jsonl"
    with qtbot.waitSignal(window.exporter.written):
        QTest.keyClick(dialog.path, Qt.Key.Key_Return)
    lines = (place / "project.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["label"] for line in lines] == ["ants", "ants"]


def test_what_was_asked_for_is_written_though_the_window_is_closed_meanwhile(
    window: MainWindow,
    make_pictures: MakePictures,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    window.hub.commands.apply(AddClassFolders({"ants": sorted(make_pictures("ants", 3).iterdir())}))
    window.exporter.start(ExportOrder(tmp_path / "out.csv", "csv"))
    with qtbot.waitSignal(window.closed):
        window.close()
    assert len((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()) == 1 + 3


def test_an_export_has_nothing_that_changed_since_it_was_asked_for(
    window: MainWindow,
    make_pictures: MakePictures,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    window.hub.commands.apply(AddClassFolders({"ants": sorted(make_pictures("ants", 3).iterdir())}))
    with qtbot.waitSignal(window.exporter.written):
        window.exporter.start(ExportOrder(tmp_path / "out.csv", "csv"))
        window.hub.commands.apply(RemovePictures([1]))
        window.hub.commands.apply(LabelPictures([3], UNKNOWN))
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["label"] for row in csv.DictReader(stream)] == ["ants", "ants", "ants"]


@pytest.mark.parametrize(("kind", "method"), [(Workspace, "paths_after"), (Queries, "predictions")])
def test_a_project_that_cannot_be_read_is_told_and_nothing_is_written_or_locked(
    window: MainWindow,
    make_pictures: MakePictures,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: type,
    method: str,
) -> None:
    def lost(*_: object) -> None:
        raise FewshotError("The drive is gone.")

    window.hub.commands.apply(AddClassFolders({"ants": sorted(make_pictures("ants", 3).iterdir())}))
    monkeypatch.setattr(kind, method, lost)
    with qtbot.waitSignal(window.exporter.problem) as told:
        window.exporter.start(ExportOrder(tmp_path / "out.csv", "csv"))
    assert told.args == ["The drive is gone."]
    assert not window.tasks.is_running(EXPORT)
    assert window.actions_.export.isEnabled()
    assert window.actions_.open_project.isEnabled()
    assert not (tmp_path / "out.csv").exists()


@pytest.fixture
def with_pictures(window: MainWindow, make_pictures: MakePictures) -> MainWindow:
    window.hub.commands.apply(AddClassFolders({"ants": sorted(make_pictures("ants", 3).iterdir())}))
    return window


def test_a_folder_of_pictures_is_exported_with_the_chosen_links(
    with_pictures: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = open_dialog(with_pictures, qtbot)
    choose_by_keys(dialog.format, "imagefolder")
    files = dialog.options["imagefolder"]["files"]
    assert files.isVisible()
    choose_by_keys(files, "hardlink")
    choose_by_keys(dialog.labels, "human")
    with qtbot.waitSignal(with_pictures.exporter.written) as told:
        export_to(dialog, qtbot, tmp_path / "out")
    assert "Exported 3 pictures" in told.args[0]
    exported = sorted((tmp_path / "out" / "ants").iterdir())
    assert [path.stat().st_nlink for path in exported] == [2, 2, 2]
    again = open_dialog(with_pictures, qtbot)
    assert again.format.currentData() == "imagefolder"
    assert again.options["imagefolder"]["files"].currentData() == "hardlink"
    assert Path(again.path.text()).parent == tmp_path
    assert not Path(again.path.text()).exists()
    QTest.keyClick(again, Qt.Key.Key_Escape)


def test_only_the_options_of_the_chosen_format_are_shown(with_pictures: MainWindow, qtbot: QtBot) -> None:
    dialog = open_dialog(with_pictures, qtbot)
    assert {dialog.format.itemData(row) for row in range(dialog.format.count())} == set(formats())
    for name in formats():
        choose_by_keys(dialog.format, name)
        visible = {
            of for of, boxes in dialog.options.items() if any(box.isVisible() for box in boxes.values())
        }
        assert visible == ({name} if formats()[name].choices else set())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_table_for_excel_that_can_be_moved_with_its_pictures_is_chosen_by_keys(
    with_pictures: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = open_dialog(with_pictures, qtbot)
    choose_by_keys(dialog.format, "csv")
    choose_by_keys(dialog.options["csv"]["reader"], "excel")
    choose_by_keys(dialog.options["csv"]["paths"], "relative")
    with qtbot.waitSignal(with_pictures.exporter.written):
        export_to(dialog, qtbot, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(codecs.BOM_UTF8)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["image"] for row in rows] == [f"pictures/ants/{number}.png" for number in (1, 2, 3)]
    assert {(row["label"], row["origin"], row["folder"]) for row in rows} == {("ants", "human", "ants")}


def test_what_cannot_be_written_is_told_in_the_dialog_which_stays(
    with_pictures: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = open_dialog(with_pictures, qtbot)
    choose_by_keys(dialog.format, "imagefolder")
    export_to(dialog, qtbot, tmp_path)
    assert dialog.isVisible()
    assert "is not empty" in dialog.problem.text()
    with qtbot.waitSignal(with_pictures.exporter.written):
        export_to(dialog, qtbot, tmp_path / "out")


@pytest.mark.parametrize(("agreed", "expected"), [(True, 4), (False, 1)])
def test_a_file_is_only_replaced_if_the_person_agrees(
    with_pictures: MainWindow, qtbot: QtBot, tmp_path: Path, agreed: bool, expected: int
) -> None:
    (tmp_path / "out.csv").write_text("older\n")
    dialog = open_dialog(with_pictures, qtbot)
    choose_by_keys(dialog.format, "csv")
    export_to(dialog, qtbot, tmp_path / "out.csv")
    question = dialog.findChild(Question)
    qtbot.waitUntil(question.isActiveWindow)
    assert "“out.csv” exists already. Replace it?" in question.text()
    if agreed:
        with qtbot.waitSignal(with_pictures.exporter.written):
            QTest.keyClick(question, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    else:
        QTest.keyClick(question, Qt.Key.Key_Return)
        assert dialog.isVisible()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert len((tmp_path / "out.csv").read_text().splitlines()) == expected


def test_a_place_is_chosen_by_browsing(with_pictures: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    place = tmp_path / "exports"
    place.mkdir()
    dialog = open_dialog(with_pictures, qtbot)
    choose_by_keys(dialog.format, "imagefolder")
    QTest.mouseClick(dialog.browse, Qt.MouseButton.LeftButton)
    answer_with_paths(dialog, qtbot, place)
    assert Path(dialog.path.text()) == place / "project"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_esc_ends_an_export_and_leaves_nothing(
    with_pictures: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, cancelled = threading.Event(), threading.Event()
    copy = imagefolder._PUT["copy"]

    def slow(image: Path, place: Path) -> None:
        began.set()
        assert cancelled.wait(5)
        copy(image, place)

    monkeypatch.setitem(imagefolder._PUT, "copy", slow)
    before = sorted(tmp_path.iterdir())
    with_pictures.exporter.start(ExportOrder(tmp_path / "out", "imagefolder"))
    assert began.wait(5)
    QTest.keyClick(with_pictures, Qt.Key.Key_Escape)
    with qtbot.waitSignal(with_pictures.exporter.cancelled):
        cancelled.set()
    assert sorted(tmp_path.iterdir()) == before
    assert with_pictures.messages.text.startswith("The export was cancelled. Nothing was written to ")
    assert with_pictures.actions_.export.isEnabled()


def test_an_export_that_was_written_before_it_was_cancelled_is_told(
    with_pictures: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    with_pictures.exporter.start(ExportOrder(tmp_path / "out.csv", "csv"))
    assert all(thread.wait(5) for thread in with_pictures.tasks.threads())
    with qtbot.waitSignal(with_pictures.exporter.written):
        QTest.keyClick(with_pictures, Qt.Key.Key_Escape)
    assert (tmp_path / "out.csv").exists()


def test_the_last_export_alone_is_told_and_the_folder_of_the_last_that_worked_suggested(
    with_pictures: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    places = [tmp_path / name for name in ("good", "bad")]
    for place in places:
        place.mkdir()
    good, bad = (place / "out.csv" for place in places)
    for _ in range(2):
        with qtbot.waitSignal(with_pictures.exporter.written):
            with_pictures.exporter.start(ExportOrder(good, "csv"))
    places[1].rmdir()
    with qtbot.waitSignal(with_pictures.exporter.problem):
        with_pictures.exporter.start(ExportOrder(bad, "csv"))
    places[1].mkdir()
    assert "there is no folder" in with_pictures.messages.text
    with_pictures.messages.dismiss()
    assert with_pictures.messages.text == ""
    dialog = open_dialog(with_pictures, qtbot)
    assert Path(dialog.path.text()).parent == places[0]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_what_was_exported_can_be_opened_and_shown_in_its_folder(
    with_pictures: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(file_manager, "_REVEAL", {})  # as on Linux
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    with qtbot.waitSignal(with_pictures.exporter.written):
        with_pictures.exporter.start(ExportOrder(tmp_path / "out.csv", "csv"))
    for text in ("Open", "Show in folder"):
        buttons = with_pictures.messages.findChildren(QPushButton)
        [button] = [one for one in buttons if one.text() == text and one.isVisible()]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened == [str(tmp_path / "out.csv"), str(tmp_path)]
    with_pictures.messages.inform("Something else.")
    assert not [one for one in with_pictures.messages.findChildren(QPushButton) if one.isVisible()]
