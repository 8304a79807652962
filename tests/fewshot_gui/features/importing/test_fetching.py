"""Pictures from web addresses: never without a yes, never more than the address sent, never but a picture."""

from __future__ import annotations

import base64
import http.server
import io
import itertools
import os
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import Request

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.images.archive import MAX_MEMBERS
from engine.messages import Message
from engine.workspace import Workspace
from fewshot_gui.engine_link.kinds import IMPORT
from fewshot_gui.features.importing import fetching
from fewshot_gui.features.importing.fetch_dialog import FetchDialog
from fewshot_gui.features.importing.fetching import fetch
from fewshot_gui.features.importing.sites import is_local_site, site_of
from fewshot_gui.main_window import MainWindow
from tests.fewshot_gui.gestures import answer_with_paths, choose_from_menu_bar, drop, files
from tests.zip_files import Entry, zipped

HEAD_AT_MOST = 2**16
"""Bytes of a line that Python reads before it gives up by itself."""
ELSEWHERE = {
    "/round.png": "/round.png",
    "/away.png": "http://localhost:1/x.png",
    "/other.png": "http://127.0.0.1:1/x.png",
}
LOAD = 2**27
"""Bytes that are sent along with a redirect: more than any line holds back."""


def png(color: str = "teal") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (6, 4), color).save(file, "PNG")
    return file.getvalue()


class Server(http.server.ThreadingHTTPServer):
    """Answers on this computer only, and remembers what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.sent = 0

    def handle_error(self, *_: object) -> None:
        """Whoever asked does not listen any more."""

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class Answers(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        if self.path == "/gone.png":
            self.send_error(404)
            return
        if self.path == "/dripping.png":
            self.send_response(200)
            self.flush_headers()
            self.wfile.write(b"X-Endless: ")
            for _ in range(HEAD_AT_MOST):
                self.wfile.write(b"x")
            return
        if self.path == "/heavy.png":
            self.send_response(302)
            self.send_header("Location", "/1.png")
            self.send_header("Content-Length", str(LOAD))
            self.end_headers()
            with suppress(OSError):
                for _ in range(0, LOAD, HEAD_AT_MOST):
                    self.wfile.write(b"x" * HEAD_AT_MOST)
                    self.server.sent += HEAD_AT_MOST
            return
        if self.path == "/rude.png":
            self.send_response(500, "\x1b[2J" + 1000 * "x")
            self.end_headers()
            return
        if self.path in ELSEWHERE:
            self.send_response(302)
            self.send_header("Set-Cookie", "who=you")
            self.send_header("Location", ELSEWHERE[self.path])
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Set-Cookie", "who=you")
        self.end_headers()
        self.wfile.write(b"<html>no picture" if self.path == "/page.png" else png())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def result(address: str) -> bytes:
    steps = fetch(address)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            data: bytes = stop.value
            return data


def test_a_picture_is_fetched_and_nothing_is_told_about_who_asks(server: Server) -> None:
    assert result(server.address("/1.png")) == png()
    assert result(server.address("/1.png")) == png()
    for _, headers in server.seen:
        assert headers.keys() <= {"Host", "User-Agent", "Accept", "Connection", "Accept-Encoding"}
        assert headers["User-Agent"] == "Fewshot"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/gone.png", "Not Found"),
        ("/away.png", "localhost:1"),
        ("/other.png", "127.0.0.1:1"),
        ("/round.png", "redirect"),
    ],
)
def test_what_cannot_be_had_is_told(server: Server, path: str, reason: str) -> None:
    with pytest.raises(FewshotError, match=reason):
        result(server.address(path))


def test_the_words_of_a_server_are_cut_and_cannot_move_a_cursor(server: Server) -> None:
    with pytest.raises(FewshotError) as told:
        result(server.address("/rude.png"))
    assert r"(\x1b[2Jxxx" in str(told.value)
    assert str(told.value).isprintable()
    assert len(str(told.value)) < 300


def test_what_is_sent_along_with_a_redirect_is_not_read(server: Server) -> None:
    assert result(server.address("/heavy.png")) == png()
    assert server.sent < LOAD


def test_what_was_agreed_to_over_a_protected_line_is_not_asked_for_over_an_open_one() -> None:
    agreed, elsewhere = Request("https://host/a.png"), "http://host/a.png"
    with pytest.raises(FewshotError, match="redirected to host"):
        fetching._SameSiteRedirects().redirect_request(agreed, io.BytesIO(), 302, "Found", {}, elsewhere)
    further = fetching._SameSiteRedirects().redirect_request(
        agreed, io.BytesIO(), 302, "Found", {}, "https://host/b.png"
    )
    assert further is not None
    assert further.full_url == "https://host/b.png"


def test_a_host_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(FewshotError, match="could not be fetched"):
        result("http://127.0.0.1:9/cat.png")


def test_what_is_too_large_is_not_taken_in(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 20)
    with pytest.raises(FewshotError, match="larger than"):
        result(server.address("/1.png"))


def test_what_takes_too_long_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_SECONDS", -1)
    with pytest.raises(FewshotError, match="took longer"):
        result(server.address("/1.png"))


def test_a_head_that_never_ends_is_given_up_in_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = itertools.count()  # one goes by whenever somebody looks
    monkeypatch.setattr(fetching, "monotonic", lambda: next(seconds))
    monkeypatch.setattr(fetching, "MAX_SECONDS", 4)
    with pytest.raises(FewshotError, match="took longer"):
        result(server.address("/dripping.png"))
    assert next(seconds) < 10


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x.png", "gopher://127.0.0.1/"])
def test_no_other_kind_of_address_is_opened(address: str) -> None:
    assert site_of(address) == ""
    with pytest.raises(FewshotError, match="could not be fetched"):
        result(address)


def test_a_host_that_no_request_can_name_is_refused_in_words() -> None:
    with pytest.raises(FewshotError, match="no web address"):
        result("http://고양이\u2028.kr/x.png")


# -- which site it is


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://Example.ORG/a.png", "example.org"),
        ("http://example.org:80/a.png", "example.org"),
        ("https://example.org:443/a.png", "example.org"),
        ("http://example.org:443/a.png", "example.org:443"),
        ("http://127.0.0.1:8000/a.png", "127.0.0.1:8000"),
        ("http://[::1]:8000/a.png", "[::1]:8000"),
        ("http://user:word@example.org/a.png", "example.org"),
        ("http://127.0.0.1%3A22/a.png", ""),
        ("http://[fe80::1%25eth0]/a.png", ""),
        ("http://example.org:99999/a.png", ""),
        ("http://ex\x1bample.org/a.png", ""),
        (f"http://{300 * 'a'}.org/a.png", ""),
        ("data:image/png;base64,AAAA", ""),
    ],
)
def test_a_site_is_a_host_with_the_port_that_is_not_usual(address: str, site: str) -> None:
    assert site_of(address) == site


NEAR = (
    *("127.0.0.1:8000", "[::1]", "[::ffff:127.0.0.1]:80", "10.1.2.3", "192.168.0.1", "169.254.1.1"),
    *("localhost", "nas", "nas.local:5000", "router.lan", "2130706433", "printer.home.arpa."),
)


@pytest.mark.parametrize("site", NEAR)
def test_a_site_of_ones_own_network_is_near(site: str) -> None:
    assert is_local_site(site)


def test_the_question_names_what_is_in_ones_own_network(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = FetchDialog(window, 1, ["example.org", "nas.local:5000"])
    assert dialog.text() == "Fetch 1 picture from example.org, nas.local:5000 (on your own network)?"


@pytest.mark.parametrize("site", ["example.org", "8.8.8.8", "[2606:4700::1111]:8080", "local.example.org"])
def test_a_public_site_is_not(site: str) -> None:
    assert not is_local_site(site)


def lead_to(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever name is looked up."""
    asked = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: asked(place, *more, **named))
    monkeypatch.setenv("no_proxy", "*")


def test_a_public_name_that_leads_into_the_own_network_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_to("127.0.0.1", monkeypatch)
    with pytest.raises(FewshotError, match=r"example\.org leads into your own network"):
        result(server.address("/1.png").replace("127.0.0.1", "example.org"))
    assert server.seen == []


def test_a_name_of_the_own_network_leads_there(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to("127.0.0.1", monkeypatch)
    assert result(server.address("/1.png").replace("127.0.0.1", "nas.local")) == png()


def test_a_proxy_may_be_in_the_own_network(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("http_proxy", server.address(""))
    assert result("http://example.org/1.png") == png()
    assert server.seen[0][0] == "http://example.org/1.png"


def test_a_name_server_that_does_not_answer_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer.wait() and [])
    monkeypatch.setattr(fetching, "MAX_SECONDS", 0.05)
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(FewshotError, match="took longer"):
        result("http://example.org/1.png")
    answer.set()


# -- in the window


def copy_address(*addresses: str) -> None:
    mime = QMimeData()
    mime.setHtml("".join(f'<img src="{address}">' for address in addresses))
    QGuiApplication.clipboard().setMimeData(mime)


def paste(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()  # without a window manager, a dialog that closes leaves no window active
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def question(window: MainWindow, qtbot: QtBot) -> FetchDialog:
    qtbot.waitUntil(lambda: any(box.isVisible() for box in window.findChildren(FetchDialog)))
    return next(box for box in window.findChildren(FetchDialog) if box.isVisible())


def test_nothing_is_fetched_before_it_is_agreed_to(window: MainWindow, server: Server, qtbot: QtBot) -> None:
    copy_address(server.address("/1.png"))
    paste(window, qtbot)
    box = question(window, qtbot)
    assert f"127.0.0.1:{server.server_port} (on your own network)" in box.text()
    QTest.keyClick(box, Qt.Key.Key_Return)  # no is what stands there first
    qtbot.waitUntil(lambda: not window.findChildren(FetchDialog))
    assert not window.tasks.is_running(IMPORT)
    assert server.seen == []

    paste(window, qtbot)
    box = question(window, qtbot)
    with qtbot.waitSignal(window.importer.added):
        QTest.mouseClick(box.fetch, Qt.MouseButton.LeftButton)
    assert [path for path, _ in server.seen] == ["/1.png"]
    [kept] = window.hub.kept_dir.iterdir()
    assert kept.read_bytes() == png()
    window.hub.commands.undo()
    assert window.hub.queries.picture_count == 0


def test_a_tick_agrees_for_the_host_until_the_window_is_closed(
    window: MainWindow, server: Server, qtbot: QtBot
) -> None:
    copy_address(server.address("/1.png"))
    paste(window, qtbot)
    box = question(window, qtbot)
    box.remember.setChecked(True)
    with qtbot.waitSignal(window.importer.added):
        QTest.mouseClick(box.fetch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.findChildren(FetchDialog))
    with qtbot.waitSignal(window.importer.added):
        paste(window, qtbot)
    assert not window.findChildren(FetchDialog)
    assert window.hub.queries.picture_count == 1  # the same content is the same file


def test_a_tick_for_one_port_is_none_for_another(window: MainWindow, server: Server, qtbot: QtBot) -> None:
    window.import_input._agreed_sites.add("127.0.0.1")
    copy_address(server.address("/1.png"))
    paste(window, qtbot)
    QTest.keyClick(question(window, qtbot), Qt.Key.Key_Escape)
    assert server.seen == []


def test_only_what_is_on_a_new_host_waits_for_the_answer(
    window: MainWindow, server: Server, qtbot: QtBot
) -> None:
    inside = f"data:image/png;base64,{base64.b64encode(png('red')).decode()}"
    copy_address(inside, server.address("/1.png"))
    with qtbot.waitSignal(window.importer.added):
        paste(window, qtbot)
    assert window.hub.queries.picture_count == 1
    box = question(window, qtbot)
    assert "1 picture" in box.text()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(FetchDialog))
    assert server.seen == []


def test_files_dropped_with_an_address_do_not_wait_for_the_answer(
    window: MainWindow, server: Server, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "here.png").write_bytes(png("red"))
    mime = files([tmp_path / "here.png"])
    mime.setUrls([*mime.urls(), QUrl(server.address("/1.png"))])
    grid = window.pictures.grid.viewport()
    with qtbot.waitSignal(window.importer.added):
        drop(grid, mime, grid.rect().center())
    assert window.hub.queries.picture_count == 1
    box = question(window, qtbot)
    assert "1 picture" in box.text()
    with qtbot.waitSignal(window.importer.added):
        QTest.mouseClick(box.fetch, Qt.MouseButton.LeftButton)
    assert window.hub.queries.picture_count == 2


def test_what_is_no_picture_is_named_and_the_rest_is_added(
    window: MainWindow, server: Server, qtbot: QtBot
) -> None:
    copy_address(server.address("/page.png"), server.address("/1.png"))
    mime = QGuiApplication.clipboard().mimeData()
    grid = window.pictures.grid.viewport()
    assert drop(grid, mime, grid.rect().center()).dropAction() is Qt.DropAction.CopyAction
    with qtbot.waitSignal(window.importer.added):
        QTest.mouseClick(question(window, qtbot).fetch, Qt.MouseButton.LeftButton)
    assert "/page.png was left out: not a picture." in window.messages.text
    assert window.hub.queries.picture_count == 1


def test_a_picture_inside_a_page_needs_no_network_and_no_question(window: MainWindow, qtbot: QtBot) -> None:
    copy_address("data:image/png;base64," + base64.b64encode(png()).decode())
    with qtbot.waitSignal(window.importer.added):
        paste(window, qtbot)
    assert not window.findChildren(QMessageBox)
    assert window.hub.queries.picture_count == 1


def test_fetching_can_be_cancelled(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def stuck(address: str) -> Iterator[int]:
        yield 0
        go_on.wait()
        yield 1

    monkeypatch.setattr(fetching, "fetch", stuck)
    copy_address("https://example.org/1.png")
    paste(window, qtbot)
    QTest.mouseClick(question(window, qtbot).fetch, Qt.MouseButton.LeftButton)
    assert window.tasks.is_running(IMPORT)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.tasks.is_running(IMPORT)
    go_on.set()
    assert window.hub.queries.picture_count == 0


# -- archives


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "letters.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("letters/a/1.png", png())
        file.writestr("letters/b/1.png", png("red"))
        file.writestr("../out.png", png())
    return path


def test_an_archive_of_class_folders_dropped_beside_the_classes_becomes_classes(
    window: MainWindow, archive: Path, qtbot: QtBot
) -> None:
    with zipfile.ZipFile(archive, "w") as file:
        for name in ("a", "b"):
            file.writestr(f"letters/{name}/1.png", png())
    zone = window.classes.new_zone
    with qtbot.waitSignal(window.importer.added):
        drop(zone, files([archive]), zone.rect().center(), Qt.DropAction.MoveAction)
    assert {row.name: row.count for row in window.hub.queries.classes} == {"a": 1, "b": 1}
    assert archive.exists()


def test_an_archive_is_added_from_the_menu_and_says_what_it_left_out(
    window: MainWindow, archive: Path, qtbot: QtBot
) -> None:
    choose_from_menu_bar(window, qtbot, "File", "Add archive…")
    with qtbot.waitSignal(window.importer.added):
        answer_with_paths(window, qtbot, archive)
    assert window.hub.queries.picture_count == 2
    assert "2 classes: a, b" in window.messages.text
    window.messages.dismiss()
    assert "../out.png was left out: its name leads out of the archive." in window.messages.text
    assert not (archive.parent / "out.png").exists()


def test_the_code_page_that_the_names_of_an_archive_were_read_by_is_told(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "animals.zip"
    path.write_bytes(zipped([Entry(f"{name}/1.png".encode("cp949"), png()) for name in ("고양이", "강아지")]))
    with qtbot.waitSignal(window.importer.added):
        window.importer.add_classes([path])
    assert {row.name for row in window.hub.queries.classes} == {"고양이", "강아지"}
    assert window.messages.text == (
        "The names in animals.zip do not say what letters they are in; they were read as Korean (cp949)."
    )


def test_a_flood_of_members_is_refused_with_a_sentence(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped([Entry(b"", b"")] * (MAX_MEMBERS + 1)))
    with qtbot.waitSignal(window.importer.problem) as told:
        window.importer.add_to_label([path])
    assert "more than 200,000 members" in told.args[0]
    assert not window.hub.kept_dir.exists()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
def test_a_pipe_that_is_named_like_an_archive_is_refused_at_once(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    os.mkfifo(tmp_path / "a.zip")
    with qtbot.waitSignal(window.importer.problem) as told:
        window.importer.add_to_label([tmp_path / "a.zip"])
    assert told.args[0].endswith("a.zip is a folder, a pipe or a device; give a file.")


def test_a_read_only_project_unpacks_saves_and_asks_nothing(
    window: MainWindow, archive: Path, qtbot: QtBot
) -> None:
    project = archive.with_name("seen.fewshot")
    Workspace.create(project).close()
    window.hub.switch_to(Workspace.view(project, Message("It lies on a read-only medium.")))
    window.messages.dismiss()
    image = QMimeData()
    image.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    address = QMimeData()
    address.setUrls([QUrl("https://example.org/1.png")])
    grid = window.pictures.grid.viewport()
    for mime in (files([archive]), image, address):
        drop(grid, mime, grid.rect().center())
        assert window.read_only_bar.text == "Read-only: It lies on a read-only medium."
        window.messages.dismiss()
        assert not window.tasks.is_running(IMPORT)
    window.importer.add_classes([archive])  # as its dialog does
    assert window.read_only_bar.text == "Read-only: It lies on a read-only medium."
    assert not window.findChildren(FetchDialog)
    assert not window.hub.kept_dir.exists()


def test_what_is_no_archive_is_told(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"no archive")
    grid = window.pictures.grid.viewport()
    with qtbot.waitSignal(window.importer.problem) as told:
        drop(grid, files([path]), grid.rect().center())
    assert "could not be read as a zip archive" in told.args[0]
    assert not window.tasks.is_running(IMPORT)
