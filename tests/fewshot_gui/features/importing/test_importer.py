"""Adding pictures: searched for in the background, added as one gesture, and cancelled at once."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.workspace import FileFacts
from engine.workspace.commands import AddClass, AddPictures, LabelPictures, RemoveClass, RemovePictures
from fewshot_gui.engine_link.kinds import IMPORT
from fewshot_gui.features.importing import importer as importing
from fewshot_gui.features.importing.importer import Found, Importer, search_classes
from fewshot_gui.features.importing.skipped_dialog import SkippedDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import Arrangement, Show

MakePictures = Callable[..., Path]


@pytest.fixture
def importer(hub: ProjectHub) -> Iterator[Importer]:
    importer = Importer(hub)
    yield importer
    hub.tasks.close(3)
    assert gc.isenabled()  # it is not while something is searched for


def its_end(qtbot: QtBot, importer: Importer) -> AbstractContextManager[object]:
    """Wait until all that was to be added has been, or will not be."""
    tasks = importer._tasks
    return qtbot.waitSignal(tasks.changed, check_params_cb=lambda _: not tasks.is_running(IMPORT))


def counts(hub: ProjectHub) -> dict[str, int]:
    return {row.name: row.count for row in hub.queries.classes}


def test_a_folder_on_a_class_gives_it_examples(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    hub.commands.apply(AddClass("ant"))
    with qtbot.waitSignal(importer.added) as told:
        importer.add_examples([make_pictures("ants", 3)], hub.queries.classes[0].id)
    assert counts(hub) == {"ant": 3}
    assert told.args == ["Added 3 pictures."]
    assert hub.commands.undo_title == "Add 3 pictures"


def test_pictures_known_already_are_counted_apart(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    folder = make_pictures("ants", 3)
    hub.commands.apply(AddPictures([folder / "1.png", folder / "2.png"]))
    with qtbot.waitSignal(importer.added) as told:
        importer.add_to_label([folder])
    assert told.args == ["Added 1 picture. 2 were in the project already."]


def test_a_folder_becomes_a_class_of_its_name(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(importer.added):
        importer.add_classes([make_pictures("ants", 2), make_pictures("bees", 1)])
    assert counts(hub) == {"ants": 2, "bees": 1}
    hub.commands.undo()
    assert (hub.queries.classes, hub.queries.picture_count) == ([], 0)


def test_a_folder_of_class_folders_becomes_all_of_them(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    make_pictures("ants", 2), make_pictures("bees", 1)
    (make_pictures("bees", 1).parent / "empty").mkdir()
    with qtbot.waitSignal(importer.added):
        importer.add_classes([make_pictures("bees", 1).parent])
    assert counts(hub) == {"ants": 2, "bees": 1}


def test_a_folder_with_pictures_and_subfolders_is_one_class(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    make_pictures("insects/ants", 2)
    with qtbot.waitSignal(importer.added):
        importer.add_classes([make_pictures("insects", 1)])
    assert counts(hub) == {"insects": 3}


def test_class_folders_with_names_alike_become_one_class_and_undo_takes_them_apart(
    hub: ProjectHub, importer: Importer, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    hub.commands.apply(AddClass("Ring"))
    for name, count in (("disc", 2), ("Disc ", 3), ("ring", 1), ("square", 1)):
        folder = make_pictures(f"all/{name}", count)
    with qtbot.waitSignal(importer.joined) as joined:
        importer.add_classes([folder.parent])
    assert counts(hub) == {"Ring": 1, "Disc": 5, "square": 1}
    assert joined.args == [
        "2 classes were joined to others whose names differ only in case or spaces,"
        " among them “ring” to “Ring”."
    ]
    hub.commands.undo()
    apart = {"Ring": 0, "disc": 2, "Disc": 3, "ring": 1, "square": 1}
    assert counts(hub) == apart
    with its_end(qtbot, importer), qtbot.assertNotEmitted(importer.joined):
        importer.add_classes([folder.parent])
    assert counts(hub) == apart, "a person wants them apart"


def test_loose_files_become_a_class_that_wants_a_name(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(importer.class_unnamed) as told:
        importer.add_classes([make_pictures("ants", 2) / "1.png"])
    assert counts(hub) == {"Class 1": 1}
    assert told.args == [hub.queries.classes[0].id]


def test_a_folder_of_classes_among_the_pictures_to_label_is_just_pictures(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    make_pictures("ants", 2)
    with qtbot.waitSignal(importer.added):
        importer.add_to_label([make_pictures("bees", 1).parent])
    assert (hub.queries.classes, hub.queries.picture_count) == ([], 3)


def test_a_folder_without_pictures_is_told(
    importer: Importer, hub: ProjectHub, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "empty").mkdir()
    with qtbot.waitSignal(importer.nothing_found):
        importer.add_to_label([tmp_path / "empty"])
    assert hub.commands.undo_title is None
    assert not importer._tasks.is_running(IMPORT)


def test_what_was_left_out_is_told_in_one_sentence_with_a_list_behind_it(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    folder = make_pictures("photos", 1)
    make_pictures("photos/@eaDir/1.png", 1)
    (folder / "IMG_7").write_bytes((folder / "1.png").read_bytes())
    for name in ("a.CR2", "b.nef", "c.jxl", "<img src=x>.heic", "blob", "notes.txt"):
        (folder / name).write_bytes(b"?")
    with qtbot.waitSignal(window.importer.added) as told:
        window.importer.add_to_label([folder])
    assert told.args == ["Added 2 pictures."]
    assert window.messages.text == (
        "6 files and folders were left out: 2 RAW, 1 HEIC, 1 JPEG XL, 1 other, 1 made by the system."
    )
    QTest.mouseClick(
        window.messages.findChild(QPushButton, options=Qt.FindChildOption.FindDirectChildrenOnly),
        Qt.MouseButton.LeftButton,
    )
    [dialog] = window.findChildren(SkippedDialog)
    lines = dialog.list.toPlainText().splitlines()
    assert f"{folder / '<img src=x>.heic'}: unsupported format: HEIC" in lines
    assert f"{folder / '@eaDir'}: made by the system" in lines
    assert len(lines) == 6
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_service_folders_are_no_classes(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    make_pictures("photos/ants", 2)
    make_pictures("photos/#recycle", 1)
    with its_end(qtbot, importer), qtbot.waitSignal(importer.skipped) as told:
        importer.add_classes([make_pictures("photos/ants", 2).parent])
    assert told.args[0].endswith("#recycle was left out: made by the system.")
    with qtbot.waitSignal(importer.added):
        importer.add_classes([make_pictures("photos/#recycle", 1)])
    assert counts(hub) == {"ants": 2, "#recycle": 1}


def test_a_folder_of_nothing_that_can_be_read_says_so(
    importer: Importer, hub: ProjectHub, tmp_path: Path, qtbot: QtBot
) -> None:
    for name in ("a.CR2", "b.nef"):
        (tmp_path / name).touch()
    with its_end(qtbot, importer), qtbot.waitSignal(importer.skipped) as told:
        importer.add_to_label([tmp_path])
    assert told.args[0] == "2 files and folders were left out: 2 RAW."
    assert hub.queries.picture_count == 0


def test_a_path_that_is_gone_is_told(importer: Importer, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(importer.problem) as told:
        importer.add_to_label([tmp_path / "gone.png"])
    assert "gone.png" in told.args[0]
    assert not importer._tasks.is_running(IMPORT)


def test_a_class_removed_during_the_search_gets_nothing(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    hub.commands.apply(AddClass("ant"))
    with qtbot.waitSignal(importer.problem):
        importer.add_examples([make_pictures("ants", 3)], hub.queries.classes[0].id)
        hub.commands.apply(RemoveClass(hub.queries.classes[0].id))
    assert hub.queries.picture_count == 0


def test_several_drops_are_taken_one_after_another(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    with its_end(qtbot, importer):
        for name in ("ants", "bees", "cicadas"):
            importer.add_to_label([make_pictures(name, 2)])
    names = [hub.queries.path(picture).parent.name for picture in hub.queries.arrange(Arrangement()).tolist()]
    assert names == ["ants", "ants", "bees", "bees", "cicadas", "cicadas"]


def test_cancelling_a_search_is_answered_before_the_search_has_stopped(
    importer: Importer, hub: ProjectHub, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    searching, go_on = threading.Event(), threading.Event()

    def stuck(paths: object, class_id: object) -> Generator[int, None, Found]:
        yield 1
        searching.set()
        go_on.wait()
        return Found(AddPictures([Path("late.png")]))

    monkeypatch.setattr(importing, "search_pictures", stuck)
    importer.add_to_label([Path("a slow drive")])
    assert searching.wait(5)
    with qtbot.waitSignal(hub.tasks.changed):
        hub.tasks.cancel(IMPORT)
    assert not importer._tasks.is_running(IMPORT)
    go_on.set()
    hub.tasks.close(3)
    assert hub.queries.picture_count == 0


def test_after_cancelling_the_next_import_works(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    importer.add_to_label([make_pictures("ants", 3)])
    hub.tasks.cancel(IMPORT)
    with qtbot.waitSignal(importer.added):
        importer.add_to_label([make_pictures("bees", 2)])
    assert hub.queries.picture_count == 2


@pytest.mark.usefixtures("many")
def test_many_pictures_come_part_by_part_and_go_as_one(
    importer: Importer, hub: ProjectHub, qtbot: QtBot
) -> None:
    parts: list[tuple[int, int]] = []
    importer.adding.connect(lambda done, total: parts.append((done, total)))
    with qtbot.waitSignal(importer.added) as told:
        importer.add_to_label([Path("anywhere")])
    assert parts == [(done, 95) for done in [*range(10, 100, 10), 95]]
    assert told.args == ["Added 95 pictures."]
    assert hub.queries.picture_count == hub.queries.counts()[Show.UNLABELED] == 95
    hub.commands.undo()
    assert (hub.queries.picture_count, hub.commands.undo_title) == (0, None)


@pytest.mark.usefixtures("many")
def test_what_is_done_while_pictures_come_is_done_to_those_that_are_there(
    importer: Importer, hub: ProjectHub, qtbot: QtBot
) -> None:
    hub.commands.apply(AddClass("ant"))
    [ant] = hub.queries.classes

    shown: list[int] = []

    def label(done: int, _total: int) -> None:
        if done == 20:
            shown.extend(hub.queries.arrange(Arrangement()).tolist())
            hub.commands.apply(LabelPictures(shown, ant.id))

    importer.adding.connect(label)
    with its_end(qtbot, importer):
        importer.add_to_label([Path("anywhere")])
    assert shown
    assert counts(hub) == {"ant": len(shown)}
    assert (hub.queries.labeled_count, hub.queries.picture_count) == (len(shown), 95)


@pytest.mark.usefixtures("many")
def test_cancelled_while_pictures_come_it_says_how_many_came(
    importer: Importer, hub: ProjectHub, qtbot: QtBot
) -> None:
    # When the window next has time, not from within the gesture.
    importer.adding.connect(hub.tasks.cancel_by_esc, Qt.ConnectionType.QueuedConnection)
    with qtbot.waitSignal(importer.added) as told:
        importer.add_to_label([Path("anywhere")])
    assert not importer._tasks.is_running(IMPORT)
    assert 0 < hub.queries.picture_count < 95
    assert told.args == [f"Added {hub.queries.picture_count} of 95 pictures."]
    hub.commands.undo()
    assert hub.queries.picture_count == 0


@pytest.mark.usefixtures("many")
def test_known_pictures_removed_while_others_come_are_not_taken_from_those(
    importer: Importer, hub: ProjectHub, tmp_path: Path, qtbot: QtBot
) -> None:
    hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(10)]))
    known = hub.queries.arrange(Arrangement()).tolist()
    importer.adding.connect(
        lambda done, _total: hub.commands.apply(RemovePictures(known)) if done == 40 else None
    )
    with qtbot.waitSignal(importer.added) as told:
        importer.add_to_label([Path("anywhere")])
    assert told.args == ["Added 95 pictures."]


def test_what_was_found_is_let_go_of_bit_by_bit_and_python_collects_again_then(
    importer: Importer,
    hub: ProjectHub,
    make_pictures: MakePictures,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes: list[int] = []
    collected: list[bool] = []
    let_go_of = importing._free

    def watched(facts: dict[Path, FileFacts | None]) -> Generator[int, None, None]:
        sizes.append(len(facts))
        for left in let_go_of(facts):
            sizes.append(left)
            collected.append(gc.isenabled())
            yield left

    monkeypatch.setattr(importing, "_free", watched)
    with its_end(qtbot, importer):
        importer.add_to_label([make_pictures("ants", 3)])
    qtbot.waitUntil(gc.isenabled)
    assert sizes == [3, 2, 1, 0]
    assert not any(collected)


@pytest.mark.usefixtures("many")
def test_undone_while_pictures_come_the_rest_does_not_come(
    importer: Importer, hub: ProjectHub, qtbot: QtBot
) -> None:
    importer.adding.connect(lambda done, _total: hub.commands.undo() if done == 40 else None)
    told: list[str] = []
    importer.added.connect(told.append)
    with its_end(qtbot, importer):
        importer.add_to_label([Path("anywhere")])
    assert (hub.queries.picture_count, told) == (0, [])
    assert hub.commands.redo_title == "Add 95 pictures"


@pytest.mark.usefixtures("many")
def test_undone_while_pictures_come_they_go_and_what_waits_comes_after(
    importer: Importer, hub: ProjectHub, qtbot: QtBot
) -> None:
    left: list[int] = []

    def undo(done: int, _total: int) -> None:
        if done == 40:
            importer.adding.disconnect(connection)
            hub.changed.connect(lambda _changes: left.append(hub.queries.picture_count))
            importer.add_to_label([Path("elsewhere")])
            hub.commands.undo()

    connection = importer.adding.connect(undo)
    told: list[str] = []
    importer.added.connect(told.append)
    with its_end(qtbot, importer):
        importer.add_to_label([Path("anywhere")])
    assert left[:2] == [40, 0]  # what had come by then was told first
    assert told == ["Added 95 pictures."]
    assert hub.queries.picture_count == 95


@pytest.mark.usefixtures("many")
def test_what_was_done_beside_pictures_that_come_is_undone_at_once_and_they_go_on_coming(
    importer: Importer, hub: ProjectHub, qtbot: QtBot
) -> None:
    hub.commands.apply(AddClass("ant"))
    labelled: list[int] = []

    def label_and_undo(done: int, _total: int) -> None:
        if done == 20:
            hub.commands.apply(LabelPictures(list(range(1, 21)), 1))
            labelled.append(hub.queries.labeled_count)
            hub.commands.undo()
            labelled.append(hub.queries.labeled_count)

    importer.adding.connect(label_and_undo)
    with its_end(qtbot, importer):
        importer.add_to_label([Path("anywhere")])
    assert labelled == [20, 0]
    assert hub.queries.picture_count == 95


@pytest.mark.usefixtures("many")
def test_what_pictures_that_come_have_gone_past_is_undone_when_they_have_come(
    importer: Importer, hub: ProjectHub, qtbot: QtBot
) -> None:
    hub.commands.apply(AddClass("ant"))
    told: list[str] = []
    hub.commands.long_gestures.hint.connect(told.append)

    def label_and_undo(done: int, _total: int) -> None:
        if done == 20:
            hub.commands.apply(LabelPictures([1], 1))
        if done == 40:
            hub.commands.undo()

    importer.adding.connect(label_and_undo)
    with its_end(qtbot, importer):
        importer.add_to_label([Path("anywhere")])
    assert told == ["Wait until the present change has finished, or press Esc to stop it."]
    assert (hub.queries.picture_count, hub.queries.labeled_count) == (95, 1)
    hub.commands.undo()
    hub.commands.undo()
    assert (hub.queries.picture_count, hub.queries.labeled_count) == (20, 0)


@pytest.mark.usefixtures("many")
def test_a_class_removed_while_its_pictures_come_gets_no_more(
    importer: Importer, hub: ProjectHub, qtbot: QtBot
) -> None:
    hub.commands.apply(AddClass("ant"))
    [ant] = hub.queries.classes
    importer.adding.connect(
        lambda done, _total: hub.commands.apply(RemoveClass(ant.id)) if done == 40 else None
    )
    with qtbot.waitSignals([importer.problem, importer.added]):
        importer.add_examples([Path("anywhere")], ant.id)
    assert (hub.queries.picture_count, hub.queries.labeled_count) == (40, 0)
    assert not importer._tasks.is_running(IMPORT)


# -- beside the classes, several at a time


def test_two_drops_of_loose_files_become_two_classes(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    folder = make_pictures("ants", 3)
    unnamed: list[int] = []
    importer.class_unnamed.connect(unnamed.append)
    with its_end(qtbot, importer):
        importer.add_classes([folder / "1.png"])
        importer.add_classes([folder / "2.png", folder / "3.png"])
    assert counts(hub) == {"Class 1": 1, "Class 2": 2}
    assert unnamed == [row.id for row in hub.queries.classes]


def test_loose_files_keep_apart_from_classes_and_folders_of_such_a_name(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    hub.commands.apply(AddClass("Class 1"))
    with qtbot.waitSignal(importer.added):
        importer.add_classes([make_pictures("Class 2", 2), make_pictures("ants", 1) / "1.png"])
    assert counts(hub) == {"Class 1": 0, "Class 2": 2, "Class 3": 1}


def test_a_loose_file_that_is_gone_is_told_and_makes_no_class(
    importer: Importer, hub: ProjectHub, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(importer.problem) as told:
        importer.add_classes([tmp_path / "gone.png"])
    assert "gone.png" in told.args[0]
    assert hub.queries.classes == []


def test_every_picture_found_is_told_as_it_is_found(make_pictures: MakePictures) -> None:
    folders = [make_pictures("insects/ants", 3), make_pictures("insects/bees/wild", 2).parent]
    loose = make_pictures("loose", 1) / "1.png"
    assert list(search_classes([folders[0].parent, loose])) == [1, 2, 3, 4, 5, 6]


def test_classes_come_in_natural_order_with_all_that_is_below_them(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    for name in ("insects/10", "insects/9/deep/down", "insects/.hidden"):
        make_pictures(name, 2)
    with qtbot.waitSignal(importer.added):
        importer.add_classes([make_pictures("insects/9", 1).parent])
    assert list(counts(hub).items()) == [("9", 3), ("10", 2)]
