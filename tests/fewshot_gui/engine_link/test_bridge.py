"""The bridge: events cross to the GUI thread in order, and the engine thread always comes to an end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.learners.recipe import Recipe
from engine.messages import Message
from engine.meta_training.training_config import TrainingConfig
from engine.meta_training.training_events import CheckpointSaved
from engine.review.questions import Answered, EmbedOnly, PictureSet
from engine.runs.catalogue import Catalogue
from engine.runs.events import (
    AdaptationProgress,
    Cancelled,
    Event,
    Failed,
    Finished,
    Predictions,
    Progress,
    Query,
    RunRequest,
    Started,
    Warned,
)
from engine.runs.preparation import Preparation
from fewshot_gui.engine_link.bridge import Bridge, Mailbox, RunState
from fewshot_gui.engine_link.preparation_handle import PreparationHandle
from fewshot_gui.engine_link.question_handle import QuestionHandle
from fewshot_gui.engine_link.tasks import Tasks
from tests.fewshot_gui.scripted_engine import ScriptedEngine, catalogue, embedding_map


def request(run_id: int = 7, pictures: int = 0) -> RunRequest:
    queries = [Query(number, Path(f"{number}.png")) for number in range(pictures)]
    return RunRequest([], queries, ("ant", "bee"), run_id=run_id)


@pytest.fixture
def bridge(qtbot: QtBot, engine: ScriptedEngine) -> Iterator[Bridge]:
    bridge = Bridge(Tasks(), lambda: engine)
    with qtbot.waitSignal(bridge.catalogue_ready):
        bridge.open()
    yield bridge
    engine.go_on.set()
    assert bridge.close()


class Listener(QObject):
    """Notes what arrives, and on which thread."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.threads: set[int] = set()
        for kind in (Started, Warned, AdaptationProgress, Finished, Failed):
            bridge.on(kind).connect(self.hear)

    @Slot(object)
    def hear(self, event: object) -> None:
        self.heard.append(event)
        self.threads.add(threading.get_ident())


def test_the_catalogue_arrives_and_then_nothing_ticks(qtbot: QtBot, engine: ScriptedEngine) -> None:
    bridge = Bridge(Tasks(), lambda: engine)
    with qtbot.waitSignal(bridge.catalogue_ready) as told:
        bridge.open()
    assert told.args == [catalogue()]
    assert bridge.ready
    assert not bridge._timer.isActive()
    assert bridge.close()


def test_events_arrive_in_order_on_the_gui_thread(
    qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine
) -> None:
    listener = Listener(bridge)
    with qtbot.waitSignal(bridge.on(Finished)):
        bridge.start(request())
    kinds = [type(event).__name__ for event in listener.heard]
    assert kinds == ["Started", *["AdaptationProgress"] * 20, "Finished"]
    assert [e.step for e in listener.heard[1:-1]] == list(range(20))
    assert listener.threads == {threading.get_ident()}
    assert not bridge.busy
    assert not bridge._timer.isActive()


def test_only_the_latest_map_and_progress_wait_in_the_mailbox() -> None:
    mailbox = Mailbox()
    maps = [embedding_map(request()) for _ in range(3)]
    for step, embedding in enumerate(maps):
        mailbox.put(Warned(7, Message(f"{step}")))
        mailbox.put(embedding)
        mailbox.put(Progress(7, "Looking", step, 3))
    taken = mailbox.take()
    assert [str(event.message) for event in taken if isinstance(event, Warned)] == ["0", "1", "2"]
    assert [event for event in taken if not isinstance(event, Warned)] == [
        maps[2],
        Progress(7, "Looking", 2, 3),
    ]
    assert mailbox.take() == []


@pytest.mark.parametrize("kind", get_args(Event))
def test_an_event_reaches_who_listens_to_its_kind_and_who_handles_all(
    bridge: Bridge, kind: type[Event]
) -> None:
    told: list[object] = []
    bridge.on(kind).connect(told.append)
    bridge.run_event.connect(told.append)
    others = [other for other in get_args(Event) if other is not kind]
    for other in others:
        bridge.on(other).connect(lambda _event: told.append("another kind"))
    event = object.__new__(kind)
    bridge._emit(event)
    assert [id(one) for one in told] == [id(event)] * 2


def test_a_run_goes_through_running_and_cancelling_to_idle(
    qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine
) -> None:
    states: list[RunState] = []
    bridge.state_changed.connect(states.append)
    engine.hold_after = 0
    with qtbot.waitSignal(bridge.on(Cancelled)):
        bridge.start(request(pictures=1))
        bridge.cancel()
    assert states == [RunState.RUNNING, RunState.CANCELLING, RunState.IDLE]


def test_events_of_another_run_are_dropped(qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine) -> None:
    def script(asked: RunRequest) -> Iterator[Event]:
        yield Warned(asked.run_id - 1, Message("late"))
        yield Finished(asked.run_id - 1, 0, 0, 0, 0, 0, 1)
        yield Warned(asked.run_id, Message("on time"))
        yield Finished(asked.run_id, 0, 0, 0, 0, 0, 1)

    engine.script = script
    listener = Listener(bridge)
    with qtbot.waitSignal(bridge.on(Finished)):
        bridge.start(request())
    assert [str(getattr(event, "message", "end")) for event in listener.heard] == ["on time", "end"]


def test_a_bug_in_a_run_arrives_as_a_failure_with_its_traceback(
    qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine
) -> None:
    engine.error = ZeroDivisionError("one over nothing")
    with qtbot.waitSignal(bridge.on(Failed)) as told:
        bridge.start(request())
    failure: Failed = told.args[0]
    assert "one over nothing" in str(failure.message)
    assert "Traceback" in failure.report
    assert "scripted_engine.py" in failure.report
    assert not bridge.busy


def test_what_the_world_did_wrong_arrives_as_a_sentence_alone(
    qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine
) -> None:
    engine.error = FewshotError("The disk is gone.")
    with qtbot.waitSignal(bridge.on(Failed)) as told:
        bridge.start(request())
    assert told.args == [Failed(7, Message("The disk is gone."))]


def test_a_run_that_says_nothing_at_its_end_has_failed(
    qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine
) -> None:
    engine.script = lambda asked: iter([Started(asked.run_id, "here", asked.class_names)])
    with qtbot.waitSignal(bridge.on(Failed)):
        bridge.start(request())


def test_an_engine_that_cannot_be_loaded_is_told(qtbot: QtBot) -> None:
    def load() -> ScriptedEngine:
        raise ImportError("no torch here")

    bridge = Bridge(Tasks(), load)
    with qtbot.waitSignal(bridge.engine_broken) as told:
        bridge.open()
    assert "no torch here" in str(told.args[0].message)
    assert "Traceback" in told.args[0].report
    assert not bridge.ready
    assert not bridge._timer.isActive()
    assert bridge.close()


def test_closing_during_a_run_hands_over_its_end(
    qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine
) -> None:
    engine.hold_after = 1
    ids: list[int] = []
    bridge.on(Predictions).connect(lambda event: ids.extend(event.picture_ids.tolist()))
    bridge.start(request(pictures=8))
    qtbot.waitUntil(lambda: len(ids) == 4)
    with qtbot.waitSignal(bridge.on(Cancelled)):
        assert bridge.close()
    assert ids == [0, 1, 2, 3]
    assert not bridge.busy


def test_closing_before_it_was_opened_is_fine(qtbot: QtBot) -> None:
    assert Bridge(Tasks(), ScriptedEngine).close()


def test_a_second_run_while_one_is_on_is_a_bug(bridge: Bridge, engine: ScriptedEngine, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bridge.on(Finished)):
        bridge.start(request(1))
        with pytest.raises(RuntimeError):
            bridge.start(request(2))


@pytest.mark.parametrize("error", [FewshotError("The card is broken."), ZeroDivisionError("by accident")])
def test_a_catalogue_that_cannot_be_reloaded_is_reported_and_the_old_one_stays(
    qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with monkeypatch.context() as patch, qtbot.assertNotEmitted(bridge.engine_broken):
        patch.setattr(engine, "read_catalogue", raising(error))
        with qtbot.waitSignal(bridge.on(Warned)) as told:
            bridge.reload_catalogue()
    assert str(error) in str(told.args[0].message)
    assert (bridge.ready, bridge.problem) == (True, "")
    qtbot.waitUntil(lambda: not bridge._timer.isActive())
    with qtbot.waitSignal(bridge.on(Finished)):
        bridge.start(request())


def raising(error: Exception) -> Callable[[], Catalogue]:
    def read_catalogue() -> Catalogue:
        raise error

    return read_catalogue


PICTURES = PictureSet(np.array([1, 2], np.int64), [b"1.png", b"2.png"], "photo")


def ask(bridge: Bridge) -> QuestionHandle:
    handle = QuestionHandle(bridge)
    bridge.ask(PICTURES, EmbedOnly(), handle)
    return handle


def test_a_question_is_answered_on_the_gui_thread_and_then_nothing_ticks(
    qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine
) -> None:
    handle = ask(bridge)
    with qtbot.waitSignals([handle.progressed, handle.answered]):
        pass
    assert engine.questions == [(PICTURES, EmbedOnly())]
    assert handle.over
    assert not bridge.busy
    qtbot.waitUntil(lambda: not bridge._timer.isActive())


def test_a_question_pauses_while_a_run_is_on(qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine) -> None:
    engine.hold_answer = True
    ended: list[object] = []
    handle = ask(bridge)
    handle.answered.connect(ended.append)
    with qtbot.waitSignal(handle.progressed):
        pass
    with qtbot.waitSignal(bridge.on(Finished)) as told:
        bridge.start(request(pictures=1))
    ended += told.args
    with qtbot.waitSignal(handle.answered):
        engine.go_on.set()
    assert [type(event) for event in ended] == [Finished, Answered]


@pytest.mark.parametrize("urgent", ["run", "question", "training"])
def test_a_preparation_pauses_for_everything_else(
    qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine, urgent: str
) -> None:
    engine.hold_preparation = True
    ended: list[str] = []
    handle = PreparationHandle(bridge)
    handle.ended.connect(lambda: ended.append("preparation"))
    with qtbot.waitSignal(handle.progressed):
        bridge.prepare(Preparation([b"1.png", b"2.png"], "protonet", "photo"), handle)
    bridge.on(Finished).connect(lambda _: ended.append("run"))
    bridge.training_event.connect(
        lambda event: ended.append("training") if isinstance(event, CheckpointSaved) else None
    )
    if urgent == "run":
        bridge.start(request(pictures=1))
    elif urgent == "question":
        ask(bridge).answered.connect(lambda _: ended.append("question"))
    else:
        recipe = Recipe(ways=(2, 3), shots=(1, 2), query=1, meta_batch=1, steps=1)
        bridge.train(TrainingConfig("protonet", "photo", (), Path("out"), recipe))
    qtbot.waitUntil(lambda: ended == [urgent])
    with qtbot.waitSignal(handle.ended):
        engine.go_on.set()
    assert ended == [urgent, "preparation"]


def test_a_question_that_is_cancelled_says_so_at_once_and_never_again(
    qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine
) -> None:
    engine.hold_answer = True
    heard: list[str] = []
    handle = ask(bridge)
    handle.cancelled.connect(lambda: heard.append("cancelled"))
    handle.answered.connect(lambda _: heard.append("answered"))
    handle.cancel()
    assert heard == ["cancelled"]
    qtbot.waitUntil(lambda: not bridge._timer.isActive())  # the engine has let go of it
    handle.cancel()
    assert heard == ["cancelled"]


def test_a_question_that_fails_says_why(qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine) -> None:
    engine.error = FewshotError("The disk is gone.")
    handle = ask(bridge)
    with qtbot.waitSignal(handle.failed) as told:
        pass
    assert str(told.args[0].message) == "The disk is gone."


def test_closing_cancels_a_question(qtbot: QtBot, bridge: Bridge, engine: ScriptedEngine) -> None:
    engine.hold_answer = True
    handle = ask(bridge)
    with qtbot.waitSignal(handle.cancelled):
        assert bridge.close()
