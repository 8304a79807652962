from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from fewshot_gui.project.picture_model import PictureModel, Role, percent, row_ranges
from tests.fewshot_gui.picture_source import FakeSource


@pytest.fixture
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
def model(qtbot: QtBot, source: FakeSource) -> PictureModel:
    return PictureModel(source)


def changed_rows(model: PictureModel) -> list[tuple[int, int]]:
    """Fills with the rows that the model says have changed."""
    seen: list[tuple[int, int]] = []

    def note(first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        seen.append((first.row(), last.row()))

    model.dataChanged.connect(note)
    return seen


def test_qt_finds_no_fault_with_the_model(model: PictureModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_ids([7, 3, 5])
    model.refresh([3])
    model.set_ids([])
    model.set_ids(np.arange(1000))
    model.refresh()
    assert tester.model() is model


def test_ids_and_rows_find_each_other_whatever_the_order(model: PictureModel) -> None:
    ids = np.random.default_rng(0).permutation(5000) + 10**6
    model.set_ids(ids)
    assert model.rowCount() == 5000
    assert [model.id_at(row) for row in (0, 17, 4999)] == [ids[0], ids[17], ids[4999]]
    assert model.row_of(int(ids[17])) == 17
    assert model.row_of(3) is None
    np.testing.assert_array_equal(model.rows_of([ids[9], 3, ids[2]]), [9, 2])


def test_a_model_without_pictures_knows_no_rows(model: PictureModel) -> None:
    assert model.row_of(1) is None
    assert model.index(0).data() is None


def test_the_same_pictures_again_do_not_disturb_the_view(model: PictureModel, qtbot: QtBot) -> None:
    model.set_ids([1, 2, 3])
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_ids(np.array([1, 2, 3]))
    with qtbot.waitSignal(model.modelReset):
        model.set_ids([3, 2, 1])


def test_a_refresh_names_the_fewest_ranges_of_rows(model: PictureModel) -> None:
    model.set_ids(np.arange(100, 200))
    seen = changed_rows(model)
    model.refresh([105, 103, 104, 150, 999])
    assert seen == [(3, 5), (50, 50)]


def test_a_refresh_of_pictures_not_shown_is_silent(model: PictureModel) -> None:
    model.set_ids([1, 2])
    seen = changed_rows(model)
    model.refresh([8, 9])
    assert seen == []


def test_a_refresh_of_very_many_scattered_pictures_is_one_range(model: PictureModel) -> None:
    model.set_ids(np.arange(1000))
    seen = changed_rows(model)
    model.refresh(np.arange(2, 1000, 3))
    model.refresh()
    assert seen == [(2, 998), (0, 999)]


def test_a_label_outranks_a_prediction(model: PictureModel, source: FakeSource) -> None:
    source.labels = {1: 0}
    source.predictions = {1: (1, 0.9), 2: (1, 0.75)}
    model.set_ids([1, 2, 3])
    labelled, predicted, unknown = (model.index(row) for row in range(3))

    assert labelled.data(Role.CLASS_NAME) == "cat"
    assert labelled.data(Role.IS_HUMAN) is True
    assert labelled.data(Role.CONFIDENCE) is None

    assert predicted.data(Role.CLASS_ID) == 1
    assert predicted.data(Role.CLASS_NAME) == "dog"
    assert predicted.data(Role.CLASS_COLOR) == QColor("#56b4e9")
    assert predicted.data(Role.CLASS_SYMBOL) == "square"
    assert predicted.data(Role.IS_HUMAN) is False
    assert predicted.data(Role.CONFIDENCE) == 0.75

    assert unknown.data(Role.CLASS_ID) is None
    assert unknown.data(Role.CLASS_NAME) is None


def test_what_is_painted_is_also_told_in_words(model: PictureModel, source: FakeSource) -> None:
    source.labels = {1: 0}
    source.predictions = {1: (1, 0.9), 2: (1, 0.75)}
    source.errors = {3: "truncated"}
    model.set_ids([1, 2, 3, 4])
    spoken = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(4)]
    assert spoken == [
        "1.png, labelled cat, predicted dog, 90 %",
        "2.png, predicted dog, 75 %",
        "3.png, cannot be read: truncated",
        "4.png, no label yet",
    ]
    tip = model.index(2).data(Qt.ItemDataRole.ToolTipRole)
    assert str(source.path(3)) in tip
    assert "truncated" in tip


@pytest.mark.parametrize(
    ("rows", "ranges"),
    [([], []), ([4], [(4, 4)]), ([0, 1, 2], [(0, 2)]), ([1, 3, 4, 9], [(1, 1), (3, 4), (9, 9)])],
)
def test_rows_are_gathered_into_ranges(rows: list[int], ranges: list[tuple[int, int]]) -> None:
    assert row_ranges(np.array(rows, np.int64)) == ranges


@pytest.mark.parametrize(
    ("probability", "text"), [(0.934, "93 %"), (0.9999, "99 %"), (1.0, "100 %"), (0.0, "0 %")]
)
def test_only_certainty_is_a_hundred_percent(probability: float, text: str) -> None:
    assert percent(probability) == text
