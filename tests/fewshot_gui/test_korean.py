"""The Korean translation: whole, in step with the sources, and seen in the window."""

from __future__ import annotations

import ast
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMenu, QPushButton, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from engine import paths
from engine.errors import FewshotError
from engine.exports import writing
from engine.images import REASONS, skipped
from engine.images.archive import about_code_page
from engine.images.code_pages import CODE_PAGES
from engine.labeling.events import Stage
from engine.paths import assets_dir
from engine.workspace import Workspace, commands, failures
from engine.workspace.rows import UNKNOWN
from fewshot_gui import engine_texts, languages
from fewshot_gui.bridge import load_engine
from fewshot_gui.dialogs.file_dialog import FileDialog
from fewshot_gui.dialogs.settings_dialog import SettingsDialog
from fewshot_gui.engine_sentences import NUMBERS, PATTERNS
from fewshot_gui.engine_texts import translated
from fewshot_gui.main_window import MainWindow
from fewshot_gui.picture_columns import Order, Show
from fewshot_gui.translating import update
from tests.fewshot_gui.scripted_engine import ScriptedEngine

TS = assets_dir() / "translations" / "fewshot_ko.ts"
SAYING = {"FewshotError", "Warned", "DeviceChanged", "Failed", "Notice", "TrainingFailed", "Unusable"}
"""What is made of a sentence of the engine that is shown."""
ELSEWHERE = {
    "cli": "the command line",
    "evaluation": "the command line",
    "classifier.py": "notebooks",
    "learners/base.py": "options that the window does not offer",
    "meta_training/backbone.py": "the command line",
    "meta_training/sources.py": "episodes that the window does not order",
    "meta_training/team.py": "several processes",
}
"""Where the engine speaks to others than the window."""
OF_A_BUG = "{}: {}"
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


def sentences() -> Iterator[str]:
    """What the engine may say in the window, with `{}` for what it puts in."""
    engine = Path(paths.__file__).parent
    for path in engine.rglob("*.py"):
        place = path.relative_to(engine)
        if place.parts[0] in ELSEWHERE or place.as_posix() in ELSEWHERE:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYING:
                yield from filter(None, map(_sentence, node.args))
    told_by_name = (*failures._SENTENCES.values(), *writing._PROBLEMS.values())
    yield from (PLACEHOLDER.sub("{}", sentence) for sentence in told_by_name)


def _sentence(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(
                "{}" if isinstance(part, ast.FormattedValue) else _sentence(part) for part in parts
            )
    return ""


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
@pytest.mark.parametrize("mode", [QFileDialog.FileMode.ExistingFiles, QFileDialog.FileMode.Directory])
def test_all_that_the_file_dialog_says_is_korean(qtbot: QtBot, mode: QFileDialog.FileMode) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = FileDialog(parent, "그림", "pictures", mode)
    labels = [label.text() for label in dialog.findChildren(QLabel) if label.text()]
    assert len(labels) == 3
    for text in (*labels, *(button.text() for button in dialog.findChildren(QPushButton))):
        assert HANGUL.search(text)


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
        *(commands.AcceptPredictions({1: list(range(count))}) for count in (1, 2000)),
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
    said += [*skipped._SHORT, *skipped._SHORT.values(), skipped.SERVICE]
    for sentence in said:
        assert HANGUL.search(translated(sentence)), sentence
    assert translated("Add 1,234 pictures") == "사진 1,234장 추가"
    assert translated("unsupported format: video") == "지원하지 않는 형식: 동영상"
    for page in CODE_PAGES:
        told = translated(about_code_page(Path("a.zip"), page.title))
        assert HANGUL.search(told.partition(": ")[2]), page.codec
    assert translated("Some new algorithm") == "Some new algorithm"


def test_every_sentence_of_the_engine_is_known_to_the_window() -> None:
    said = set(sentences()) - {OF_A_BUG}
    known = {PLACEHOLDER.sub("{}", pattern) for pattern in PATTERNS}
    assert len(said) > 80
    assert sorted(said - known) == []


@pytest.mark.usefixtures("korean")
def test_every_sentence_is_told_from_the_others_and_keeps_what_was_put_in() -> None:
    for pattern in PATTERNS:
        names = [name.strip("{}") for name in PLACEHOLDER.findall(pattern)]
        put_in = {name: "1,000" if name in NUMBERS else f"/a b/{name}" for name in names}
        told = translated(pattern.format(**put_in))
        assert HANGUL.search(told), pattern
        assert told == languages.translate(engine_texts.CONTEXT, pattern).format(**put_in)


@pytest.mark.usefixtures("korean")
def test_what_goes_wrong_is_told_in_korean(
    window: MainWindow,
    qtbot: QtBot,
    engine: ScriptedEngine,
    make_pictures: Callable[..., Path],
    tmp_path: Path,
) -> None:
    (tmp_path / "a.fewshot").write_text("no project")
    with qtbot.waitSignal(window.files.problem):
        window.files.open(tmp_path / "a.fewshot")
    path = tmp_path / "a.fewshot"
    assert (
        window.messages.text == f"{path}은(는) Fewshot 프로젝트가 아닙니다. Fewshot이 만든 파일을 선택하세요."
    )
    folders = {name: sorted(make_pictures(name, 1).iterdir()) for name in ("ant", "bee")}
    window.hub.apply(commands.AddClassFolders(folders))
    window.hub.apply(commands.AddPictures(sorted(make_pictures("new", 1).iterdir())))
    engine.error = FewshotError(
        "/a.sqlite cannot be removed (Permission denied): close what uses it, and try again."
    )
    with qtbot.waitSignal(window.runs.ended):
        window.runs.run()
    reason = (
        "/a.sqlite을(를) 제거할 수 없습니다(권한이 없음). 그 파일을 쓰는 프로그램을 닫고 다시 시도하세요."
    )
    assert window.messages.text == reason
    engine.error = ZeroDivisionError("by accident")
    with qtbot.waitSignal(window.runs.ended):
        window.runs.run()
    assert window.messages.text == "버그 때문에 실행이 멈추었습니다: by accident"


@pytest.mark.usefixtures("korean")
def test_why_a_project_is_only_shown_is_told_once_and_in_korean(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "other.fewshot"
    Workspace.create(path).close()
    why = f"{path} is open in another window or program: close it there and try again."
    window.hub.switch_to(Workspace.view(path, why))
    told = f"읽기 전용: {path}이(가) 다른 창이나 프로그램에 열려 있습니다. 거기서 닫고 다시 시도하세요."
    assert window.messages.text == told
    window.hub.apply(commands.AddClass("cat"))
    assert window.messages.text == told
    window.messages.dismiss()
    assert window.messages.text == ""


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
