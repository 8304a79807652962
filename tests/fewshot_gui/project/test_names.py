"""Names are read and sorted while the window goes on: what is asked of them is shown when they are known."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.workspace import Workspace
from engine.workspace.commands import AddPictures, RelocatePictures, RemovePictures
from fewshot_gui.engine_link import kinds
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project import names
from fewshot_gui.project.picture_columns import Order
from tests.fewshot_gui.gestures import choose_by_keys

NAMES = ["10.png", "9.png", "B2.png", "b1.png", "a.png", "100.png", "1.png"]
IN_ORDER = ["1.png", "9.png", "10.png", "100.png", "a.png", "b1.png", "B2.png"]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three names are many, so that seven are read block by block and sorted on a thread."""
    monkeypatch.setattr(names, "_BLOCK", 3)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Until it is set, the sorting does not go on."""
    go_on, in_order = threading.Event(), names._in_order

    def wait(blocks: Sequence[names._Block]) -> Generator[int, None, NDArray[np.int64]]:
        assert go_on.wait(10)
        return (yield from in_order(blocks))

    monkeypatch.setattr(names, "_in_order", wait)
    return go_on


@pytest.fixture
def full(window: MainWindow, tmp_path: Path) -> MainWindow:
    add(window, tmp_path, *NAMES)
    return window


def add(window: MainWindow, folder: Path, *added: str) -> None:
    window.hub.commands.apply(AddPictures([folder / name for name in added]))


def shown(window: MainWindow) -> list[str]:
    model = window.pictures.model
    return [model.index(row).data() for row in range(model.rowCount())]


def sort_by_name(window: MainWindow) -> None:
    choose_by_keys(window.pictures.order_menu, Order.NAME)


def test_until_the_names_are_sorted_the_order_stays_as_it_was(
    full: MainWindow, qtbot: QtBot, held: threading.Event
) -> None:
    choose_by_keys(full.pictures.order_menu, Order.NEWEST)
    sort_by_name(full)
    assert shown(full) == NAMES[::-1]
    assert full.status.hint.text() == "Reading the names…"
    held.set()
    qtbot.waitUntil(lambda: shown(full) == IN_ORDER)
    assert full.status.bar.isHidden()
    assert "Reading" not in full.status.hint.text()


def test_until_the_names_are_read_a_search_changes_nothing(full: MainWindow, qtbot: QtBot) -> None:
    full.pictures.search.setText("b")
    assert shown(full) == NAMES
    qtbot.waitUntil(lambda: shown(full) == ["B2.png", "b1.png"])
    full.pictures.search.setText("B2")
    assert shown(full) == ["B2.png"]


@pytest.mark.parametrize("typed", ["고양이", "CAFÉ"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_search_finds_a_name_whether_its_letters_are_stored_whole_or_in_pieces(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, typed: str, form: Literal["NFC", "NFD"]
) -> None:
    whole, other = f"{typed.lower()} 1.png", f"{typed.lower()} 2.png"
    in_pieces = unicodedata.normalize("NFD", other)
    add(window, tmp_path, whole, in_pieces, "dog.png")
    window.pictures.search.setText(unicodedata.normalize(form, typed))
    qtbot.waitUntil(lambda: shown(window) == [whole, in_pieces])


def test_pictures_that_are_added_come_to_their_places(
    full: MainWindow, qtbot: QtBot, tmp_path: Path, held: threading.Event
) -> None:
    sort_by_name(full)
    add(full, tmp_path, "2.png", "a3.png")  # while the others are being read
    qtbot.waitUntil(lambda: any(thread.name == "names" for thread in threading.enumerate()))
    add(full, tmp_path, "3.png")  # while they are being sorted
    held.set()
    beginning, end = ["1.png", "2.png", "3.png", "9.png"], ["10.png", "100.png", "a.png", "a3.png"]
    qtbot.waitUntil(lambda: shown(full) == [*beginning, *end, "b1.png", "B2.png"])
    add(full, tmp_path, "4.png")  # when all has been done
    beginning.insert(3, "4.png")
    qtbot.waitUntil(lambda: shown(full) == [*beginning, *end, "b1.png", "B2.png"])


def test_names_that_are_known_are_not_read_again(
    full: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    picture_names = Workspace.picture_names

    def note(workspace: Workspace, ids: list[int]) -> list[str]:
        read.extend(ids)
        return picture_names(workspace, ids)

    monkeypatch.setattr(Workspace, "picture_names", note)
    sort_by_name(full)
    qtbot.waitUntil(lambda: shown(full) == IN_ORDER)
    assert read == [1, 2, 3, 4, 5, 6, 7]
    full.pictures.search.setText("1")
    add(full, tmp_path, "11.png")
    qtbot.waitUntil(lambda: shown(full) == ["1.png", "10.png", "11.png", "100.png", "b1.png"])
    assert read == [1, 2, 3, 4, 5, 6, 7, 8]


def test_pictures_that_are_removed_and_come_back_keep_their_places(full: MainWindow, qtbot: QtBot) -> None:
    sort_by_name(full)
    full.hub.commands.apply(RemovePictures([1, 7]))  # one of them is known by then
    staying = [name for name in IN_ORDER if name not in ("1.png", "10.png")]
    qtbot.waitUntil(lambda: shown(full) == staying)
    full.hub.commands.apply(RemovePictures([2]))
    assert shown(full) == [name for name in staying if name != "9.png"]
    full.hub.commands.undo()
    full.hub.commands.undo()
    qtbot.waitUntil(lambda: shown(full) == IN_ORDER)


def test_a_picture_that_is_found_under_another_name_is_sorted_by_that(
    full: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    sort_by_name(full)
    qtbot.waitUntil(lambda: shown(full) == IN_ORDER)
    full.hub.commands.apply(RelocatePictures({7: tmp_path / "z.png"}))
    qtbot.waitUntil(lambda: shown(full) == [*IN_ORDER[1:], "z.png"])
    full.pictures.search.setText("z")
    qtbot.waitUntil(lambda: shown(full) == ["z.png"])


def test_pictures_of_one_name_stay_in_the_order_in_which_they_were_added(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folders = [tmp_path / folder for folder in ("d", "c", "b", "a")]
    for folder in folders:
        add(window, folder, "2.png", "1.png")
    sort_by_name(window)
    qtbot.waitUntil(lambda: window.pictures.model.ids.tolist() == [2, 4, 6, 8, 1, 3, 5, 7])
    window.hub.commands.apply(RelocatePictures({2: tmp_path / "e" / "1.png"}))
    qtbot.waitUntil(lambda: not window.tasks.is_running(kinds.NAMES))
    assert window.pictures.model.ids.tolist() == [2, 4, 6, 8, 1, 3, 5, 7]


def test_another_project_does_not_get_the_names_of_the_one_before(
    full: MainWindow, qtbot: QtBot, tmp_path: Path, held: threading.Event
) -> None:
    other = Workspace.create(tmp_path / "other.fewshot")
    other.apply(AddPictures([tmp_path / f"{number}.png" for number in (5, 4, 3, 2)]))
    sort_by_name(full)
    qtbot.waitUntil(lambda: any(thread.name == "names" for thread in threading.enumerate()))
    full.hub.switch_to(other)
    full.pictures.order_menu.setCurrentIndex(list(Order).index(Order.NAME))
    assert shown(full) == ["5.png", "4.png", "3.png", "2.png"]
    held.set()
    qtbot.waitUntil(lambda: shown(full) == ["2.png", "3.png", "4.png", "5.png"])
    full.pictures.search.setText("10")
    assert shown(full) == []


def test_a_choice_that_is_taken_back_meanwhile_is_not_shown(
    full: MainWindow, qtbot: QtBot, held: threading.Event
) -> None:
    sort_by_name(full)
    choose_by_keys(full.pictures.order_menu, Order.NEWEST)
    held.set()
    qtbot.waitUntil(lambda: not full.tasks.is_running(kinds.NAMES))
    assert shown(full) == NAMES[::-1]


def test_the_sorting_ends_with_the_window(full: MainWindow, qtbot: QtBot, held: threading.Event) -> None:
    sort_by_name(full)
    qtbot.waitUntil(lambda: any(thread.name == "names" for thread in threading.enumerate()))
    threading.Timer(0.1, held.set).start()
    full.close()
    assert full.all_ended
    assert not any(thread.name == "names" for thread in threading.enumerate())


def test_a_window_that_is_closed_while_names_are_read_reads_no_more(full: MainWindow, qtbot: QtBot) -> None:
    sort_by_name(full)
    full.close()
    assert full.all_ended
    qtbot.wait(1)  # whatever is left to do would be done now, without a project


def test_why_names_cannot_be_read_is_said_and_the_order_stays(
    full: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_workspace: Workspace, _ids: object) -> list[str]:
        raise FewshotError("The drive is gone.")

    with monkeypatch.context() as broken:
        sort_by_name(full)
        broken.setattr(Workspace, "picture_names", fail)
        qtbot.waitUntil(lambda: not full.tasks.is_running(kinds.NAMES))
    assert full.messages.text == "The drive is gone."
    assert shown(full) == NAMES[::-1]  # the order that the keys have come by
    choose_by_keys(full.pictures.order_menu, Order.ADDED)
    sort_by_name(full)
    qtbot.waitUntil(lambda: shown(full) == IN_ORDER)


def test_pictures_removed_before_their_names_are_read_are_passed_over(full: MainWindow, qtbot: QtBot) -> None:
    sort_by_name(full)
    choose_by_keys(full.pictures.order_menu, Order.ADDED)
    last = full.pictures.model.id_at(len(NAMES) - 1)
    full.hub.commands.apply(RemovePictures([last]))
    qtbot.waitUntil(lambda: not full.tasks.is_running(kinds.NAMES))
    sort_by_name(full)
    qtbot.waitUntil(lambda: shown(full) == [name for name in IN_ORDER if name != NAMES[-1]])
