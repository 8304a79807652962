"""The Korean translation: seen in the window; what it lacks, or has wrong, is English there."""

from __future__ import annotations

import errno
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMenu, QPushButton, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError, reason_of
from engine.exports import formats
from engine.images.errors import unsupported
from engine.messages import Message
from engine.paths import assets_dir
from engine.workspace import Workspace, commands
from fewshot_gui.engine_link.bridge import load_engine
from fewshot_gui.features.exporting import export_dialog
from fewshot_gui.features.settings.settings_dialog import SettingsDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Show
from fewshot_gui.shell import languages
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.translating import release, templates
from fewshot_gui.widgets.file_dialog import FileDialog
from tests.fewshot_gui.scripted_engine import ScriptedEngine, catalogue

TS = assets_dir() / "translations" / "fewshot_ko.ts"
PLACEHOLDER = re.compile(r"\{\w*\}")
KEY = re.compile(r"&\w")
HANGUL = re.compile("[가-힣]")


def translations(ts: Path = TS) -> dict[tuple[str, str], str]:
    """What is translated, by context and source."""
    found = (
        (context.findtext("name"), message.findtext("source"), message.find("translation"))
        for context in ElementTree.parse(ts).iter("context")
        for message in context.iter("message")
    )
    return {
        (name or "", source or ""): translation.text or ""
        for name, source, translation in found
        if translation is not None and not translation.get("type")
    }


def test_placeholders_keys_and_edges_are_those_of_the_source() -> None:
    for (_, source), text in translations().items():
        assert Counter(PLACEHOLDER.findall(source)) == Counter(PLACEHOLDER.findall(text)), source
        assert len(KEY.findall(source)) == len(KEY.findall(text)), source
        assert source.endswith("…") == text.endswith("…"), source
        for edge in (0, -1):
            assert source[edge].isspace() == text[edge].isspace(), source


def test_what_the_window_reads_is_what_the_translators_wrote(qapp: QApplication) -> None:
    compiled = QTranslator()
    assert compiled.load(str(TS.with_suffix(".qm")))
    for (context, source), text in translations().items():
        assert compiled.translate(context, source) == text, "run `make translations`"


@pytest.mark.usefixtures("korean")
def test_the_window_speaks_korean(window: MainWindow) -> None:
    titles = [languages.without_mnemonic(action.text()) for action in window.menuBar().actions()]
    assert {"파일", "편집", "사진", "실행", "보기", "도움말"} <= set(titles)
    tabs = window.pictures.findChild(QTabBar)
    assert [tabs.tabText(place).split(" (")[0] for place in range(len(Show))][:3] == [
        "전체",
        "검토 대기",
        "레이블 없음",
    ]
    orders = window.pictures.order_menu
    assert any(HANGUL.search(orders.itemText(row)) for row in range(orders.count()))
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
def test_the_file_dialog_is_korean(qtbot: QtBot, mode: QFileDialog.FileMode) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = FileDialog(parent, "그림", "pictures", mode)
    for kind in (QLabel, QPushButton):
        assert any(HANGUL.search(one.text()) for one in dialog.findChildren(kind))


@pytest.mark.usefixtures("korean")
def test_a_gesture_is_undone_in_korean(window: MainWindow) -> None:
    window.hub.commands.apply(commands.AddClass("{a} & “b”"))
    undo = window.actions_.undo
    assert undo.text() == "실행 취소(&U): 클래스 “{a} && “b”” 추가"
    assert undo.toolTip() == "실행 취소: 클래스 “{a} & “b”” 추가 (Ctrl+Z)"


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (commands.MoveClass(1, 0).title, "클래스 이동"),
        (commands.AddPictures([Path("a")], 1).title, "사진 1장 추가"),
        (commands.AddPictures([Path(f"{n}") for n in range(1234)]).title, "사진 1,234장 추가"),
        (unsupported(Message("video")), "지원하지 않는 형식: 동영상"),
        (Message("CPU ({n} cores)", n=8), "CPU(8코어)"),
        ("truncated", "잘린 파일"),
        ("", ""),
        (None, None),
    ],
)
def test_templates_are_translated_and_then_filled_in(message: Message | str | None, shown: str) -> None:
    assert translated(message) == shown


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
    window.hub.commands.apply(commands.AddClassFolders(folders))
    window.hub.commands.apply(commands.AddPictures(sorted(make_pictures("new", 1).iterdir())))
    engine.error = FewshotError(
        "{path} cannot be removed ({reason}): close what uses it, and try again.",
        path="/a.sqlite",
        reason=reason_of(PermissionError(errno.EACCES, "Permission denied")),
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
    why = Message("{path} is open in another window or program: close it there and try again.", path=path)
    window.hub.switch_to(Workspace.view(path, why))
    told = f"읽기 전용: {path}이(가) 다른 창이나 프로그램에 열려 있습니다. 거기서 닫고 다시 시도하세요."
    assert window.read_only_bar.text == told
    window.hub.commands.apply(commands.AddClass("cat"))
    assert window.read_only_bar.text == told
    window.read_only_bar.dismiss()
    assert window.read_only_bar.text == ""


@pytest.mark.usefixtures("korean")
def test_the_choices_are_explained_in_korean_and_keep_the_names_that_a_person_gave() -> None:
    known = {entry.name: entry for entry in load_engine().read_catalogue().algorithms}
    maml = known["maml"]
    for text in (maml.summary, known["ridge"].family, known["fine-tuning"].options[0].explanation):
        assert HANGUL.search(translated(text))
    own = Message("{algorithm} · {name}", algorithm=maml.title, name="birds")
    assert translated(own) == f"{translated(maml.title)} · birds"


@pytest.mark.usefixtures("korean")
def test_what_is_not_translated_is_shown_in_english(window: MainWindow, engine: ScriptedEngine) -> None:
    known = catalogue()
    new = replace(known.algorithms[0], name="new", title=Message("New method of {year}", year="2030"))
    window.choices.set_catalogue(replace(known, algorithms=(*known.algorithms, new)))
    assert ("new", "New method of 2030") in window.choices.choosable()["algorithm"]
    window.messages.warn(Message("{n} of {kind} are {odd}.", n=1234, kind=Message("video")))
    assert window.messages.text == "1,234 of 동영상 are {odd}."


@pytest.mark.usefixtures("korean")
def test_a_format_without_a_translation_is_offered_in_english(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = formats()
    new = replace(known["csv"], name="new", title="New table", suffix=".new")
    monkeypatch.setattr(export_dialog, "formats", lambda: {**known, "new": new})
    menu = export_dialog.ExportDialog(window, "a").format
    offered = [menu.itemText(row) for row in range(menu.count())]
    assert "New table (.new)" in offered
    assert any(map(HANGUL.search, offered))


TS_OF = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="xx"><context><name>engine</name>{messages}</context></TS>
"""
ENTRY = "<message><source>{source}</source><translation{kind}>{text}</translation></message>"
COUNTED = "{n} of {total}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{total} / {n}", "9 / 1"),
        ("{total}", "1 of 9"),
        ("{n} / {total} {n}", "1 of 9"),
        ("{n} / {all}", "1 of 9"),
        ("{n} / {total} {", "1 of 9"),
        ("", "1 of 9"),
    ],
)
def test_a_translation_with_other_placeholders_is_left_out_and_counted(
    qapp: QApplication, tmp_path: Path, text: str, shown: str
) -> None:
    ts = tmp_path / "fewshot_xx.ts"
    unfinished = ' type="unfinished"' if not text else ""
    entry = ENTRY.format(source=COUNTED, kind=unfinished, text=text)
    ts.write_text(TS_OF.format(messages=entry), encoding="utf-8")
    assert release(ts) == (1, [] if shown == "9 / 1" else [COUNTED])
    translator = QTranslator()
    assert translator.load(str(ts.with_suffix(".qm"))) or shown != "9 / 1"
    qapp.installTranslator(translator)
    try:
        assert translated(Message(COUNTED, n=1, total=9)) == shown
        assert languages.translate("engine", COUNTED).format(n=1, total=9) == shown
    finally:
        qapp.removeTranslator(translator)


def test_a_wrong_translation_that_was_let_through_says_what_it_can() -> None:
    message = Message("{path} is full.", path="/{x}")
    assert message.render(lambda _: "{wohin} ist voll {") == "{wohin} ist voll {"
    assert message.render(lambda _: "Voll: {path} {0}") == "Voll: /{x} {0}"


def test_templates_are_found_in_the_sources_but_for_what_is_said_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "show.py").write_text('raise FewshotError("to the terminal")')
    (tmp_path / "part.py").write_text(
        "class Unusable(FewshotError):\n    pass\n"
        'raise FewshotError("{n} too many" " by far", n=Message("three"))\n'
        'raise Unusable("broken")\n'
        'print("nothing")\nMessage(words)\n'
    )
    assert {*templates(tmp_path)} == {"{n} too many by far", "three", "broken"}
