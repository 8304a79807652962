"""Two runs side by side."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.review.agreement import Agreement, RunProbabilities, compare, compare_with_labels

ANT, BEE, CAT = 1, 2, 7


def run(class_ids: list[int], rows: dict[int, list[float]]) -> RunProbabilities:
    """`rows` are probabilities by picture id."""
    probabilities = np.array(list(rows.values()), np.float32).reshape(-1, len(class_ids))
    return RunProbabilities(np.array(class_ids), np.array(list(rows), np.int64), probabilities)


@pytest.fixture
def agreement() -> Agreement:
    """Both predict the pictures 2 to 5; the second lists its classes the other way round and knows cats."""
    first = run([ANT, BEE], {1: [1, 0], 2: [1, 0], 3: [0.75, 0.25], 4: [0.25, 0.75], 5: [0.5, 0.5]})
    second = run(
        [CAT, BEE, ANT],
        {2: [0, 0, 1], 3: [0, 0.75, 0.25], 4: [0, 0.75, 0.25], 5: [1, 0, 0], 6: [1, 0, 0], 8: [1, 0, 0]},
    )
    return compare(first, second)


def test_pictures_are_counted_by_the_class_that_each_run_gave_them(agreement: Agreement) -> None:
    assert agreement.class_ids.tolist() == [ANT, BEE, CAT]
    assert agreement.counts.tolist() == [[1, 1, 1], [0, 1, 0], [0, 0, 0]]
    assert (agreement.agreed, agreement.only_first, agreement.only_second) == (2, 1, 2)


def test_the_variation_is_half_the_sum_of_the_differences(agreement: Agreement) -> None:
    assert agreement.picture_ids.tolist() == [2, 3, 4, 5]
    assert agreement.variation.tolist() == [0, 0.5, 0, 1]


def test_the_pictures_behind_every_number_can_be_told(agreement: Agreement) -> None:
    assert agreement.disagreed().tolist() == [3, 5]
    for row in range(3):
        for column in range(3):
            assert len(agreement.pictures(row, column)) == agreement.counts[row, column]
    assert agreement.pictures(0, None).tolist() == [2, 3, 5]
    assert agreement.pictures(None, 1).tolist() == [3, 4]
    assert agreement.pictures(None, None).tolist() == [2, 3, 4, 5]


def test_runs_are_judged_by_the_labels_of_pictures_that_both_predicted(agreement: Agreement) -> None:
    label_agreement = compare_with_labels(
        agreement, np.array([1, 3, 4, 5, 9]), np.array([ANT, BEE, BEE, CAT, ANT])
    )
    assert (label_agreement.labeled, label_agreement.first_right, label_agreement.second_right) == (3, 1, 3)


def test_runs_without_a_picture_in_common_agree_on_nothing() -> None:
    agreement = compare(run([ANT], {1: [1]}), run([BEE], {}))
    assert agreement.counts.tolist() == [[0, 0], [0, 0]]
    assert (agreement.agreed, agreement.only_first, agreement.only_second) == (0, 1, 0)
    assert agreement.disagreed().shape == agreement.variation.shape == (0,)
    assert compare_with_labels(agreement, np.array([1]), np.array([ANT])).labeled == 0


def test_many_pictures_are_compared_as_few_are() -> None:
    def predicted(seed: int) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = np.random.default_rng(seed).random((20_000, 4)).astype(np.float32)
        return rows / rows.sum(axis=1, keepdims=True)

    ids, classes = np.arange(20_000), np.arange(4)
    first, second = predicted(0), predicted(1)
    agreement = compare(RunProbabilities(classes, ids, first), RunProbabilities(classes, ids, second))
    np.testing.assert_allclose(agreement.variation, np.abs(first - second).sum(axis=1) / 2, atol=1e-6)
    assert agreement.agreed == (first.argmax(axis=1) == second.argmax(axis=1)).sum()
