"""The hub: one path in, one signal out, and columns that always say what the file says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import (
    AddClass,
    AddClassFolders,
    AddPictures,
    LabelPictures,
    MoveClass,
    RelocatePictures,
    RemoveClass,
    RemovePictures,
)
from engine.workspace.rows import RunStatus
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS, Arrangement, Order, Show


@pytest.fixture
def filled(hub: ProjectHub, tmp_path: Path) -> ProjectHub:
    """Two classes with two examples each, six pictures to label (ids 5 … 10)."""
    pictures = [tmp_path / f"{number}.png" for number in range(10)]
    hub.commands.apply(AddClassFolders({"ant": pictures[:2], "bee": pictures[2:4]}))
    hub.commands.apply(AddPictures(pictures[4:]))
    return hub


def predict(hub: ProjectHub, ids: Sequence[int], bee: Sequence[float]) -> int:
    ant_id, bee_id = (row.id for row in hub.queries.classes)
    run_id = hub.run_store.begin("protonet", "photo", "cpu", 0, [ant_id, bee_id])
    assert run_id is not None
    second = np.array(bee, np.float32)
    hub.run_store.save_predictions(run_id, np.array(ids, np.int64), np.stack([1 - second, second], axis=1))
    return run_id


def test_by_class_come_labels_then_predictions_then_unknown_ones_and_those_without_a_class(
    filled: ProjectHub,
) -> None:
    predict(filled, [5, 6, 7, 8], [0.8, 0.9, 0.1, 0.55])
    filled.set_threshold(0.6)

    def shown() -> list[int]:
        return filled.queries.arrange(Arrangement(order=Order.CLASS)).tolist()

    assert shown() == [1, 2, 7, 3, 4, 6, 5, 8, 9, 10]
    filled.commands.apply(MoveClass(filled.queries.classes[1].id, 0))
    assert shown() == [3, 4, 6, 5, 1, 2, 7, 8, 9, 10]
    filled.commands.apply(LabelPictures([9], filled.queries.classes[0].id))
    assert shown() == [3, 4, 9, 6, 5, 1, 2, 7, 8, 10]


def reopened(hub: ProjectHub) -> ProjectHub:
    """The same file, read anew."""
    hub.close()
    return ProjectHub(Workspace.open(hub.file))


def test_a_gesture_is_told_once(filled: ProjectHub, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filled.changed) as told:
        filled.commands.apply(LabelPictures([5, 6], filled.queries.classes[1].id))
    assert told.args[0].pictures == {5, 6}
    assert filled.queries.class_of(5) == filled.queries.classes[1].id
    assert filled.queries.classes[1].count == 4
    assert filled.queries.labeled_count == 6


def test_undo_and_redo_are_told_like_gestures(filled: ProjectHub, qtbot: QtBot) -> None:
    filled.commands.apply(LabelPictures([5], filled.queries.classes[0].id))
    with qtbot.waitSignal(filled.changed):
        filled.commands.undo()
    assert filled.queries.class_of(5) is None
    with qtbot.waitSignal(filled.changed):
        filled.commands.redo()
    assert filled.queries.class_of(5) == filled.queries.classes[0].id


def test_a_refused_gesture_is_a_sentence_and_changes_nothing(filled: ProjectHub, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filled.refused) as told, qtbot.assertNotEmitted(filled.changed):
        assert filled.commands.apply(AddClass("ant")) is None
    assert "ant" in told.args[0]
    assert len(filled.queries.classes) == 2


def test_predictions_are_known_at_once_and_after_a_restart(filled: ProjectHub) -> None:
    predict(filled, [5, 6, 7], [0.1, 0.8, 0.6])
    bee = filled.queries.classes[1].id
    for hub in (filled, reopened(filled)):
        assert hub.queries.prediction(6) == (bee, pytest.approx(0.8))
        assert hub.queries.prediction(8) is None
        assert hub.queries.predicted_count == 3
    hub.close()


def test_predictions_stay_until_the_next_run_replaces_them(
    filled: ProjectHub,
) -> None:
    predict(filled, [5, 6, 7], [0.1, 0.8, 0.6])
    filled.run_store.save_unreadable([8], [Message("truncated")])
    assert filled.queries.error(8) == "truncated"
    run = predict(filled, [5], [0.3])
    assert filled.queries.error(8) == "truncated"
    assert filled.queries.prediction(5) == (filled.queries.classes[0].id, pytest.approx(0.7))
    assert filled.queries.prediction(6) is not None
    filled.run_store.finish(run, "finished")
    assert filled.queries.predicted_count == 1
    assert filled.queries.prediction(6) is None
    assert filled.queries.error(8) is None


def test_a_predicted_picture_is_readable_even_if_the_run_is_cancelled(
    filled: ProjectHub,
) -> None:
    filled.run_store.save_unreadable([5, 8], [Message("not found"), Message("truncated")])
    run = predict(filled, [5], [0.3])
    filled.run_store.finish(run, "cancelled")
    for again in (False, True):
        hub = reopened(filled) if again else filled
        assert (hub.queries.error(5), hub.queries.error(8)) == (None, "truncated")
        assert hub.queries.unreadable_ids().tolist() == [8]
        hub.close()


def test_a_relocated_picture_is_readable_until_the_relocation_is_undone(
    filled: ProjectHub, tmp_path: Path
) -> None:
    filled.run_store.save_unreadable([5], [Message("not found")])
    filled.commands.apply(RelocatePictures({5: tmp_path / "moved" / "5.png"}))
    assert (filled.queries.error(5), filled.queries.unreadable_count) == (None, 0)
    filled.commands.undo()
    assert filled.queries.error(5) == "not found"
    filled.commands.redo()
    assert filled.queries.error(5) is None


@pytest.mark.parametrize("status", ["cancelled", "failed", "running"])
def test_a_run_that_did_not_come_to_all_pictures_leaves_what_was_said_of_the_others(
    filled: ProjectHub, status: RunStatus
) -> None:
    first = predict(filled, [5, 6, 7], [0.1, 0.8, 0.6])
    filled.run_store.finish(first, "finished")
    filled.commands.apply(AddClass("cicada"))
    second = filled.run_store.begin(
        "protonet", "photo", "cpu", 0, [filled.queries.classes[1].id, filled.queries.classes[2].id]
    )
    assert second is not None
    filled.run_store.save_predictions(second, np.array([6]), np.array([[0.3, 0.7]], np.float32))
    if status != "running":
        filled.run_store.finish(second, status)
    ant, bee, cicada = (row.id for row in filled.queries.classes)
    said = {5: (ant, 0.9), 6: (cicada, 0.7), 7: (bee, 0.6)}
    of_class = [[0.9, 0.1, 0], [0, 0.3, 0.7], [0.4, 0.6, 0]]
    for again in (False, True):
        hub = reopened(filled) if again else filled
        assert {picture: hub.queries.prediction(picture) for picture in said} == {
            picture: (class_id, pytest.approx(sure)) for picture, (class_id, sure) in said.items()
        }
        assert hub.queries.runs_of([5, 6, 7]) == {5: first, 6: second, 7: first}
        ids, likeliest, probabilities = hub.queries.predictions()
        assert (ids.tolist(), likeliest.tolist()) == ([5, 6, 7], [ant, cicada, bee])
        assert probabilities == pytest.approx(np.array(of_class))
        hub.close()


def test_a_project_is_opened_with_what_was_said_last_of_each_picture(filled: ProjectHub) -> None:
    run_id = predict(filled, [5, 6], [0.1, 0.8])
    filled.run_store.save_predictions(
        run_id, np.array([6, 7]), np.array([[0.7, 0.3], [0.4, 0.6]], np.float32)
    )
    ant, bee = (row.id for row in filled.queries.classes)
    filled.commands.apply(LabelPictures([8], bee))
    filled.run_store.save_unreadable([9], [Message("truncated")])
    anew = reopened(filled)
    said = {picture: anew.queries.prediction(picture) for picture in (5, 6, 7, 8)}
    assert said == {
        5: (ant, pytest.approx(0.9)),
        6: (ant, pytest.approx(0.7)),
        7: (bee, pytest.approx(0.6)),
        8: None,
    }
    assert anew.queries.labels_of(anew.queries.picture_ids).tolist() == [
        ant,
        ant,
        bee,
        bee,
        -1,
        -1,
        -1,
        bee,
        -1,
        -1,
    ]
    assert anew.queries.unreadable_ids().tolist() == [9]
    anew.close()


def test_a_run_that_says_nothing_takes_nothing_away(filled: ProjectHub) -> None:
    predict(filled, [5, 6, 7], [0.1, 0.8, 0.6])
    said = filled.queries.run_id
    begun = filled.run_store.begin("protonet", "photo", "cpu", 0, [row.id for row in filled.queries.classes])
    assert begun is not None
    filled.run_store.finish(begun, "finished")
    assert filled.queries.predicted_count == 3
    assert filled.queries.run_id == said
    filled.close()
    with Workspace.open(filled.file) as workspace:
        assert ProjectHub(workspace).queries.predicted_count == 3


def test_the_newest_pictures_come_back_with_all_that_was_known_of_them(filled: ProjectHub) -> None:
    last, other = filled.queries.arrange(Arrangement())[[-1, -2]].tolist()
    predict(filled, [other], [0.8])
    filled.run_store.save_unreadable([last], [Message("truncated")])
    filled.commands.apply(RemovePictures([last, other]))
    filled.commands.apply(AddClass("cat"))
    filled.commands.undo()
    filled.commands.undo()
    assert filled.queries.error(last) == "truncated"
    assert filled.queries.prediction(other) == (filled.queries.classes[1].id, pytest.approx(0.8))


def test_a_label_stands_before_a_prediction(filled: ProjectHub) -> None:
    ant, bee = (row.id for row in filled.queries.classes)
    predict(filled, [5, 6], [0.9, 0.9])
    filled.commands.apply(LabelPictures([5], ant))
    assert filled.queries.arrange(Arrangement(Show.CLASS, class_id=bee)).tolist() == [3, 4, 6]
    assert filled.queries.arrange(Arrangement(Show.CLASS, class_id=ant)).tolist() == [1, 2, 5]
    assert filled.queries.predicted_count == 1


def test_predictions_of_a_removed_class_are_hidden_until_it_is_back(filled: ProjectHub) -> None:
    predict(filled, [5, 6], [0.9, 0.2])
    filled.commands.apply(RemoveClass(filled.queries.classes[1].id))
    assert filled.queries.prediction(5) is None
    assert filled.queries.predicted_count == 1
    filled.commands.undo()
    assert filled.queries.prediction(5) == (filled.queries.classes[1].id, pytest.approx(0.9))


@pytest.mark.parametrize(
    ("arrangement", "expected"),
    [
        (Arrangement(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        (Arrangement(Show.UNLABELED), [5, 6, 7, 8, 10]),
        (Arrangement(Show.UNREADABLE), [9]),
        (Arrangement(Show.UNLABELED, Order.LEAST_SURE), [7, 6, 5, 8, 10]),
        (Arrangement(Show.UNLABELED, Order.MOST_SURE), [5, 6, 7, 8, 10]),
        (Arrangement(Show.CLASS, class_id=NO_CLASS), []),
    ],
)
def test_pictures_are_filtered_and_sorted(
    filled: ProjectHub, arrangement: Arrangement, expected: list[int]
) -> None:
    predict(filled, [5, 6, 7], [0.05, 0.8, 0.6])
    filled.run_store.save_unreadable([9], [Message("truncated")])
    filled.sort_again()
    assert filled.queries.arrange(arrangement).tolist() == expected


def test_orders_by_prediction_stay_until_they_are_sorted_again(filled: ProjectHub) -> None:
    arrangement = Arrangement(Show.UNLABELED, Order.LEAST_SURE)
    predict(filled, [5, 6, 7], [0.05, 0.8, 0.6])
    filled.sort_again()
    predict(filled, [5, 6, 7], [0.6, 0.95, 0.8])
    assert filled.queries.arrange(arrangement).tolist() == [7, 6, 5, 8, 9, 10]
    assert not filled.queries.is_sorted(arrangement)
    filled.sort_again()
    assert filled.queries.arrange(arrangement).tolist() == [5, 7, 6, 8, 9, 10]
    assert filled.queries.is_sorted(arrangement)


def test_adding_and_removing_keeps_what_was_predicted_of_the_others(
    filled: ProjectHub, tmp_path: Path
) -> None:
    predict(filled, [5, 6], [0.9, 0.2])
    filled.commands.apply(AddPictures([tmp_path / "new.png"]))
    filled.commands.apply(RemovePictures([1, 5]))
    assert filled.queries.picture_count == 9
    assert filled.queries.prediction(6) is not None
    assert 5 not in filled.queries.arrange(Arrangement())
    assert filled.queries.path(11) == tmp_path / "new.png"
    filled.commands.undo()
    assert filled.queries.prediction(5) is not None


def test_predictions_of_pictures_removed_meanwhile_are_passed_over(
    filled: ProjectHub, tmp_path: Path
) -> None:
    filled.commands.apply(RemovePictures([10]))
    predict(filled, [5, 10], [0.9, 0.9])
    assert filled.queries.predicted_count == 1


def test_every_path_can_be_read_in_a_project_of_many_blocks(hub: ProjectHub, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(1000)]
    hub.commands.apply(AddPictures(paths))
    hub.commands.apply(RemovePictures([1, 300, 1000]))
    ids = hub.queries.arrange(Arrangement()).tolist()
    assert [hub.queries.path(picture) for picture in ids] == [paths[picture - 1] for picture in ids]


def test_labelling_many_at_once_is_the_same_as_labelling_few(hub: ProjectHub, tmp_path: Path) -> None:
    hub.commands.apply(AddClass("ant"))
    hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(3000)]))
    ids = hub.queries.arrange(Arrangement())
    hub.commands.apply(LabelPictures(ids.tolist(), hub.queries.classes[0].id))
    assert hub.queries.labeled_count == 3000
    assert len(hub.queries.arrange(Arrangement(Show.UNLABELED))) == 0


def test_another_project_takes_the_place_of_the_first(
    filled: ProjectHub, tmp_path: Path, qtbot: QtBot
) -> None:
    first = filled.file
    with qtbot.waitSignal(filled.opened):
        filled.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    assert (filled.queries.picture_count, filled.queries.classes) == (0, [])
    # The first file is free again.
    with Workspace.open(first) as workspace:
        assert len(workspace.picture_ids()) == 10
    filled.close()
