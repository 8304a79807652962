"""Pictures are dragged, copied and pasted: within the window as pictures, to other programs as files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.workspace.commands import AddClassFolders, AddPictures, LabelPictures
from engine.workspace.rows import UNKNOWN
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import Show
from fewshot_gui.project.picture_drag import PictureMimeData, pictures_in
from fewshot_gui.project.queries import Queries
from tests.fewshot_gui.gestures import drag_over, drop, middle_of

MakePictures = Callable[..., Path]

_LEFT = Qt.MouseButton.LeftButton
COUNTS = {"ants": 3, "bees": 3, "new": 10}


def move(target: QWidget, kind: QEvent.Type, place: QPoint) -> None:
    """A mouse event with the left button down."""
    button = _LEFT if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
    where, no_key = QPointF(place), Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(kind, where, target.mapToGlobal(where), button, _LEFT, no_key)
    QApplication.sendEvent(target, event)


def pull(window: MainWindow, start: QPoint) -> None:
    """Press at `start` in the grid, and move away."""
    viewport = window.pictures.grid.viewport()
    move(viewport, QEvent.Type.MouseButtonPress, start)
    for step in (30, 60, 90):
        move(viewport, QEvent.Type.MouseMove, start + QPoint(step, step))


def thumbnail(window: MainWindow, row: int) -> QPoint:
    """The middle of a thumbnail; that of its cell is a little below."""
    grid = window.pictures.grid
    return middle_of(grid, grid.pictures.index(row)) - QPoint(0, 20)


def unlabeled(window: MainWindow) -> list[int]:
    queries = window.hub.queries
    return [one for one in queries.picture_ids.tolist() if queries.class_of(one) is None]


def class_place(window: MainWindow, row: int) -> QPoint:
    return middle_of(window.classes.list, window.classes.model.index(row))


@pytest.fixture
def ready(window: MainWindow, make_pictures: MakePictures) -> MainWindow:
    """Three ants, three bees, and ten pictures without a label."""
    files = {name: sorted(make_pictures(name, count).iterdir()) for name, count in COUNTS.items()}
    window.hub.commands.apply(AddClassFolders({name: files[name] for name in ("ants", "bees")}))
    window.hub.commands.apply(AddPictures(files["new"]))
    return window


@pytest.fixture
def dragged(monkeypatch: pytest.MonkeyPatch) -> list[QMimeData]:
    """What was dragged: a drag itself would wait for the mouse."""
    begun: list[QMimeData] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, _actions: begun.append(drag.mimeData()))
    return begun


def test_a_drag_from_a_thumbnail_carries_it(ready: MainWindow, dragged: list[QMimeData]) -> None:
    pull(ready, thumbnail(ready, 1))
    (mime,) = dragged
    ids = pictures_in(mime, ready.hub)
    assert ids is not None
    assert ids.tolist() == [ready.pictures.model.id_at(1)]


def test_a_drag_from_a_selected_picture_carries_all_selected(
    ready: MainWindow, dragged: list[QMimeData]
) -> None:
    some = ready.pictures.model.ids[:4]
    ready.pictures.grid.select_ids(some)
    pull(ready, thumbnail(ready, 1))
    (mime,) = dragged
    ids = pictures_in(mime, ready.hub)
    assert ids is not None
    assert ids.tolist() == some.tolist()


def test_a_drag_from_beside_a_thumbnail_selects(ready: MainWindow, dragged: list[QMimeData]) -> None:
    grid = ready.pictures.grid
    cell = grid.visualRect(grid.pictures.index(0))
    pull(ready, cell.topLeft() + QPoint(1, 1))
    assert dragged == []
    assert len(grid.selected_ids())


def test_pictures_dropped_on_a_class_get_it_in_one_step(ready: MainWindow) -> None:
    ids = np.array(unlabeled(ready)[:3])
    bees = ready.hub.queries.classes[1]
    mime = PictureMimeData(ready.hub, ids)
    assert drag_over(ready.classes.list.viewport(), mime, class_place(ready, 1))
    assert ready.classes.list.drop_row == 1
    drop(ready.classes.list.viewport(), mime, class_place(ready, 1))
    assert ready.hub.queries.labels_of(ids).tolist() == [bees.id] * 3
    ready.hub.commands.undo()
    assert set(ids.tolist()) <= set(unlabeled(ready))


def test_a_drop_on_the_class_that_they_have_is_no_step(ready: MainWindow) -> None:
    ants = ready.hub.queries.classes[0]
    queries = ready.hub.queries
    ids = queries.picture_ids[queries.labels_of(queries.picture_ids) == ants.id]
    before = ready.hub.commands.undo_title
    drop(ready.classes.list.viewport(), PictureMimeData(ready.hub, ids), class_place(ready, 0))
    assert ready.hub.commands.undo_title == before


def test_pictures_dropped_on_unknown_belong_to_no_class(ready: MainWindow) -> None:
    ids = np.array(unlabeled(ready)[:2])
    drop(ready.classes.unknown_zone, PictureMimeData(ready.hub, ids), QPoint(5, 5))
    assert ready.hub.queries.labels_of(ids).tolist() == [UNKNOWN] * 2


@pytest.mark.parametrize("at_once", [10, 2])
def test_pictures_dropped_on_the_zone_become_a_class_in_one_step(
    ready: MainWindow, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fewshot_gui.project.commands._AT_ONCE", at_once)
    ids = np.array(unlabeled(ready)[:3])
    drop(ready.classes.new_zone, PictureMimeData(ready.hub, ids), QPoint(5, 5))
    QApplication.processEvents()
    new = ready.hub.queries.classes[-1]
    assert (new.name, new.count) == ("Class 1", 3)
    ready.hub.commands.undo()
    assert [row.name for row in ready.hub.queries.classes] == ["ants", "bees"]
    assert set(ids.tolist()) <= set(unlabeled(ready))


def test_pictures_of_the_project_are_not_dropped_among_themselves(ready: MainWindow) -> None:
    mime = PictureMimeData(ready.hub, ready.pictures.model.ids[:1])
    assert not drag_over(ready.pictures.grid.viewport(), mime, QPoint(50, 50))


def test_to_other_programs_they_are_files_whatever_their_names(hub: ProjectHub, tmp_path: Path) -> None:
    names = [b"plain.png", "ä # ?.png".encode(), b"not \xff utf-8.png"]
    paths = [tmp_path / os.fsdecode(name) for name in names]
    hub.commands.apply(AddPictures(paths))
    mime = PictureMimeData(hub, np.array([3, 1, 2]))
    assert mime.data("text/uri-list").data().decode().split() == [paths[n].as_uri() for n in (2, 0, 1)]
    assert [url.toLocalFile() for url in mime.urls()][1:] == [str(paths[0]), str(paths[1])]
    assert mime.text().splitlines()[1] == str(paths[0])


def test_their_files_are_looked_up_for_other_programs_only(
    ready: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(Queries, "encoded_paths")
    mime = PictureMimeData(ready.hub, np.array(unlabeled(ready)[:2]))
    drop(ready.classes.list.viewport(), mime, class_place(ready, 0))
    assert len(unlabeled(ready)) == 8


def test_copied_pictures_are_files_and_can_be_pasted_into_a_class(ready: MainWindow) -> None:
    ids = np.array(unlabeled(ready)[:2])
    ready.pictures.grid.select_ids(ids)
    ready.pictures.grid.setFocus()
    QTest.keySequence(ready.pictures.grid, "Ctrl+C")
    assert ready.status.hint.text() == "Copied 2 pictures."
    mime = QGuiApplication.clipboard().mimeData()
    assert [url.toLocalFile() for url in mime.urls()] == [
        str(ready.hub.queries.path(picture_id)) for picture_id in ids.tolist()
    ]
    QTest.keySequence(ready.pictures.grid, "Ctrl+V")
    assert "in the project already" in ready.status.hint.text()
    ready.classes.select(ready.hub.queries.classes[1].id)
    ready.classes.list.setFocus()
    QTest.keySequence(ready.classes.list, "Ctrl+V")
    assert ready.hub.queries.labels_of(ids).tolist() == [ready.hub.queries.classes[1].id] * 2


def test_selected_pictures_become_a_class_by_the_menu(ready: MainWindow) -> None:
    ids = np.array(unlabeled(ready)[:2])
    ready.pictures.grid.select_ids(ids)
    ready.actions_.new_class.trigger()
    assert ready.hub.queries.classes[-1].count == 2


def test_a_click_on_unknown_shows_what_is_unknown(ready: MainWindow) -> None:
    ready.classes.unknown_zone.click()
    assert ready.pictures.tabs.chosen is Show.ALL
    assert "No picture is unknown yet" in ready.status.hint.text()
    ready.hub.commands.apply(LabelPictures(unlabeled(ready)[:1], UNKNOWN))
    ready.classes.unknown_zone.click()
    assert ready.pictures.tabs.chosen is Show.UNKNOWN
