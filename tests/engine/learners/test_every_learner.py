"""What holds for every algorithm of the menu, whatever its family."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.checkpoints import read_checkpoint, write_checkpoint
from engine.episodes import Episode, LabeledSet
from engine.errors import FewshotError
from engine.learners.base import MetaLearner
from engine.learners.registry import create_learner, learners
from tests.engine.tasks import a_backbone_for, adapted, names, task

SHOTS = (3, 1, 2)


@pytest.fixture(params=learners())
def learner(request: pytest.FixtureRequest) -> MetaLearner:
    kind = learners()[request.param]
    return create_learner(request.param, a_backbone_for(kind).name)


def snapshot(learner: MetaLearner) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in learner.state_dict().items()}


def assert_unchanged(learner: MetaLearner, before: dict[str, Tensor]) -> None:
    after = learner.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], before[name]) for name in before)
    assert all(p.requires_grad and p.grad is None for p in learner.parameters())


def assert_same(logits: Tensor, expected: Tensor) -> None:
    """Equal up to what another order of adding up may change."""
    torch.testing.assert_close(logits, expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max()))


@pytest.mark.parametrize("way", [2, 3, 17])
def test_any_number_of_classes_and_unequal_shots_are_fine(learner: MetaLearner, way: int) -> None:
    shots = [1 + label % 3 for label in range(way)]
    support, query = task(type(learner), shots), task(type(learner), [1] * way, examples_seed=1)
    classifier = adapted(learner, support)
    logits = classifier.logits(query.features)
    assert classifier.class_names == names(way)
    assert logits.shape == (way, way)
    assert logits.isfinite().all()
    assert not logits.requires_grad


def test_the_embedding_has_a_row_for_each_picture(learner: MetaLearner) -> None:
    support, query = task(type(learner), SHOTS), task(type(learner), [2, 2, 2], examples_seed=1)
    embedding = adapted(learner, support).embed(query.features)
    assert embedding.ndim == 2
    assert len(embedding) == 6
    assert embedding.isfinite().all()
    assert not embedding.requires_grad


def test_the_examples_themselves_are_learnt(learner: MetaLearner) -> None:
    support = task(type(learner), SHOTS)
    logits = adapted(learner, support).logits(support.features)
    assert torch.equal(logits.argmax(dim=1), support.labels)


@pytest.mark.slow
def test_other_pictures_of_the_same_classes_are_mostly_recognised(learner: MetaLearner) -> None:
    right = total = 0
    for seed in range(5):
        support = task(type(learner), [3, 3, 3], seed)
        query = task(type(learner), [6, 6, 6], seed, examples_seed=1)
        logits = adapted(learner, support).logits(query.features)
        right += int((logits.argmax(dim=1) == query.labels).sum())
        total += len(query)
    assert right / total > 0.6  # a coin of three sides would give 0.33


def test_what_is_said_of_a_picture_does_not_depend_on_its_companions(learner: MetaLearner) -> None:
    classifier = adapted(learner, task(type(learner), SHOTS))
    features = task(type(learner), [4, 4, 4], examples_seed=1).features
    together = classifier.logits(features)
    alone = torch.cat([classifier.logits(one[None]) for one in features])
    assert_same(alone, together)
    assert_same(classifier.logits(features.flip(0)).flip(0), together)
    embedded = classifier.embed(features)
    assert_same(torch.cat([classifier.embed(one[None]) for one in features]), embedded)


def test_the_order_of_the_examples_does_not_matter(learner: MetaLearner) -> None:
    support, query = task(type(learner), SHOTS), task(type(learner), [2, 2, 2], examples_seed=1)
    shuffled = support.take(torch.tensor([5, 0, 3, 2, 4, 1]))
    expected = adapted(learner, support).logits(query.features)
    assert_same(adapted(learner, shuffled).logits(query.features), expected)


def test_the_order_of_the_classes_does_not_matter(learner: MetaLearner) -> None:
    support, query = task(type(learner), SHOTS), task(type(learner), [2, 2, 2], examples_seed=1)
    place = torch.tensor([2, 0, 1])  # class c becomes class place[c]
    reordered = LabeledSet(support.features, place[support.labels], ("class 1", "class 2", "class 0"))
    expected = adapted(learner, support).logits(query.features)
    assert_same(adapted(learner, reordered).logits(query.features)[:, place], expected)


def test_a_saved_and_loaded_learner_says_the_same(learner: MetaLearner, tmp_path: Path) -> None:
    support, query = task(type(learner), SHOTS), task(type(learner), [2, 2, 2], examples_seed=1)
    backbone, path = a_backbone_for(type(learner)), tmp_path / "saved.safetensors"
    made_for = {"algorithm": learner.facts.name, "backbone": backbone.name}
    write_checkpoint(path, learner.state_dict(), made_for)
    loaded = type(learner)(backbone).eval()
    loaded.load_state_dict(read_checkpoint(path, **made_for).tensors)
    expected = adapted(learner, support).logits(query.features)
    assert torch.equal(adapted(loaded, support).logits(query.features), expected)


def test_adapting_leaves_the_meta_parameters_as_they_were(learner: MetaLearner) -> None:
    before = snapshot(learner)
    support = task(type(learner), SHOTS)
    adapted(learner, support).logits(support.features)
    assert_unchanged(learner, before)


def test_a_task_is_not_disturbed_by_the_next(learner: MetaLearner) -> None:
    support, query = task(type(learner), SHOTS), task(type(learner), [1, 1, 1], examples_seed=1)
    classifier = adapted(learner, support)
    before = classifier.logits(query.features)
    adapted(learner, task(type(learner), [2, 2], seed=5)).logits(query.features)
    assert torch.equal(classifier.logits(query.features), before)


def test_an_adaptation_given_up_midway_leaves_no_trace(learner: MetaLearner) -> None:
    before = snapshot(learner)
    support = task(type(learner), SHOTS)
    steps = learner.adapt(support)
    half_way = next(steps).classifier
    assert half_way.logits(support.features).shape == (6, 3)
    steps.close()
    assert torch.is_grad_enabled()
    assert_unchanged(learner, before)


@pytest.mark.parametrize("callers_mode", [True, False])
def test_the_grad_mode_of_the_caller_is_left_alone(learner: MetaLearner, callers_mode: bool) -> None:
    with torch.set_grad_enabled(callers_mode):
        for step in learner.adapt(task(type(learner), SHOTS)):  # noqa: B007 - the last one is used
            assert torch.is_grad_enabled() == callers_mode
        step.classifier.logits(task(type(learner), [1, 1, 1]).features)
        assert torch.is_grad_enabled() == callers_mode
    assert torch.is_grad_enabled()


def test_every_step_tells_how_far_it_is_and_how_well_it_does(learner: MetaLearner) -> None:
    steps = list(learner.adapt(task(type(learner), SHOTS)))
    assert steps
    assert [step.step for step in steps] == list(range(steps[0].step, steps[-1].total_steps + 1))
    assert len({(step.total_steps, step.kind) for step in steps}) == 1
    assert all(math.isfinite(step.loss) and 0 <= step.accuracy <= 1 for step in steps)
    assert steps[-1].loss <= steps[0].loss


def test_the_last_step_has_the_classifier_that_is_returned(learner: MetaLearner) -> None:
    support = task(type(learner), SHOTS)
    *_, last = learner.adapt(support)
    returned = adapted(learner, support)
    assert torch.equal(returned.logits(support.features), last.classifier.logits(support.features))


def test_a_class_without_an_example_is_named(learner: MetaLearner) -> None:
    support = task(type(learner), SHOTS)
    with pytest.raises(FewshotError, match="“class 1”"):
        next(learner.adapt(support.take(support.labels != 1)))


def test_a_single_class_is_refused(learner: MetaLearner) -> None:
    with pytest.raises(FewshotError, match="two classes"):
        next(learner.adapt(task(type(learner), [3])))


def test_the_same_seed_gives_the_same_classifier(learner: MetaLearner) -> None:
    support, query = task(type(learner), SHOTS), task(type(learner), [2, 2, 2], examples_seed=1)

    def logits() -> Tensor:
        torch.manual_seed(7)
        return adapted(learner, support).logits(query.features)

    assert torch.equal(logits(), logits())


def test_the_outer_loss_reaches_every_meta_parameter(learner: MetaLearner) -> None:
    support, query = task(type(learner), SHOTS), task(type(learner), [2, 2, 2], examples_seed=1)
    loss = learner.meta_loss(Episode(support, query))
    assert loss.shape == ()
    assert loss.isfinite()
    if parameters := list(learner.parameters()):
        gradients = torch.autograd.grad(loss, parameters)
        assert all(gradient.isfinite().all() for gradient in gradients)
        assert any(gradient.abs().max() > 0 for gradient in gradients)
