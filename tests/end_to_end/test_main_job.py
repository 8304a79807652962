"""The main job in a real window with the real engine: from dropped pictures to exported labels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.learners.registry import learners
from engine.runs.events import Cancelled
from fewshot_gui.main_window import MainWindow
from tests.end_to_end.conftest import LONG, Job
from tests.end_to_end.steps import bring_in, choose_run, click_button, export_by_keys, run_by_key
from tests.fewshot_gui.gestures import choose_by_keys


@dataclass(frozen=True)
class Frame:
    """What could be seen at one moment of a run."""

    loss_points: int
    map_points: int
    predicted: int


@contextmanager
def watching(window: MainWindow) -> Iterator[list[Frame]]:
    """Collect a frame whenever the window has shown what arrived, as long as a run is on."""
    frames: list[Frame] = []

    def note() -> None:
        if window.bridge.busy:
            frames.append(
                Frame(
                    window.plots.loss.points_shown,
                    window.plots.scatter.points_shown,
                    window.hub.queries.predicted_count,
                )
            )

    window.bridge.frame.connect(note)
    yield frames
    window.bridge.frame.disconnect(note)


def share_right(window: MainWindow, job: Job) -> float:
    """Of the pictures to be labelled, how many the grid shows under their true class."""
    right = 0
    for row in window.hub.queries.pictures(window.hub.queries.picture_ids):
        prediction = window.hub.queries.prediction(row.id)
        if row.path.name in job.truth and prediction is not None:
            right += window.hub.queries.class_name(prediction[0]) == job.truth[row.path.name]
    return right / len(job.truth)


def cancel_in_the_middle(window: MainWindow, qtbot: QtBot, total: int) -> list[Frame]:
    """Click Run, wait until some of the pictures are classified but not all, click Cancel.

    Returns what was seen meanwhile.
    """

    def some_classified(_ids: object) -> bool:
        return 0 < window.hub.queries.predicted_count < total

    with watching(window) as frames:
        with qtbot.waitSignal(window.hub.predicted, check_params_cb=some_classified, timeout=LONG):
            click_button(window, "run")
        assert window.bridge.busy
        with qtbot.waitSignal(window.bridge.on(Cancelled), timeout=LONG):
            click_button(window, "cancel")
    assert not window.bridge.busy
    return frames


def test_from_dropped_pictures_to_exported_labels(
    window: MainWindow, job: Job, qtbot: QtBot, tmp_path: Path
) -> None:
    total = len(job.truth)
    bring_in(window, qtbot, job.class_folders, job.to_label)
    assert {row.name: row.count for row in window.hub.queries.classes} == {
        folder.name: len(list(folder.iterdir())) for folder in job.class_folders
    }

    # A first run, cancelled: the plots moved while it was on, and what was classified by then is kept.
    examples = window.hub.queries.labeled_count
    choose_run(window, "fine-tuning", job.backbone)
    frames = cancel_in_the_middle(window, qtbot, total)
    assert max(frame.loss_points for frame in frames) > 10
    assert max(frame.map_points for frame in frames) > examples
    kept = window.hub.queries.predicted_count
    assert 0 < kept < total
    assert run_by_key(window, qtbot).from_cache >= examples + kept

    for algorithm in learners():
        choose_by_keys(window.choices.algorithm, algorithm)
        finished = run_by_key(window, qtbot)
        assert finished.classified == total
        assert finished.unreadable == 0
        assert window.plots.loss.points_shown >= 1
        assert window.plots.scatter.points_shown == window.hub.queries.picture_count
        assert window.hub.queries.predicted_count == total
        assert share_right(window, job) > job.expected_accuracy, algorithm

    # The second run of an algorithm reads every embedding from the cache.
    choose_run(window, "fine-tuning", job.backbone)
    assert run_by_key(window, qtbot).embedded == 0

    rows = export_by_keys(window, qtbot, tmp_path / "labels.csv")
    names = [row.name for row in window.hub.queries.classes]
    facts = ["image", "label", "confidence", "error", "origin", "folder"]
    assert list(rows[0]) == [*facts, *(f"p:{name}" for name in names)]
    assert len(rows) == window.hub.queries.picture_count
    for row in rows:
        assert row["label"] in names
        assert sum(float(row[f"p:{name}"]) for name in names) == pytest.approx(1, abs=1e-4)
