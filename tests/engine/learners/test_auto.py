"""The automatic choice: the prior holds until held-out examples clearly speak against it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.backbones.base import get_backbone
from engine.episodes import Episode, LabeledSet
from engine.generators import run_to_end
from engine.learners.automatic import auto
from engine.learners.automatic.auto import Auto
from engine.learners.registry import create_learner
from engine.messages import Message
from tests.engine.tasks import adapted, embeddings

BACKBONE = get_backbone("conv4")
SUPPORT = embeddings([6, 6, 6], BACKBONE.dimension)
QUERY = embeddings([4, 4, 4], BACKBONE.dimension, examples_seed=1)


@pytest.fixture
def learner() -> Auto:
    made = create_learner("auto", "conv4")
    assert isinstance(made, Auto)
    return made


def answers(right: list[int], total: int) -> Tensor:
    """Exactly these of `total` examples right."""
    found = torch.zeros(total, dtype=torch.bool)
    found[right] = True
    return found


def with_evidence(
    learner: Auto, monkeypatch: pytest.MonkeyPatch, evidence: list[Tensor]
) -> tuple[int, Message]:
    """What is chosen where the candidates' held-out answers are these; the rest answers as the first."""
    of_each = iter(evidence + evidence[:1] * (len(learner.learners) - len(evidence)))
    monkeypatch.setattr(auto, "_right_when_held_out", lambda *_: next(of_each))
    return learner._choose(SUPPORT)


def test_what_is_as_good_changes_nothing(learner: Auto, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = answers([0, 1, 2], 10), answers([2, 3, 4, 5], 10)
    index, why = with_evidence(learner, monkeypatch, [one, other])
    assert index == 0
    assert str(why) == ("Linear probe was taken: nothing else was clearly better on 10 held-out examples.")


def test_what_is_clearly_better_is_taken_and_says_so(learner: Auto, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven that the other alone has right are z = √7 = 2.6; six are 2.4."""
    better, not_clearly = answers(list(range(10)), 20), answers(list(range(9)), 20)
    index, why = with_evidence(learner, monkeypatch, [answers([0, 1, 2], 20), not_clearly, better])
    assert index == 2
    assert str(why) == (
        "Linear probe (Penalty 1) was taken: it had 7 more of 20 held-out examples right than Linear probe."
    )


def test_with_one_example_of_each_class_the_prior_alone_decides(learner: Auto) -> None:
    index, why = learner._choose(embeddings([1, 1, 1], BACKBONE.dimension))
    assert index == 0
    assert "one example of each class" in str(why)


def test_the_classifier_is_that_of_what_was_taken(learner: Auto) -> None:
    classifier = adapted(learner, SUPPORT)
    alone = adapted(create_learner("linear-probe", "conv4"), SUPPORT)
    assert torch.equal(classifier.logits(QUERY.features), alone.logits(QUERY.features))
    assert torch.equal(classifier.embed(QUERY.features), alone.embed(QUERY.features))
    assert classifier.explanation is not None
    assert classifier.class_names == SUPPORT.class_names


def test_a_candidate_that_reads_the_embedding_gets_the_last_layer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a backbone with three layers, of which prototypical networks know the last."""
    monkeypatch.setattr(auto, "CANDIDATES", (auto.Candidate("prototypical"),))
    backbone = get_backbone("efficientnet-lite0")
    support = embeddings([2, 2], backbone.width)
    last = LabeledSet(support.features[:, -backbone.dimension :], support.labels, support.class_names)
    expected = adapted(create_learner("prototypical", backbone.name), last).logits(last.features)
    assert torch.equal(adapted(Auto(backbone).eval(), support).logits(support.features), expected)


def test_a_candidate_without_a_checkpoint_for_these_weights_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(auto, "CANDIDATES", (auto.Candidate("linear-probe"), auto.Candidate("snail")))
    monkeypatch.setattr("engine.learners.registry.find_checkpoint", lambda *_: None)
    assert len(Auto(BACKBONE).learners) == 1


def test_all_candidates_are_asked_about_the_same_examples_in_the_same_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also those that read the last layer alone, whose contents would lead to other folds."""
    asked: list[list[Tensor]] = []

    def right(_learner: object, _width: int, _support: LabeledSet, masks: list[Tensor]) -> Tensor:
        asked.append(masks)
        return torch.ones(1, dtype=torch.bool)

    monkeypatch.setattr(auto, "_right_when_held_out", right)
    backbone = get_backbone("efficientnet-lite0")
    Auto(backbone).eval()._choose(embeddings([4, 4], backbone.width))
    assert len(asked) == len(auto.CANDIDATES)
    assert all(torch.equal(one, other) for one, other in zip(asked[0], asked[-1], strict=True))


def test_very_many_examples_are_compared_by_a_sample(learner: Auto, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[LabeledSet] = []

    def right(_learner: object, _width: int, support: LabeledSet, _masks: list[Tensor]) -> Tensor:
        seen.append(support)
        return torch.ones(1, dtype=torch.bool)

    monkeypatch.setattr(auto, "_right_when_held_out", right)
    learner._choose(embeddings([900, 3, 1], BACKBONE.dimension))
    assert len(seen[0]) <= auto.MAX_EVIDENCE + 3
    assert set(seen[0].labels.tolist()) == {0, 1, 2}


def test_the_choice_is_made_once_for_a_support_and_its_folds(
    learner: Auto, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled = learner.settled(SUPPORT)
    monkeypatch.setattr(Auto, "_choose", None)
    classifier = run_to_end(settled.adapt(SUPPORT.take(torch.arange(len(SUPPORT)) % 5 > 0)))
    assert classifier.logits(QUERY.features).shape == (12, 3)


def test_it_can_be_evaluated_like_any_other(learner: Auto) -> None:
    logits: Tensor = learner.query_logits(Episode(SUPPORT, QUERY))
    assert logits.shape == (12, 3)
