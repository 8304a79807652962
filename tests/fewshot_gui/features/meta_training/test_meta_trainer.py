"""Meta-training from the menu Run: asked for, followed, paused, stopped, continued, and chosen for a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.learners.user_checkpoints import user_checkpoint_path
from engine.messages import Message
from engine.meta_training import unfinished
from engine.meta_training.training_config import LabeledPictures, TrainingConfig
from engine.meta_training.training_events import Notice, TrainingFailed
from engine.runs.catalogue import Catalogue
from engine.workspace import Workspace
from engine.workspace.commands import AddClassFolders, AddPictures, LabelPictures
from fewshot_gui.engine_link.kinds import RUN, TRAINING
from fewshot_gui.features.meta_training.meta_training_dialog import MetaTrainingDialog
from fewshot_gui.features.meta_training.training_window import TrainingWindow
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from tests.fewshot_gui.gestures import answer_with_paths, choose_by_keys, choose_from_menu_bar
from tests.fewshot_gui.scripted_engine import ScriptedEngine

_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def label(window: MainWindow, make_pictures: Callable[..., Path]) -> Callable[..., None]:
    """Gives the project so many labelled pictures of each class, `label(ant=5, bee=5)`."""

    def add(**counts: int) -> None:
        folders = {
            name: sorted(make_pictures(name, count).iterdir()) if count else []
            for name, count in counts.items()
        }
        window.hub.commands.apply(AddClassFolders(folders))
        window.hub.commands.apply(AddPictures(sorted(make_pictures("others", 3, "red").iterdir())))

    return add


@pytest.fixture
def enough(label: Callable[..., None]) -> None:
    label(ant=4, bee=4, cat=4, dog=4, eel=3)


def form(window: MainWindow, qtbot: QtBot) -> MetaTrainingDialog:
    """Open it from the menu."""
    choose_from_menu_bar(window, qtbot, "Run", "Meta-train on my classes…")
    (dialog,) = [found for found in window.findChildren(MetaTrainingDialog) if found.isVisible()]
    return dialog


def start(window: MainWindow, qtbot: QtBot, name: str = "birds") -> TrainingWindow:
    dialog = form(window, qtbot)
    type_name(dialog, name)
    QTest.mouseClick(dialog.start, _LEFT)
    qtbot.waitUntil(lambda: window.meta_trainer.progress.isVisible())
    return window.meta_trainer.progress


def type_name(dialog: MetaTrainingDialog, name: str) -> None:
    dialog.name.selectAll()
    QTest.keyClicks(dialog.name, name)


def wait_for_end(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.tasks.is_running(TRAINING))


@pytest.mark.usefixtures("enough")
def test_what_was_trained_is_in_the_menu_at_once_and_used_by_the_next_run(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    progress = start(window, qtbot)
    wait_for_end(window, qtbot)
    assert window.choices.algorithm_name == "protonet:birds"
    assert window.choices.algorithm.currentText() == "Prototypical · birds"
    assert "“birds” is trained. Validation on project: 90.00 ± 1.00 %." in progress.news.text()
    QTest.mouseClick(progress.hide_button, _LEFT)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    with qtbot.waitSignal(window.runs.ended):
        QTest.keySequence(window, "Ctrl+R")
    assert engine.requests[-1].algorithm == "protonet:birds"
    choose_by_keys(window.choices.algorithm, "protonet")
    with qtbot.waitSignal(window.runs.ended):
        QTest.keySequence(window, "Ctrl+R")
    assert engine.requests[-1].algorithm == "protonet"


@pytest.mark.usefixtures("enough")
def test_a_training_gets_the_labelled_pictures_of_each_class(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    window.actions_.meta_train.trigger()
    (dialog,) = window.findChildren(MetaTrainingDialog)
    QTest.mouseClick(dialog.start, _LEFT)
    qtbot.waitUntil(lambda: bool(engine.orders))
    (pictures,) = engine.orders[0].data
    assert isinstance(pictures, LabeledPictures)
    files = {
        name: [(Path(path).parent.name, Path(path).name) for path in paths]
        for name, paths in pictures.classes.items()
    }
    counts = {"ant": 4, "bee": 4, "cat": 4, "dog": 4, "eel": 3}
    assert files == {name: [(name, f"{n + 1}.png") for n in range(count)] for name, count in counts.items()}
    wait_for_end(window, qtbot)


@pytest.mark.usefixtures("enough")
def test_why_the_form_does_not_come_is_told(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> None:
        raise FewshotError("The disk is gone.")

    window.hub._state.paths.clear()
    monkeypatch.setattr(Workspace, "paths_after", unreadable)
    window.actions_.meta_train.trigger()
    qtbot.waitUntil(lambda: window.messages.text == "The disk is gone.")
    assert window.findChildren(MetaTrainingDialog) == []


@pytest.mark.usefixtures("enough")
def test_a_training_ordered_while_a_run_has_begun_behind_the_form_follows_it(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    dialog = form(window, qtbot)
    engine.hold_after = 0
    window.runs.run()
    type_name(dialog, "birds")
    QTest.mouseClick(dialog.start, _LEFT)
    assert not engine.orders
    assert window.status.hint.text() == "The training starts after the run."
    engine.go_on.set()
    qtbot.waitUntil(lambda: [order.name for order in engine.orders] == ["birds"])
    wait_for_end(window, qtbot)


@pytest.fixture
def waiting(window: MainWindow, qtbot: QtBot, engine: ScriptedEngine, enough: None) -> MainWindow:
    """A run is on, and the training of “birds” waits for its end."""
    dialog = form(window, qtbot)
    engine.hold_after = 0
    window.runs.run()
    type_name(dialog, "birds")
    QTest.mouseClick(dialog.start, _LEFT)
    assert "starts after the run" in window.status.hint.text()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.mark.usefixtures("enough")
def test_a_label_given_before_a_training_that_waits_is_followed_by_a_run_after_it(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    with qtbot.waitSignal(window.runs.ended):
        window.runs.run()
    dialog = form(window, qtbot)
    engine.hold_after = 0
    window.runs.run()
    type_name(dialog, "birds")
    QTest.mouseClick(dialog.start, _LEFT)
    window.hub.commands.apply(LabelPictures([window.hub.queries.last_picture], 1))
    qtbot.waitUntil(lambda: bool(engine.orders))
    assert len(engine.requests[-1].examples) == 19
    engine.go_on.set()
    qtbot.waitUntil(lambda: len(engine.requests[-1].examples) == 20)
    qtbot.waitUntil(lambda: not window.tasks.is_running(RUN))


def test_another_training_does_not_take_the_place_of_one_that_waits(
    waiting: MainWindow, qtbot: QtBot, engine: ScriptedEngine, tmp_path: Path
) -> None:
    waiting.meta_trainer.begin(waiting_order(tmp_path))
    assert waiting.messages.text.startswith("“birds” will be trained after the run")
    engine.go_on.set()
    qtbot.waitUntil(lambda: bool(engine.orders))
    wait_for_end(waiting, qtbot)
    assert [order.name for order in engine.orders] == ["birds"]


def test_a_training_that_waits_is_given_up_with_the_run_and_can_still_be_begun(
    waiting: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    with qtbot.waitSignal(waiting.runs.ended):
        QTest.keyClick(waiting, Qt.Key.Key_Escape)
    assert not waiting.tasks.is_running(TRAINING)
    words = "The training of “birds” was not started, because the run before it was cancelled."
    assert waiting.messages.text == words
    button = next(b for b in waiting.messages.findChildren(QPushButton) if b.isVisible())
    assert button.text() == "Start the training"
    QTest.mouseClick(button, _LEFT)
    assert waiting.messages.text == ""
    qtbot.waitUntil(lambda: [order.name for order in engine.orders] == ["birds"])
    wait_for_end(waiting, qtbot)


def test_a_training_that_waits_is_not_begun_by_closing_the_window(waiting: MainWindow) -> None:
    waiting.close()
    assert waiting.findChildren(TrainingWindow) == []
    assert not waiting.tasks.is_running(TRAINING)


@pytest.mark.usefixtures("enough")
def test_the_order_says_what_the_form_says(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine, tmp_path: Path
) -> None:
    folder = tmp_path / "more classes"
    folder.mkdir()
    dialog = form(window, qtbot)
    type_name(dialog, "  My   birds ")
    choose_by_keys(dialog.algorithm, "maml")
    QTest.mouseClick(dialog.add_folder, _LEFT)
    answer_with_paths(dialog, qtbot, folder)
    qtbot.waitUntil(lambda: dialog.folders.count() == 1)
    for field, text in ((dialog.shots.high, "4"), (dialog.seed, "7"), (dialog.query, "1")):
        field.selectAll()
        QTest.keyClicks(field, text)
    dialog.ways.low.selectAll()
    QTest.keyClicks(dialog.ways.low, "2")
    dialog.episodes.selectAll()
    QTest.keyClicks(dialog.episodes, "9")
    QTest.mouseClick(dialog.start, _LEFT)
    qtbot.waitUntil(lambda: bool(engine.orders))
    (order,) = engine.orders
    assert (order.algorithm, order.backbone, order.device, order.seed) == ("maml", "conv4", "auto", 7)
    assert (order.recipe.ways, order.recipe.shots, order.recipe.query) == ((2, 5), (1, 4), 1)
    assert order.recipe.steps == 5  # two episodes each
    labelled, other = order.data
    assert isinstance(labelled, LabeledPictures)
    assert {name: len(paths) for name, paths in labelled.classes.items()} == {
        "ant": 4,
        "bee": 4,
        "cat": 4,
        "dog": 4,
        "eel": 3,
    }
    assert other == str(folder)
    assert order.out == user_checkpoint_path("maml", "conv4", "My birds")
    wait_for_end(window, qtbot)


@pytest.mark.usefixtures("enough")
def test_another_algorithm_changes_only_what_nobody_has_typed(window: MainWindow, qtbot: QtBot) -> None:
    dialog = form(window, qtbot)

    def fields() -> tuple[object, ...]:
        return dialog.ways.ends, dialog.shots.ends, dialog.query.value(), dialog.episodes.value()

    assert fields() == ((2, 5), (1, 2), 2, 20)
    dialog.episodes.selectAll()
    QTest.keyClicks(dialog.episodes, "5000")
    dialog.shots.high.selectAll()
    QTest.keyClicks(dialog.shots.high, "4")
    choose_by_keys(dialog.algorithm, "maml")
    assert fields() == ((3, 5), (1, 4), 3, 5000)
    choose_by_keys(dialog.algorithm, "protonet")
    assert fields() == ((2, 5), (1, 4), 2, 5000)
    dialog.reject()


@pytest.mark.usefixtures("enough")
def test_the_form_tells_how_many_classes_count(window: MainWindow, qtbot: QtBot) -> None:
    dialog = form(window, qtbot)
    assert dialog.note.text() == (
        "5 of 5 classes have the 3 pictures that are needed. 3 for training, 2 held out for validation."
    )
    dialog.query.setFocus()
    QTest.keyClick(dialog.query, Qt.Key.Key_Up)
    assert dialog.note.text().startswith("4 of 5 classes have the 4 pictures that are needed. 2 for training")
    assert dialog.start.isEnabled()
    QTest.keyClick(dialog.query, Qt.Key.Key_Up)
    assert dialog.note.text() == (
        "0 of 5 classes have the 5 pictures that are needed."
        " 4 such classes are needed: 2 to learn from, 2 others to validate on."
        " “ant” lacks 1, “bee” lacks 1, “cat” lacks 1."
    )
    assert not dialog.start.isEnabled()
    assert "too few classes with enough labelled pictures" in dialog.problem.text()
    dialog.reject()


def test_without_labels_a_folder_is_enough(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = form(window, qtbot)
    assert not dialog.from_project.isEnabled()
    assert dialog.problem.text().startswith("There is nothing to learn from")
    dialog.add_source(tmp_path)
    assert dialog.start.isEnabled()
    dialog.folders.setCurrentRow(0)
    QTest.mouseClick(dialog.remove, _LEFT)
    assert not dialog.start.isEnabled()
    dialog.reject()


def test_the_folders_of_the_last_training_are_offered_again_while_they_are_there(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    there, gone = tmp_path / "letters", tmp_path / "signs"
    dialog = form(window, qtbot)
    for folder in (there, gone):
        folder.mkdir()
        QTest.mouseClick(dialog.add_folder, _LEFT)
        answer_with_paths(dialog, qtbot, folder)
    QTest.mouseClick(dialog.start, _LEFT)
    wait_for_end(window, qtbot)
    gone.rmdir()
    dialog = form(window, qtbot)
    assert [dialog.folders.item(row).text() for row in range(dialog.folders.count())] == [str(there)]
    dialog.reject()


@pytest.mark.usefixtures("enough")
def test_a_name_that_is_taken_or_none_is_told_before_it_begins(window: MainWindow, qtbot: QtBot) -> None:
    taken = user_checkpoint_path("protonet", "conv4", "birds")
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"")
    dialog = form(window, qtbot)
    choose_by_keys(dialog.backbone, "conv4")
    type_name(dialog, "birds")
    assert dialog.problem.text() == "There is a “birds” already: choose another name."
    assert not dialog.start.isEnabled()
    type_name(dialog, "a/b")
    assert "leave out the “/”" in dialog.problem.text()
    type_name(dialog, "bees")
    assert dialog.start.isEnabled()
    dialog.reject()


@pytest.mark.usefixtures("enough")
def test_while_it_trains_the_window_can_be_used_and_a_run_goes_first(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    engine.steps_allowed = 1
    progress = start(window, qtbot)
    do = window.actions_
    assert do.new_project.isEnabled()
    window.activateWindow()
    QTest.keySequence(window, "Ctrl+R")
    assert window.tasks.is_running(RUN)
    with qtbot.waitSignal(window.runs.ended):
        engine.steps_allowed = 2  # the training comes to its next episode
    assert len(engine.requests) == 1
    assert window.hub.queries.predicted_count > 0
    assert window.bridge.training
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.tasks.is_running(TRAINING), "the key that stops a run stops no training"
    window.hub.commands.undo()
    window.hub.commands.redo()
    QTest.mouseClick(progress.hide_button, _LEFT)
    assert not progress.isVisible()
    choose_from_menu_bar(window, qtbot, "Run", "Meta-train on my classes…")
    assert progress.isVisible()
    engine.steps_allowed = None
    wait_for_end(window, qtbot)
    assert do.run.isEnabled()


@pytest.mark.usefixtures("enough")
def test_curves_and_the_time_left_are_shown_as_it_goes(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    progress = start(window, qtbot)
    qtbot.waitUntil(lambda: progress.plot.points_shown == 10)
    wait_for_end(window, qtbot)
    assert "step 10 of 10" in progress.plot.summary.text()
    assert "(validation)" in progress.plot.summary.text()


@pytest.mark.usefixtures("enough")
def test_how_far_what_was_learned_has_been_judged_is_told(window: MainWindow, qtbot: QtBot) -> None:
    told = []
    window.bridge.training_event.connect(lambda _: told.append(window.meta_trainer.progress.news.text()))
    start(window, qtbot)
    wait_for_end(window, qtbot)
    stands = "Step 10 of 10 · best validation so far 100.0 %"
    assert told[-2] == f"{stands} · validation: 3 of 3"


@pytest.mark.usefixtures("enough")
def test_a_paused_training_waits_and_goes_on(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    engine.steps_allowed = 1
    progress = start(window, qtbot)
    qtbot.waitUntil(lambda: "Step 1 of 10 · 18 s left" in progress.news.text())
    QTest.mouseClick(progress.pause, _LEFT)
    assert progress.pause.text() == "C&ontinue"
    with qtbot.waitSignal(window.bridge.training_event):  # the episode that was under way is the last
        engine.steps_allowed = None
    assert progress.news.text() == "Step 1 of 10 · 18 s left · best validation so far 10.0 % · paused"
    QTest.mouseClick(progress.pause, _LEFT)
    assert progress.pause.text() == "&Pause"
    wait_for_end(window, qtbot)
    assert "is trained" in progress.news.text()


@pytest.mark.usefixtures("enough")
@pytest.mark.parametrize("paused", [False, True])
def test_a_training_can_be_stopped_also_while_it_is_paused(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine, paused: bool
) -> None:
    engine.steps_allowed = 1
    progress = start(window, qtbot)
    if paused:
        QTest.mouseClick(progress.pause, _LEFT)
    QTest.mouseClick(progress.cancel, _LEFT)
    wait_for_end(window, qtbot)
    assert progress.news.text().startswith("“birds” was stopped, and can be continued.")
    assert window.choices.algorithm_name == "protonet"
    assert window.actions_.run.isEnabled()


def waiting_order(tmp_path: Path) -> TrainingConfig:
    """One that an earlier session did not finish."""
    from engine.learners.recipe import Recipe

    order = TrainingConfig(
        "protonet",
        "conv4",
        (str(tmp_path),),
        user_checkpoint_path("protonet", "conv4", "owls"),
        Recipe(ways=(2, 5), shots=(1, 2), query=2, meta_batch=2, steps=10),
    )
    unfinished.keep(order)
    return order


@pytest.mark.usefixtures("enough")
def test_a_training_can_be_given_up_where_it_is_stopped(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine, tmp_path: Path
) -> None:
    engine.steps_allowed = 1
    progress = start(window, qtbot)
    assert not progress.discard.isVisible()
    unfinished.keep(window.meta_trainer._order)  # as the engine does
    QTest.mouseClick(progress.cancel, _LEFT)
    wait_for_end(window, qtbot)
    QTest.mouseClick(progress.discard, _LEFT)
    question = progress.findChild(QMessageBox)
    qtbot.waitUntil(question.isActiveWindow)
    agree(question)
    assert unfinished.unfinished() == []
    assert progress.news.text() == "The training of “birds” was given up."
    assert not progress.discard.isVisible()


def test_many_unfinished_trainings_make_the_form_no_higher(later: MainWindow, qtbot: QtBot) -> None:
    [order] = unfinished.unfinished()

    def height_with(count: int) -> int:
        for number in range(count):
            name = user_checkpoint_path("protonet", "conv4", f"owls {number}")
            unfinished.keep(replace(order, out=name))
        dialog = form(later, qtbot)
        rows = [one for one in dialog.findChildren(QAbstractButton) if one.text() == "Con&tinue"]
        assert len(rows) == 1 + count
        height = dialog.height()
        dialog.reject()
        return height

    assert height_with(2) == height_with(6)


@pytest.fixture
def later(qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine) -> Iterator[MainWindow]:
    """The window of the next session, after one that left a training unfinished."""
    waiting_order(tmp_path)
    window = MainWindow(ProjectHub(Workspace.create(tmp_path / "project.fewshot")), lambda: engine)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    with qtbot.waitSignal(window.bridge.catalogue_ready):
        window.complete()
    yield window
    window.close()


def test_the_next_session_offers_to_continue_what_was_not_finished(
    later: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    assert later.messages.text == "The training of “owls” is not finished."
    button = next(b for b in later.messages.findChildren(QPushButton) if b.isVisible())
    assert button.text() == "Continue the training"
    QTest.mouseClick(button, _LEFT)
    wait_for_end(later, qtbot)
    assert [order.name for order in engine.orders] == ["owls"]
    assert later.messages.text == ""
    assert later.choices.algorithm_name == "protonet:owls"


def named(dialog: MetaTrainingDialog, name: str) -> QAbstractButton:
    return next(b for b in dialog.findChildren(QAbstractButton) if b.accessibleName() == name)


def test_the_form_offers_to_continue_it_too(later: MainWindow, qtbot: QtBot, engine: ScriptedEngine) -> None:
    dialog = form(later, qtbot)
    QTest.mouseClick(named(dialog, "Continue the training of “owls” (Prototypical, Characters)"), _LEFT)
    qtbot.waitUntil(lambda: bool(engine.orders))
    wait_for_end(later, qtbot)


def ask_to_discard(dialog: MetaTrainingDialog, qtbot: QtBot) -> QMessageBox:
    """Press the button; returns the question that comes."""
    QTest.mouseClick(named(dialog, "Give up the training of “owls” (Prototypical, Characters)"), _LEFT)
    question = dialog.findChild(QMessageBox)
    qtbot.waitUntil(question.isActiveWindow)
    return question


def agree(question: QMessageBox) -> None:
    button = next(b for b in question.buttons() if b.text() == "&Give up")
    QTest.mouseClick(button, _LEFT)


def test_a_key_pressed_by_mistake_gives_no_training_up(later: MainWindow, qtbot: QtBot) -> None:
    dialog = form(later, qtbot)
    question = ask_to_discard(dialog, qtbot)
    assert question.text() == "Give up the training of “owls” (Prototypical, Characters)?"
    assert question.informativeText() == "What it learned is deleted."
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert not question.isVisible()
    assert [order.name for order in unfinished.unfinished()] == ["owls"]
    assert named(dialog, "Continue the training of “owls” (Prototypical, Characters)").isVisible()
    dialog.reject()


def test_what_is_given_up_is_offered_no_more(later: MainWindow, qtbot: QtBot) -> None:
    dialog = form(later, qtbot)
    agree(ask_to_discard(dialog, qtbot))
    assert unfinished.unfinished() == []
    assert later.messages.text == ""
    offers = [label for label in dialog.findChildren(QLabel) if "is not finished" in label.text()]
    assert not any(label.isVisible() for label in offers)
    dialog.reject()


def test_the_name_of_what_is_given_up_is_free_again(later: MainWindow, qtbot: QtBot) -> None:
    dialog = form(later, qtbot)
    dialog.algorithm.choose("protonet")
    dialog.backbone.choose("conv4")
    [order] = unfinished.unfinished()
    order.state_file.touch()
    dialog.name.setText("owls")
    assert "is not finished" in dialog.problem.text()
    agree(ask_to_discard(dialog, qtbot))
    assert "is not finished" not in dialog.problem.text()
    dialog.reject()


@pytest.mark.usefixtures("enough")
def test_the_program_can_be_closed_while_it_trains(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    engine.steps_allowed = 1
    start(window, qtbot)
    window.close()
    assert window.all_ended


@pytest.mark.usefixtures("enough")
def test_what_goes_wrong_is_a_sentence_and_the_next_can_be_begun(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    engine.training_end = TrainingFailed(Message("The disk is full: free some space."))
    progress = start(window, qtbot)
    wait_for_end(window, qtbot)
    assert progress.news.text() == "The disk is full: free some space."
    assert window.messages.text == "The disk is full: free some space."
    engine.training_end = None
    start(window, qtbot, "bees")
    wait_for_end(window, qtbot)
    assert window.choices.algorithm_name == "protonet:bees"


@pytest.mark.usefixtures("enough")
def test_a_bug_in_it_has_a_report(window: MainWindow, qtbot: QtBot, engine: ScriptedEngine) -> None:
    engine.error = ZeroDivisionError("by accident")
    start(window, qtbot)
    wait_for_end(window, qtbot)
    assert "by accident" in window.messages.text
    button = next(b for b in window.messages.findChildren(QPushButton) if b.isVisible())
    QTest.mouseClick(button, _LEFT)
    assert "ZeroDivisionError" in window.report.text.toPlainText()
    window.report.close()


@pytest.mark.usefixtures("enough")
def test_a_notice_of_the_training_is_shown(window: MainWindow, qtbot: QtBot, engine: ScriptedEngine) -> None:
    engine.training_end = Notice(Message("2 classes were left out."))
    start(window, qtbot)
    wait_for_end(window, qtbot)
    assert "stopped without saying how it ended" in window.messages.text
    window.messages.dismiss()
    assert window.messages.text == "2 classes were left out."


@pytest.mark.usefixtures("enough")
def test_what_was_trained_is_told_also_where_the_menu_cannot_be_read_anew(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Catalogue:
        raise FewshotError("The card of “owls” is no JSON: remove it.")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "read_catalogue", refuse)
        progress = start(window, qtbot)
        wait_for_end(window, qtbot)
    assert "“birds” is trained." in progress.news.text()
    assert window.messages.text == "The card of “owls” is no JSON: remove it."
    QTest.mouseClick(progress.hide_button, _LEFT)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    with qtbot.waitSignal(window.runs.ended):
        QTest.keySequence(window, "Ctrl+R")
