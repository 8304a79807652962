"""The Korean translation: whole, in step with the sources, and seen in the window."""

from __future__ import annotations

import ast
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import is_dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QTabBar
from pytestqt.qtbot import QtBot

from engine.images import REASONS
from engine.labeling.events import Stage
from engine.paths import assets_dir
from engine.workspace import commands
from engine.workspace.rows import UNKNOWN
from fewshot_gui import engine_texts, languages
from fewshot_gui.bridge import load_engine
from fewshot_gui.dialogs.settings_dialog import SettingsDialog
from fewshot_gui.engine_texts import translated
from fewshot_gui.main_window import MainWindow
from fewshot_gui.picture_columns import Order, Show
from fewshot_gui.settings import remember
from fewshot_gui.translating import update

TS = assets_dir() / "translations" / "fewshot_ko.ts"
PLACEHOLDER = re.compile(r"\{\w*\}")
KEY = re.compile(r"&\w")
HANGUL = re.compile("[가-힣]")


def messages(ts: Path = TS) -> dict[tuple[str, str], ElementTree.Element]:
    """The translation of each message, by context and source."""
    return {
        (context.findtext("name") or "", message.findtext("source") or ""): message.find("translation")
        for context in ElementTree.parse(ts).iter("context")
        for message in context.iter("message")
    }


def calls(names: set[str]) -> Iterator[ast.Call]:
    """Every call in the sources of the window of a function or method so named."""
    for path in Path(languages.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called in names:
                    yield node


@pytest.fixture
def korean(qapp: QApplication) -> Iterator[None]:
    """The program speaks Korean for as long as the test lasts."""
    earlier = set(qapp.findChildren(QTranslator))
    remember(languages.KEY, "ko")
    languages.install_translations(qapp)
    yield
    for translator in set(qapp.findChildren(QTranslator)) - earlier:
        qapp.removeTranslator(translator)
        translator.deleteLater()
    assert qapp.translate("Actions", "&Quit") == "&Quit"


def test_it_knows_what_the_window_and_the_engine_say_now_and_nothing_else(tmp_path: Path) -> None:
    copy = Path(shutil.copy(TS, tmp_path / "fewshot_ko.ts"))
    update(copy, load_engine().read_catalogue())
    assert set(messages(copy)) == set(messages()), "run `make translations`"


def test_every_text_that_is_asked_for_in_the_sources_is_in_it() -> None:
    known = {source for _, source in messages()}
    asked = {
        call.args[-1].value
        for call in calls({"tr", "translate", "QT_TRANSLATE_NOOP"})
        if call.args and isinstance(call.args[-1], ast.Constant) and isinstance(call.args[-1].value, str)
    }
    assert len(asked) > 400
    assert asked - known == set(), "lupdate does not look into f-strings"


def test_nothing_is_left_untranslated() -> None:
    left = [key for key, translation in messages().items() if translation.get("type") or not translation.text]
    assert left == []


def test_placeholders_keys_and_edges_are_those_of_the_source() -> None:
    for (_, source), translation in messages().items():
        text = translation.text or ""
        assert Counter(PLACEHOLDER.findall(source)) == Counter(PLACEHOLDER.findall(text)), source
        assert len(KEY.findall(source)) == len(KEY.findall(text)), source
        assert source.endswith("…") == text.endswith("…"), source
        for edge in (0, -1):
            assert source[edge].isspace() == text[edge].isspace(), source


def test_what_the_window_reads_is_what_the_translators_wrote(qapp: QApplication) -> None:
    compiled = QTranslator()
    assert compiled.load(str(TS.with_suffix(".qm")))
    for (context, source), translation in messages().items():
        assert compiled.translate(context, source) == translation.text, "run `make translations`"


@pytest.mark.usefixtures("korean")
def test_the_window_speaks_korean(window: MainWindow) -> None:
    titles = [languages.without_mnemonic(action.text()) for action in window.menuBar().actions()]
    assert titles == ["파일", "편집", "사진", "실행", "보기", "도움말"]
    tabs = window.pictures.findChild(QTabBar)
    assert [tabs.tabText(place).split(" (")[0] for place in range(len(Show))][:3] == [
        "전체",
        "검토 대기",
        "레이블 없음",
    ]
    orders = window.pictures.order_menu
    assert all(HANGUL.search(orders.itemText(row)) for row in range(len(Order)))
    assert (window.actions_.run.iconText(), window.actions_.export.iconText()) == ("실행", "내보내기")
    assert window.status.hint.text() == "시작하려면 왼쪽에 클래스별 예시 사진을 몇 장씩 놓으세요."


@pytest.mark.usefixtures("korean")
def test_no_two_commands_of_a_menu_share_a_key_in_korean(window: MainWindow) -> None:
    for menu in [window.menuBar(), *window.findChildren(QMenu)]:
        keys = [QKeySequence.mnemonic(action.text()).toString() for action in menu.actions()]
        taken = [key for key in keys if key]
        assert sorted(taken) == sorted(set(taken))
    captions = [label.text() for label in window.findChildren(QLabel) if label.buddy() is not None]
    buttons = [button.text() for button in window.findChildren(QPushButton)]
    titles = [action.text() for action in window.menuBar().actions()]
    keys = [QKeySequence.mnemonic(text).toString() for text in (*titles, *captions, *buttons)]
    taken = [key for key in keys if key]
    assert len(taken) > len(titles)
    assert sorted(taken) == sorted(set(taken))


@pytest.mark.usefixtures("korean")
def test_dialogs_and_their_standard_buttons_are_korean(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_.settings.trigger()
    dialog = window.findChild(SettingsDialog)
    assert dialog.windowTitle() == "설정"
    assert "닫기" in [languages.without_mnemonic(b.text()) for b in dialog.findChildren(QPushButton)]
    dialog.close()


@pytest.mark.usefixtures("korean")
def test_a_gesture_is_undone_in_korean(window: MainWindow) -> None:
    window.hub.apply(commands.AddClass("{a} & “b”"))
    undo = window.actions_.undo
    assert undo.text() == "실행 취소(&U): 클래스 “{a} && “b”” 추가"
    assert undo.toolTip() == "실행 취소: 클래스 “{a} & “b”” 추가 (Ctrl+Z)"


@pytest.mark.usefixtures("korean")
def test_the_engine_is_told_in_korean_whatever_it_counts_or_names() -> None:
    gestures = [
        commands.RenameClass(1, "x"),
        commands.MoveClass(1, 0),
        commands.RemoveClass(1),
        commands.RecolorClass(1, "#123456"),
        commands.SetClassKey(1, "a"),
        *(commands.AddPictures([Path(f"{n}") for n in range(count)], 1) for count in (1, 1234)),
        *(commands.AddClassFolders({f"c{n}": [Path("a")] for n in range(count)}) for count in (1, 2)),
        commands.AddClassFolders({"a": [], "b": [Path("x")]}),
        commands.AddClassFolders({"a": [Path("x"), Path("y")]}),
        *(
            commands.LabelPictures(list(range(count)), label)
            for count in (1, 2)
            for label in (1, None, UNKNOWN)
        ),
        *(commands.AcceptPredictions({1: list(range(count))}, 1) for count in (1, 2000)),
        *(commands.RemovePictures(list(range(count))) for count in (1, 2)),
        *(commands.RelocatePictures({n: Path(f"{n}") for n in range(count)}) for count in (1, 2)),
        commands.LabelByClass({1: [1, 2]}),
        commands.AddClass("x"),
    ]
    assert {type(gesture) for gesture in gestures} == {
        kind
        for name, kind in vars(commands).items()
        if is_dataclass(kind) and isinstance(kind.title, property)
    }
    said = [gesture.title for gesture in gestures]
    said += [*Stage, *REASONS, "CPU (8 cores)", "A name has at most 60 characters."]
    for sentence in said:
        assert HANGUL.search(translated(sentence)), sentence
    assert translated("Add 1,234 pictures") == "사진 1,234장 추가"
    assert translated("Some new algorithm") == "Some new algorithm"


@pytest.mark.usefixtures("korean")
def test_the_choices_are_explained_in_korean_and_keep_the_names_that_a_person_gave() -> None:
    english = load_engine().read_catalogue()
    choices = engine_texts.in_language(english)
    for algorithm in choices.algorithms:
        assert HANGUL.search(algorithm.family + algorithm.summary), algorithm.name
        assert all(HANGUL.search(option.explanation) for option in algorithm.options)
    first = english.algorithms[0]
    birds = replace(first, title=f"{first.title} · birds")
    own = engine_texts.in_language(replace(english, algorithms=(birds,)))
    assert own.algorithms[0].title == f"{translated(first.title)} · birds"
