from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QThreadPool
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from fewshot_gui.widgets.thumbnails import ThumbnailLoader

WAIT_S = 10


class Decoder:
    """Decodes nothing until it is told to, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.go = threading.Event()

    def __call__(self, path: Path, pixels: int) -> NDArray[np.uint8]:
        self.asked.append((path.name, pixels))
        assert self.go.wait(WAIT_S)
        return np.zeros((pixels, pixels, 3), np.uint8)


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.go.set()


@pytest.fixture
def make_loader(qtbot: QtBot, decoder: Decoder) -> Iterator[Callable[..., ThumbnailLoader]]:
    made: list[ThumbnailLoader] = []

    def make(**options: object) -> ThumbnailLoader:
        loader = ThumbnailLoader(**options)  # type: ignore[arg-type]
        loader.findChildren(QThreadPool)[0].setMaxThreadCount(1)
        loader.set_pixels(8)
        made.append(loader)
        return loader

    yield make
    decoder.go.set()
    for loader in made:
        loader.close()


@pytest.fixture
def loader(make_loader: Callable[..., ThumbnailLoader], decoder: Decoder) -> ThumbnailLoader:
    return make_loader(decode=decoder)


def ask(loader: ThumbnailLoader, *ids: int) -> None:
    for picture_id in ids:
        loader.image(picture_id, Path(f"{picture_id}.png"))


def test_a_thumbnail_has_the_pictures_colours_and_at_most_the_size_asked_for(
    make_loader: Callable[..., ThumbnailLoader], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "wide.png"
    Image.new("RGB", (67, 30), (200, 30, 90)).save(path)
    loader = make_loader()
    loader.set_pixels(33)
    with qtbot.waitSignal(loader.loaded) as loaded:
        assert loader.image(5, path) is None
    assert loaded.args == [5]
    image = loader.image(5, path)
    assert image is not None
    assert (image.width(), image.height()) == (33, 15)
    assert image.pixelColor(16, 7) == QColor(200, 30, 90)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty file"), (b"no picture at all", "not a picture"), (None, "not found")]
)
def test_a_broken_picture_is_told_with_its_reason_and_not_tried_again(
    make_loader: Callable[..., ThumbnailLoader],
    qtbot: QtBot,
    tmp_path: Path,
    content: bytes | None,
    reason: str,
) -> None:
    path = tmp_path / "broken.png"
    if content is not None:
        path.write_bytes(content)
    loader = make_loader()
    with qtbot.waitSignal(loader.loaded):
        loader.image(5, path)
    assert loader.error(5) == reason
    with qtbot.assertNotEmitted(loader.loaded, wait=20):
        assert loader.image(5, path) is None


def test_the_latest_wish_is_answered_first(loader: ThumbnailLoader, decoder: Decoder, qtbot: QtBot) -> None:
    ask(loader, *range(10))
    decoder.go.set()
    qtbot.waitUntil(lambda: len(decoder.asked) == 10)
    # Two were handed to the pool before there was a choice.
    assert [name for name, _ in decoder.asked] == [f"{i}.png" for i in (0, 1, 9, 8, 7, 6, 5, 4, 3, 2)]


def test_asking_twice_decodes_once(loader: ThumbnailLoader, decoder: Decoder, qtbot: QtBot) -> None:
    ask(loader, 1, 2, 3, 3, 2, 1)
    decoder.go.set()
    qtbot.waitUntil(lambda: all(loader.image(i, Path(f"{i}.png")) for i in (1, 2, 3)))
    assert len(decoder.asked) == 3


def test_of_very_many_wishes_the_oldest_are_forgotten_until_there_is_room(
    loader: ThumbnailLoader, decoder: Decoder, qtbot: QtBot
) -> None:
    ask(loader, *range(100))
    with qtbot.waitSignal(loader.capacity_available):
        decoder.go.set()
    qtbot.waitUntil(lambda: len(decoder.asked) == 2 + 32)
    assert {name for name, _ in decoder.asked} == {f"{i}.png" for i in (0, 1, *range(68, 100))}


def test_without_a_forgotten_wish_nobody_is_asked_to_repeat_any(
    loader: ThumbnailLoader, decoder: Decoder, qtbot: QtBot
) -> None:
    decoder.go.set()
    with qtbot.assertNotEmitted(loader.capacity_available):
        ask(loader, *range(10))
        qtbot.waitUntil(lambda: all(loader.image(i, Path(f"{i}.png")) for i in range(10)))


def test_a_thumbnail_that_comes_after_clear_is_thrown_away(
    loader: ThumbnailLoader, decoder: Decoder, qtbot: QtBot
) -> None:
    ask(loader, 1)
    loader.clear()
    with qtbot.assertNotEmitted(loader.loaded, wait=50):
        decoder.go.set()
    assert loader.cached_bytes == 0


def test_a_forgotten_thumbnail_is_decoded_anew(
    loader: ThumbnailLoader, decoder: Decoder, qtbot: QtBot
) -> None:
    decoder.go.set()
    for picture_id in (1, 2):
        with qtbot.waitSignal(loader.loaded):
            loader.image(picture_id, Path(f"{picture_id}.png"))
    held = loader.cached_bytes
    loader.forget([2, 3])
    assert loader.cached_bytes == held // 2
    assert loader.image(1, Path("1.png")) is not None
    with qtbot.waitSignal(loader.loaded):
        assert loader.image(2, Path("2.png")) is None
    assert [name for name, _ in decoder.asked] == ["1.png", "2.png", "2.png"]


def test_the_old_size_serves_until_the_new_one_is_there(
    loader: ThumbnailLoader, decoder: Decoder, qtbot: QtBot
) -> None:
    decoder.go.set()
    with qtbot.waitSignal(loader.loaded):
        ask(loader, 1)
    decoder.go.clear()
    loader.set_pixels(16)
    old = loader.image(1, Path("1.png"))
    assert old is not None
    assert old.width() == 8
    with qtbot.waitSignal(loader.loaded):
        decoder.go.set()
    new = loader.image(1, Path("1.png"))
    assert new is not None
    assert new.width() == 16


def test_a_thumbnail_of_a_size_no_longer_wanted_is_thrown_away(
    loader: ThumbnailLoader, decoder: Decoder, qtbot: QtBot
) -> None:
    ask(loader, 1)
    loader.set_pixels(16)
    with qtbot.assertNotEmitted(loader.loaded, wait=50):
        decoder.go.set()
    assert loader.cached_bytes == 0


def test_memory_is_bounded_and_the_least_recently_seen_goes_first(
    make_loader: Callable[..., ThumbnailLoader], decoder: Decoder, qtbot: QtBot
) -> None:
    one = 8 * 8 * 4
    loader = make_loader(decode=decoder, max_bytes=3 * one)
    decoder.go.set()
    for picture_id in (1, 2, 3):
        with qtbot.waitSignal(loader.loaded):
            ask(loader, picture_id)
    ask(loader, 1)
    with qtbot.waitSignal(loader.loaded):
        ask(loader, 4)
    assert loader.cached_bytes == 3 * one
    ask(loader, 1, 3, 4)
    assert len(decoder.asked) == 4
    ask(loader, 2)
    qtbot.waitUntil(lambda: len(decoder.asked) == 5)
    assert decoder.asked[-1] == ("2.png", 8)


def test_close_ends_the_threads_and_later_wishes_are_ignored(
    loader: ThumbnailLoader, decoder: Decoder, qtbot: QtBot
) -> None:
    ask(loader, *range(10))
    decoder.go.set()
    loader.close()
    assert loader.findChildren(QThreadPool)[0].activeThreadCount() == 0
    asked = len(decoder.asked)
    with qtbot.assertNotEmitted(loader.loaded, wait=20):
        ask(loader, 77)
    assert len(decoder.asked) == asked


def test_a_fault_in_the_decoder_does_not_cost_a_thread(
    make_loader: Callable[..., ThumbnailLoader], qtbot: QtBot
) -> None:
    def decode(path: Path, pixels: int) -> NDArray[np.uint8]:
        if path.name == "0.png":
            raise ZeroDivisionError
        return np.zeros((pixels, pixels, 3), np.uint8)

    loader = make_loader(decode=decode)
    with qtbot.capture_exceptions() as faults:
        ask(loader, *range(6))
        qtbot.waitUntil(lambda: all(loader.image(i, Path(f"{i}.png")) for i in range(1, 6)))
    assert [kind for kind, _, _ in faults] == [ZeroDivisionError]
