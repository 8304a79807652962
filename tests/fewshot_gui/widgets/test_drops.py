"""What is dropped becomes paths, and never anything but a copy."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from fewshot_gui.features.importing.sites import site_of
from fewshot_gui.widgets import drops
from fewshot_gui.widgets.drops import DropZone, can_take, only_path_in, sources_of
from tests.fewshot_gui.gestures import drag_over, drop, files, leave


@pytest.fixture
def pasted(tmp_path: Path) -> Path:
    return tmp_path / "pasted"


@pytest.mark.parametrize("name", ["plain.png", "a b.png", "50%.png", "#1?.png", "Ärger 猫.png"])
def test_file_urls_survive_whatever_their_name(tmp_path: Path, pasted: Path, name: str) -> None:
    path = tmp_path / name
    path.touch()
    assert sources_of(files([path]), pasted) == [path]


def test_a_nul_at_the_end_of_a_path_is_cut_off(tmp_path: Path, pasted: Path) -> None:
    mime = QMimeData()
    mime.setText(f"{tmp_path}\0")
    assert sources_of(mime, pasted) == [tmp_path]


def test_paths_come_as_text_too_one_a_line(tmp_path: Path, pasted: Path) -> None:
    (tmp_path / "a b.png").touch()
    mime = QMimeData()
    mime.setText(f"{tmp_path}\n{QUrl.fromLocalFile(str(tmp_path / 'a b.png')).toString()}\r\nnot a path\n")
    assert sources_of(mime, pasted) == [tmp_path, tmp_path / "a b.png"]


def test_the_same_path_counts_once(tmp_path: Path, pasted: Path) -> None:
    assert sources_of(files([tmp_path, tmp_path]), pasted) == [tmp_path]


def test_a_path_is_the_only_one_when_no_other_is_beside_it(tmp_path: Path) -> None:
    path, other = tmp_path / "a.fewshot", tmp_path / "b.png"
    assert only_path_in(files([path])) == path
    assert only_path_in(files([path, other])) is None
    assert only_path_in(QMimeData()) is None


@pytest.mark.parametrize("text", ["hello", "", "relative/path.png", "x" * 5000, "/a\0b"])
def test_text_that_names_no_file_is_nothing(pasted: Path, text: str) -> None:
    mime = QMimeData()
    mime.setText(text)
    assert not can_take(mime)
    assert sources_of(mime, pasted) == []


def test_a_page_address_is_not_taken(pasted: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cats"), QUrl("ftp://example.org/cat.jpg")])
    assert not can_take(mime)
    assert sources_of(mime, pasted) == []


@pytest.mark.parametrize("kind", ["urls", "text", "html"])
def test_a_host_in_other_letters_is_named_as_it_is_asked(pasted: Path, kind: str) -> None:
    address, mime = "http://bücher.de/größe 1.png", QMimeData()
    if kind == "urls":
        mime.setUrls([QUrl(address)])
    elif kind == "text":
        mime.setText(address)
    else:
        mime.setHtml(f'<img src="{address}">')
    [found] = sources_of(mime, pasted)
    assert found == "http://xn--bcher-kva.de/gr%C3%B6%C3%9Fe%201.png"
    assert site_of(str(found)) == "xn--bcher-kva.de"


def test_addresses_of_pictures_are_named_and_nothing_is_fetched(pasted: Path) -> None:
    urls, text, html = QMimeData(), QMimeData(), QMimeData()
    urls.setUrls([QUrl("https://example.org/cat.jpg?size=2")])
    text.setText("https://example.org/a.PNG\nhttps://example.org/page\n")
    html.setHtml(
        '<a href="https://example.org/page.png"><img alt="" src="https://other.org/view?id=1"></a>'
        '<img src="file:///etc/passwd"><img src="x.png"><img src="javascript:alert(1)">'
    )
    expected = (
        ["https://example.org/cat.jpg?size=2"],
        ["https://example.org/a.PNG"],
        ["https://other.org/view?id=1"],
    )
    for mime, addresses in zip((urls, text, html), expected, strict=True):
        assert can_take(mime)
        assert sources_of(mime, pasted) == addresses
    assert not pasted.exists()


def test_what_is_here_already_comes_before_an_address(qapp: object, pasted: Path) -> None:
    image = QImage(5, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cat.jpg")])
    mime.setImageData(image)
    [source] = sources_of(mime, pasted)
    assert isinstance(source, Path)


def test_addresses_among_files_are_taken_with_them(tmp_path: Path, pasted: Path) -> None:
    mime = QMimeData()
    urls = ["https://example.org/a.png", QUrl.fromLocalFile(str(tmp_path)), "https://example.org/page"]
    mime.setUrls([QUrl(url) for url in urls])
    assert sources_of(mime, pasted) == [tmp_path, "https://example.org/a.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, names of files are Unicode")
def test_a_file_whose_name_is_not_utf_8_is_found(tmp_path: Path, pasted: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9 50%.png")
    path.touch()
    address = path.parent.as_uri() + "/caf%E9%2050%25.png"
    for kind in ("text/uri-list", "text/plain"):
        mime = QMimeData()
        mime.setData(kind, f"{address}\r\n".encode())
        assert sources_of(mime, pasted) == [path]


def test_a_bare_image_is_kept_once_as_a_png_beside_the_project(qapp: object, pasted: Path) -> None:
    image = QImage(5, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    mime = QMimeData()
    mime.setImageData(image)
    assert can_take(mime)
    [first], [second] = sources_of(mime, pasted), sources_of(mime, pasted)
    assert isinstance(first, Path)
    assert first == second
    assert first.parent == pasted
    assert QImage(str(first)).pixelColor(2, 2) == QColor("red")


def test_an_image_that_cannot_be_kept_is_refused_with_a_sentence(tmp_path: Path, qapp: object) -> None:
    (tmp_path / "file").touch()
    image = QImage(5, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    mime = QMimeData()
    mime.setImageData(image)
    with pytest.raises(FewshotError, match="could not be kept"):
        sources_of(mime, tmp_path / "file" / "pasted")


@pytest.fixture
def widget(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_a_drop_is_a_copy_even_if_a_move_is_proposed(widget: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    zone, mime = DropZone(widget), files([tmp_path])
    with qtbot.waitSignals([zone.hovered, zone.left, zone.dropped]):
        event = drop(widget, mime, QPoint(3, 3), Qt.DropAction.MoveAction)
    assert event.isAccepted()
    assert event.dropAction() is Qt.DropAction.CopyAction


def test_what_cannot_be_taken_is_refused_from_the_start(widget: QWidget, qtbot: QtBot) -> None:
    zone, mime = DropZone(widget), QMimeData()
    mime.setText("hello")
    with qtbot.assertNotEmitted(zone.dropped):
        assert not drag_over(widget, mime, QPoint(3, 3))
        assert not drop(widget, mime, QPoint(3, 3)).isAccepted()


def test_a_drag_that_goes_away_is_told(widget: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    zone, mime = DropZone(widget), files([tmp_path])
    drag_over(widget, mime, QPoint(3, 3))
    with qtbot.waitSignal(zone.left):
        leave(widget)


def test_ten_thousand_files_are_dropped_without_asking_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(drops, "_exists", asked.append)
    monkeypatch.setattr(Path, "stat", asked.append)
    mime = files([tmp_path / f"{number}.png" for number in range(10_000)])
    assert can_take(mime)
    assert len(sources_of(mime, tmp_path)) == 10_000
    assert asked == []


def test_a_text_is_asked_for_no_further_than_its_first_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(drops, "_exists", lambda path: asked.append(path) or True)
    mime = QMimeData()
    mime.setText("\n".join(f"/{number}.png" for number in range(100)))
    assert can_take(mime)
    assert asked == [Path("/0.png")]
