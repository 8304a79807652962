"""The guide shows the documents that come with the program, and nothing from the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from engine.paths import docs_dir
from fewshot_gui.main_window import MainWindow
from fewshot_gui.shell import guide
from fewshot_gui.shell.guide import TOUR, GuideDialog, algorithm_page

IMAGE = QTextDocument.ResourceType.ImageResource.value


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[GuideDialog]:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    dialog = GuideDialog(window)
    dialog.show()
    yield dialog
    dialog.close()


def test_each_page_about_an_algorithm_is_listed_and_shown(dialog: GuideDialog) -> None:
    titles = [dialog.pages.item(row).text() for row in range(dialog.pages.count())]
    assert titles[:2] == ["A session in pictures", "Glossary"]
    assert "Prototypical networks" in titles
    algorithms = [file.stem for file in (docs_dir() / "algorithms").iterdir()]
    assert len(titles) == len(algorithms) + 3
    for algorithm in algorithms:
        dialog.show_page(algorithm_page(algorithm))
        assert dialog.text.source().fileName() == f"{algorithm}.md"
        assert dialog.text.toPlainText().startswith(dialog.pages.currentItem().text())


def test_a_link_to_another_page_leads_there(dialog: GuideDialog) -> None:
    dialog.show_page(algorithm_page("fomaml"))
    dialog.text.anchorClicked.emit(QUrl("maml.md"))
    assert dialog.text.source().fileName() == "maml.md"
    assert dialog.pages.currentItem().text() == "MAML"


def test_an_unknown_page_is_the_first(dialog: GuideDialog) -> None:
    dialog.show_page(algorithm_page("of-a-plug-in"))
    assert dialog.text.source().fileName() == f"{TOUR}.md"


def test_pictures_fit_the_page_and_none_is_fetched_or_taken_from_elsewhere(
    dialog: GuideDialog, tmp_path: Path
) -> None:
    dialog.show_page(TOUR)
    shown = dialog.text.loadResource(IMAGE, QUrl("screenshots/03-first-run.png"))
    assert 0 < shown.deviceIndependentSize().width() < dialog.text.viewport().width()
    (tmp_path / "private.png").write_bytes((docs_dir() / "screenshots" / "01-empty.png").read_bytes())
    for elsewhere in ("https://example.org/x.png", f"file://{tmp_path}/private.png", "../../etc/x.png"):
        assert dialog.text.loadResource(IMAGE, QUrl(elsewhere)).isEmpty()


def test_an_address_on_the_web_is_left_to_the_web_browser(
    dialog: GuideDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(guide, "QDesktopServices", type("Opener", (), {"openUrl": opened.append}))
    dialog.show_page(TOUR)
    for address in ("https://arxiv.org/abs/1703.05175", "javascript:alert(1)"):
        dialog.text.anchorClicked.emit(QUrl(address))
    assert [url.host() for url in opened] == ["arxiv.org"]
    assert dialog.text.source().fileName() == f"{TOUR}.md"


def test_the_help_menu_opens_the_page_of_the_chosen_algorithm_once(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(window.choices), "algorithm_name", "prototypical:mine")
    for _ in range(2):
        window.actions_.about_algorithm.trigger()
    [dialog] = window.findChildren(GuideDialog)
    assert dialog.text.source().fileName() == "prototypical.md"
    window.actions_.guide.trigger()
    assert dialog.text.source().fileName() == f"{TOUR}.md"
    dialog.close()
