"""Labels in doubt are found, the worst first."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from engine.review.scarcity import Scarce, find_scarce
from engine.review.suspects import find_suspects

SCORES = arrays(
    np.float32, st.tuples(st.integers(0, 20), st.integers(2, 5)), elements=st.floats(1 / 64, 1, width=32)
)


def judged(*rows: tuple[int, list[float]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    return np.array([row for _, row in rows], np.float32), np.array([label for label, _ in rows])


SURE = [(0, [0.9, 0.05, 0.05])] * 4 + [(1, [0.05, 0.9, 0.05])] * 4 + [(2, [0.3, 0.3, 0.4])] * 4


def test_a_label_that_the_others_contradict_is_in_doubt() -> None:
    suspects = find_suspects(*judged(*SURE, (0, [0.04, 0.95, 0.01])))
    assert (suspects.positions.tolist(), suspects.suggested.tolist()) == ([12], [1])
    np.testing.assert_allclose((suspects.own[0], suspects.other[0]), (0.04, 0.95), atol=1e-6)


def test_the_worst_come_first() -> None:
    worse, worst = (0, [0.1, 0.9, 0.0]), (1, [0.98, 0.02, 0.0])
    assert find_suspects(*judged(worse, *SURE, worst)).positions.tolist() == [13, 0]


def test_a_class_nobody_is_sure_of_is_suggested_at_lower_probabilities() -> None:
    """The whole point of thresholds by class: 0.45 is much for the third class and little for the second."""
    to_third, to_second = (0, [0.35, 0.2, 0.45]), (0, [0.35, 0.45, 0.2])
    suspects = find_suspects(*judged(*SURE, to_third, to_second))
    assert (suspects.positions.tolist(), suspects.suggested.tolist()) == ([12], [2])


def test_labels_that_all_agree_with_are_not_in_doubt() -> None:
    assert len(find_suspects(*judged(*SURE)).positions) == 0


def test_an_example_predicted_mostly_right_is_not_doubtful() -> None:
    assert len(find_suspects(*judged(*SURE, (0, [0.52, 0.0, 0.48]))).positions) == 0


def test_a_class_of_which_no_example_was_held_out_can_be_suggested() -> None:
    probabilities, labels = judged(*SURE[:8], (0, [0.02, 0.0, 0.98]))
    suspects = find_suspects(probabilities, labels)
    assert (suspects.positions.tolist(), suspects.suggested.tolist()) == ([8], [2])


@given(SCORES, st.randoms(use_true_random=False))
def test_a_suggestion_is_another_class_and_more_probable(scores: NDArray[np.float32], random: object) -> None:
    probabilities = scores / scores.sum(axis=1, keepdims=True)
    labels = np.array([random.randrange(scores.shape[1]) for _ in scores], np.int64)  # type: ignore[attr-defined]
    suspects = find_suspects(probabilities, labels)
    assert (suspects.suggested != labels[suspects.positions]).all()
    assert (suspects.other > suspects.own).all()
    assert (np.diff(suspects.other - suspects.own) <= 1e-6).all()


def test_the_order_of_the_examples_does_not_matter() -> None:
    probabilities, labels = judged(*SURE, (0, [0.1, 0.9, 0.0]), (1, [0.98, 0.02, 0.0]))
    turn = np.random.default_rng(0).permutation(len(labels))
    turned = find_suspects(probabilities[turn], labels[turn])
    assert turn[turned.positions].tolist() == find_suspects(probabilities, labels).positions.tolist()


def test_few_examples_are_too_few_and_so_are_far_fewer_than_usual() -> None:
    assert find_scarce([4, 5, 0]) == [Scarce(2, 0, 5), Scarce(0, 4, 5)]
    assert find_scarce([100, 100, 100, 24, 25]) == [Scarce(3, 24, 25)]
    assert find_scarce([]) == []
