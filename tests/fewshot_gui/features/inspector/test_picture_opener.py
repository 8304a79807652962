"""Opening one picture: the right pixels, the latest wish, and nothing of a picture that is left behind."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from engine.images import PictureFacts, decode, examine, thumbnail
from engine.images.errors import unsupported
from engine.images.icc import matrix_profile
from engine.messages import Message
from fewshot_gui.features.inspector import picture_opener
from fewshot_gui.features.inspector.picture_opener import OpenedPicture, PictureOpener
from tests.broken_pictures import encoded
from tests.tiff_files import page_of, tiff

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture
def opener(qtbot: QtBot) -> Iterator[PictureOpener]:
    opener = PictureOpener()
    yield opener
    assert opener.close()


def opened(qtbot: QtBot, opener: PictureOpener, path: Path, pixels: int | None = None) -> OpenedPicture:
    with qtbot.waitSignal(opener.opened) as told:
        opener.open(path, pixels)
    picture: OpenedPicture = told.args[0]
    return picture


def corners(picture: OpenedPicture) -> list[tuple[int, ...]]:
    image = picture.levels[0]
    right, bottom = image.width() - 1, image.height() - 1
    colors = [QColor(image.pixel(x, y)) for x, y in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    return [color.getRgb()[:3] for color in colors]


def flag(width: int = 40, height: int = 20) -> Image.Image:
    """Red, green; blue, white."""
    picture = Image.new("RGB", (width, height), WHITE)
    for place, color in (((0, 0), RED), ((width // 2, 0), GREEN), ((0, height // 2), BLUE)):
        picture.paste(color, (*place, place[0] + width // 2, place[1] + height // 2))
    return picture


def test_a_picture_comes_with_every_pixel_and_what_its_file_says(
    qtbot: QtBot, opener: PictureOpener, tmp_path: Path
) -> None:
    path = tmp_path / "flag.png"
    flag().save(path)
    picture = opened(qtbot, opener, path)
    assert picture.error is None
    assert corners(picture) == [RED, GREEN, BLUE, WHITE]
    assert (picture.size, picture.complete) == (QSize(40, 20), True)
    assert picture.file is not None
    assert picture.file.size == path.stat().st_size
    assert picture.facts is not None
    assert (picture.facts.format, picture.facts.mode) == ("PNG", "RGB")


def test_it_is_upright(qtbot: QtBot, opener: PictureOpener, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    stored = flag(800, 400).transpose(Image.Transpose.ROTATE_90)
    stored.save(tmp_path / "turned.png", exif=exif)
    stored.save(tmp_path / "turned.jpg", exif=exif)
    assert corners(opened(qtbot, opener, tmp_path / "turned.png")) == [RED, GREEN, BLUE, WHITE]
    small = opened(qtbot, opener, tmp_path / "turned.jpg", pixels=200)
    assert small.levels[0].size() == QSize(200, 100)
    assert (small.size, small.complete) == (QSize(800, 400), False)


def test_deep_greys_and_transparency_look_as_the_model_sees_them(
    qtbot: QtBot, opener: PictureOpener, tmp_path: Path
) -> None:
    Image.fromarray(np.full((4, 4), 0x8000, np.uint16)).save(tmp_path / "deep.png")
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(tmp_path / "glass.png")
    assert corners(opened(qtbot, opener, tmp_path / "deep.png"))[0] == (128, 128, 128)
    assert corners(opened(qtbot, opener, tmp_path / "glass.png"))[0] == WHITE


def test_thumbnail_large_view_and_model_show_the_same(
    qtbot: QtBot, opener: PictureOpener, tmp_path: Path
) -> None:
    numbers = np.linspace(0, 4000, 1200).astype(np.uint16).reshape(30, 40)
    glass = Image.new("RGBA", (40, 30), (255, 255, 255, 0))
    glass.paste((255, 255, 255, 255), (10, 5, 30, 25))
    wide = matrix_profile("wide", (0.3457, 0.3585, 0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001), 1.8)
    kinds = {
        "deep.tif": tiff(page_of(numbers, photometric=0)),
        "bands.tif": tiff(page_of(np.stack([numbers] * 5, axis=2))),
        "glass.png": encoded(glass, "PNG"),
        "wide.png": encoded(flag(), "PNG", icc_profile=wide),
        "fade.gif": encoded(Image.new("RGB", (40, 20)), "GIF", save_all=True, append_images=[flag()]),
        "cut.bmp": encoded(flag(), "BMP")[:-40],
    }
    for name, data in kinds.items():
        path = tmp_path / name
        path.write_bytes(data)
        model = np.asarray(decode(data, path, at_least=8))
        assert np.array_equal(thumbnail(path, 64), model), name
        image = opened(qtbot, opener, path).levels[0].convertToFormat(QImage.Format.Format_RGB888)
        lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        assert np.array_equal(lines[:, : 3 * image.width()].reshape(model.shape), model), name


def test_a_kind_that_is_not_read_is_named(qtbot: QtBot, opener: PictureOpener, tmp_path: Path) -> None:
    (tmp_path / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    assert opened(qtbot, opener, tmp_path / "phone.heic").error.explanation == unsupported(Message("HEIC"))


def test_a_broken_file_says_why_and_what_can_still_be_told_of_it(
    qtbot: QtBot, opener: PictureOpener, tmp_path: Path
) -> None:
    path = tmp_path / "cut.jpg"
    flag(400, 200).save(path)
    path.write_bytes(path.read_bytes()[:-400])
    picture = opened(qtbot, opener, path)
    assert (picture.error.reason, picture.levels) == ("truncated", ())
    assert picture.facts is not None
    assert picture.facts.width == 400
    gone = opened(qtbot, opener, tmp_path / "gone.jpg")
    assert (gone.error.reason, gone.file, gone.facts) == ("not found", None, None)


def test_a_large_picture_comes_in_falling_sizes_in_its_own_colours(
    qtbot: QtBot, opener: PictureOpener, tmp_path: Path
) -> None:
    path = tmp_path / "large.png"
    flag(5000, 3000).save(path)
    picture = opened(qtbot, opener, path)
    assert [level.width() for level in picture.levels] == [5000, 2500, 1250]
    assert corners(picture) == [RED, GREEN, BLUE, WHITE]


def test_the_latest_wish_wins_and_the_ones_before_are_not_even_begun(
    qtbot: QtBot, opener: PictureOpener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, read, decoded = threading.Event(), list[str](), list[str]()
    really_read = picture_opener.read_picture

    def read_slowly(path: Path) -> bytes:
        read.append(path.name)
        assert go_on.wait(10)
        return really_read(path)

    def note(data: bytes, path: Path, at_least: int | None = None) -> tuple[Image.Image, PictureFacts]:
        decoded.append(path.name)
        return examine(data, path, at_least)

    monkeypatch.setattr(picture_opener, "read_picture", read_slowly)
    monkeypatch.setattr(picture_opener, "examine", note)
    paths = [tmp_path / f"{number}.png" for number in range(6)]
    for path in paths:
        flag().save(path)
    told: list[OpenedPicture] = []
    opener.opened.connect(told.append)
    for count, path in enumerate(paths, start=1):
        opener.open(path)
        qtbot.waitUntil(lambda count=count: len(read) == min(count, 2))
    assert opener.busy
    go_on.set()
    qtbot.waitUntil(lambda: not opener.busy)
    assert [picture.path.name for picture in told] == ["5.png"]
    assert set(read) == {"0.png", "1.png", "5.png"}
    assert decoded == ["5.png"]


def test_a_picture_that_came_too_late_is_not_told(
    qtbot: QtBot, opener: PictureOpener, tmp_path: Path
) -> None:
    paths = [tmp_path / "early.png", tmp_path / "late.png"]
    for path in paths:
        flag().save(path)
    told: list[OpenedPicture] = []
    opener.opened.connect(told.append)
    opener.open(paths[0])
    assert opener._pool.waitForDone(5000)  # it is there, though the window has not looked yet
    opener.open(paths[1])
    qtbot.waitUntil(lambda: not opener.busy)
    assert [picture.path for picture in told] == [paths[1]]


def test_what_is_no_longer_wanted_never_comes(qtbot: QtBot, opener: PictureOpener, tmp_path: Path) -> None:
    flag().save(tmp_path / "flag.png")
    with qtbot.assertNotEmitted(opener.opened):
        opener.open(tmp_path / "flag.png")
        opener.forget()
        assert opener.close()
        qtbot.wait(1)


def test_a_picture_is_freed_with_the_last_reference(
    qtbot: QtBot, opener: PictureOpener, tmp_path: Path
) -> None:
    flag().save(tmp_path / "flag.png")
    picture = opened(qtbot, opener, tmp_path / "flag.png")
    kept = weakref.ref(picture.levels[0])
    del picture
    opened(qtbot, opener, tmp_path / "flag.png")
    gc.collect()
    assert kept() is None


def test_the_window_lives_while_a_large_picture_is_opened(
    qtbot: QtBot, opener: PictureOpener, tmp_path: Path
) -> None:
    path = tmp_path / "large.png"
    flag(7000, 5000).save(path, compress_level=1)
    beats: list[int] = []
    timer = QTimer(opener, interval=5)
    timer.timeout.connect(lambda: beats.append(len(beats)))
    timer.start()
    opened(qtbot, opener, path)
    timer.stop()
    assert len(beats) > 10
