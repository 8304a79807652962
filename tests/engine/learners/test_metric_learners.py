"""The metric learners: how each compares, and that meta-training teaches it to."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import get_backbone
from engine.episodes import Episode, LabeledSet
from engine.learners.base import accuracy
from engine.learners.metric import relation
from engine.learners.metric.base import MetricLearner, log_mean_exp_by_class
from engine.learners.metric.full_context import CONTEXT, STEPS, FullContext
from engine.learners.metric.matching import MatchingNetwork
from engine.learners.metric.prototypical import PrototypicalNetwork
from engine.learners.metric.relation import RelationNetwork
from engine.learners.metric.siamese import SiameseNetwork
from tests.engine.tasks import (
    accuracy_before_and_after_learning_what_to_look_at,
    adapted,
    embeddings,
    lopsided,
    names,
)

DIMENSION = 32
BACKBONE = dataclasses.replace(get_backbone("conv4"), dimension=DIMENSION)
PLANE = dataclasses.replace(BACKBONE, dimension=2)


def matching_in_context() -> MatchingNetwork:
    learner = MatchingNetwork(BACKBONE)
    learner.configure({"full_context": True})
    return learner


BUILDERS: dict[str, Callable[[], MetricLearner]] = {
    "prototypical": lambda: PrototypicalNetwork(BACKBONE),
    "siamese": lambda: SiameseNetwork(BACKBONE),
    "matching": lambda: MatchingNetwork(BACKBONE),
    "matching in full context": matching_in_context,
    "relation": lambda: RelationNetwork(BACKBONE),
}


def stirred(learner: MetricLearner) -> MetricLearner:
    """As after some meta-training: no weight is left at the zero at which it starts."""
    with torch.no_grad():
        for parameter in learner.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
    return learner.eval()


@pytest.fixture(params=BUILDERS)
def learner(request: pytest.FixtureRequest) -> MetricLearner:
    torch.manual_seed(0)
    return stirred(BUILDERS[request.param]())


def another(learner: MetricLearner) -> MetricLearner:
    twin = type(learner)(BACKBONE).eval()
    twin.configure({option.name: getattr(learner, option.name) for option in learner.options})
    return twin


SUPPORT = embeddings([3, 1, 2], DIMENSION)
QUERY = embeddings([2, 2, 2], DIMENSION, examples_seed=1)


def assert_same(logits: Tensor, expected: Tensor) -> None:
    """Equal up to what another order of adding up may change."""
    torch.testing.assert_close(logits, expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max()))


# --- what holds for each of them --------------------------------------------------------------


@pytest.mark.parametrize("way", [2, 3, 17])
def test_any_number_of_classes_and_unequal_shots_are_fine(learner: MetricLearner, way: int) -> None:
    classifier = adapted(learner, embeddings([1 + label % 3 for label in range(way)], DIMENSION))
    logits = classifier.logits(QUERY.features)
    assert logits.shape == (6, way)
    assert logits.isfinite().all()
    assert not logits.requires_grad
    assert classifier.class_names == names(way)


def test_what_is_said_of_a_picture_does_not_depend_on_its_companions(learner: MetricLearner) -> None:
    classifier = adapted(learner, SUPPORT)
    together = classifier.logits(QUERY.features)
    assert_same(torch.cat([classifier.logits(one[None]) for one in QUERY.features]), together)


def test_the_order_of_the_examples_does_not_matter(learner: MetricLearner) -> None:
    shuffled = SUPPORT.take(torch.tensor([5, 0, 3, 2, 4, 1]))
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    assert_same(adapted(learner, shuffled).logits(QUERY.features), expected)


def test_the_order_of_the_classes_does_not_matter(learner: MetricLearner) -> None:
    place = torch.tensor([2, 0, 1])  # class c becomes class place[c]
    reordered = LabeledSet(SUPPORT.features, place[SUPPORT.labels], SUPPORT.class_names)
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    assert_same(adapted(learner, reordered).logits(QUERY.features)[:, place], expected)


@pytest.mark.parametrize(
    "name", [name for name in BUILDERS if name not in ("matching in full context", "prototypical")]
)
def test_giving_every_example_of_a_class_twice_changes_nothing(name: str) -> None:
    learner = stirred(BUILDERS[name]())
    twice = SUPPORT.take(torch.tensor([0, 1, 2, 3, 4, 4, 5, 5]))
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    assert_same(adapted(learner, twice).logits(QUERY.features), expected)


def test_a_loaded_learner_says_the_same(learner: MetricLearner) -> None:
    loaded = another(learner)
    loaded.load_state_dict(learner.state_dict())
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    assert torch.equal(adapted(loaded, SUPPORT).logits(QUERY.features), expected)


def test_using_a_learner_draws_no_random_numbers(learner: MetricLearner) -> None:
    before = torch.get_rng_state()
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(adapted(learner, SUPPORT).logits(QUERY.features), expected)


def test_adapting_leaves_the_learner_as_it_was(learner: MetricLearner) -> None:
    before = {name: tensor.clone() for name, tensor in learner.state_dict().items()}
    steps = learner.adapt(SUPPORT)
    next(steps)
    steps.close()
    assert torch.is_grad_enabled()
    assert all(torch.equal(tensor, before[name]) for name, tensor in learner.state_dict().items())
    assert all(parameter.grad is None for parameter in learner.parameters())


def test_the_step_judges_each_example_by_the_others(learner: MetricLearner) -> None:
    support = embeddings([2, 1, 2], DIMENSION)
    (step,) = learner.adapt(support)
    logits = []
    for fold in (
        [1, 2, 4],
        [0, 2, 3],
    ):  # what stays where the first, then the second of each pair is left out
        left_out = support.take(torch.tensor([index for index in (0, 1, 3, 4) if index not in fold]))
        logits.append(adapted(learner, support.take(torch.tensor(fold))).logits(left_out.features))
    labels = torch.tensor([0, 2, 0, 2])
    assert step.kind == "leave-one-out"
    assert step.loss == pytest.approx(F.cross_entropy(torch.cat(logits), labels).item(), rel=1e-4)
    assert step.accuracy == accuracy(torch.cat(logits), labels)


def test_the_outer_loss_reaches_every_meta_parameter(learner: MetricLearner) -> None:
    loss = learner.meta_loss(lopsided(DIMENSION, 0))
    names, parameters = zip(*learner.named_parameters(), strict=True)
    gradients = torch.autograd.grad(loss, parameters)
    for name, gradient in zip(names, gradients, strict=True):
        assert gradient.isfinite().all(), f"the gradient of {name} is not finite: {gradient}"
        assert gradient.any(), f"no gradient reaches {name}"


@pytest.mark.parametrize("name", BUILDERS)
def test_meta_training_teaches_it_what_to_look_at(name: str) -> None:
    torch.manual_seed(0)
    before, after = accuracy_before_and_after_learning_what_to_look_at(BUILDERS[name](), DIMENSION)
    assert before < 0.55
    assert after > 0.8


# --- prototypical networks --------------------------------------------------------------------


def clouds(shots: list[int], generator: torch.Generator) -> LabeledSet:
    """Examples around points that lie 2 apart, in 50 dimensions of standard deviation 1."""
    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    centres = 2**0.5 * torch.eye(len(shots), 50)
    return LabeledSet(
        centres[labels] + torch.randn(len(labels), 50, generator=generator), labels, names(len(shots))
    )


def test_distances_without_the_shot_bias_are_unbiased() -> None:
    generator, shots = torch.Generator().manual_seed(0), [1, 20, 3]
    learner = PrototypicalNetwork(get_backbone("conv4"), nn.Identity())
    centres, query = 2**0.5 * torch.eye(3, 50), torch.randn(4, 50, generator=generator)
    drawn = [learner.compare(clouds(shots, generator), query) for _ in range(2000)]
    expected = -torch.cdist(query, centres).square()
    torch.testing.assert_close(torch.stack(drawn).mean(dim=0), expected, rtol=0, atol=1.5)


def test_a_class_with_one_example_does_not_lose_its_pictures_to_one_with_many() -> None:
    generator = torch.Generator().manual_seed(0)
    learner = PrototypicalNetwork(get_backbone("conv4"), nn.Identity())
    own = []
    for _ in range(100):
        support, query = clouds([1, 50], generator), clouds([10, 0], generator)
        own.append(accuracy(learner.compare(support, query.features), query.labels))
    assert sum(own) / len(own) > 0.5


# --- siamese networks -------------------------------------------------------------------------


def siamese_on_a_plane() -> SiameseNetwork:
    """Two sigmoid units, σ(x₁) and σ(x₂), with weights 2 and 3; the odds of equals are e."""
    learner = SiameseNetwork(PLANE)
    learner.embedding = nn.Identity()
    with torch.no_grad():
        learner.units.weight.zero_()
        learner.units.weight[:2] = torch.eye(2)
        learner.weight[:2] = torch.tensor([2.0, -3.0])  # its sign does not count
        learner.bias.fill_(1.0)
    return learner


# σ of it is 0.5, 0.8 and 0.2.
ZERO, HIGH, LOW = 0.0, math.log(4), -math.log(4)


def test_a_siamese_score_is_a_weighted_distance_of_twins() -> None:
    query, examples = torch.tensor([[ZERO, HIGH]]), torch.tensor([[ZERO, HIGH], [HIGH, LOW]])
    scores = siamese_on_a_plane().scores(query, examples)
    torch.testing.assert_close(scores, torch.tensor([[1.0, 1 - 2 * 0.3 - 3 * 0.6]]))


def test_a_class_has_the_mean_odds_of_its_examples() -> None:
    support = LabeledSet(
        torch.tensor([[ZERO, HIGH], [HIGH, LOW], [HIGH, HIGH]]), torch.tensor([0, 0, 1]), ("a", "b")
    )
    logits = adapted(siamese_on_a_plane(), support).logits(torch.tensor([[ZERO, HIGH]]))
    mean_odds = (math.exp(1.0) + math.exp(-1.4)) / 2
    torch.testing.assert_close(logits, torch.tensor([[math.log(mean_odds), 1 - 2 * 0.3]]))


def test_the_siamese_loss_weighs_same_and_different_pairs_alike() -> None:
    support = LabeledSet(torch.tensor([[ZERO, ZERO], [HIGH, ZERO], [LOW, ZERO]]), torch.arange(3), names(3))
    query = LabeledSet(torch.tensor([[ZERO, ZERO]]), torch.tensor([0]), names(3))
    loss = siamese_on_a_plane().meta_loss(Episode(support, query))
    # One same pair with score 1, two different ones with 1 − 2·0.3.
    same, different = math.log1p(math.exp(-1.0)), math.log1p(math.exp(0.4))
    assert loss.item() == pytest.approx((same + different) / 2)


# --- matching networks ------------------------------------------------------------------------


def matching_on_a_plane() -> MatchingNetwork:
    """Attention to the same direction is twice that to a right angle."""
    learner = MatchingNetwork(PLANE)
    learner.embedding = nn.Identity()
    nn.init.constant_(learner.log_sharpness, math.log(math.log(2)))
    return learner


def test_a_matching_probability_is_the_attention_to_a_class() -> None:
    support = LabeledSet(
        torch.tensor([[3.0, 0.0], [0.0, 1.0], [0.0, 5.0], [-1.0, 0.0]]), torch.tensor([0, 0, 1, 1]), names(2)
    )
    logits = adapted(matching_on_a_plane(), support).logits(torch.tensor([[2.0, 0.0]]))
    # Attention 2 : 1 : 1 : ½.
    torch.testing.assert_close(logits.exp(), torch.tensor([[3.0, 1.5]]) / 4.5)


def test_a_class_gets_no_more_attention_for_having_more_examples() -> None:
    support = LabeledSet(
        torch.tensor([[3.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 0, 1]), names(2)
    )
    logits = adapted(matching_on_a_plane(), support).logits(torch.tensor([[2.0, 0.0]]))
    torch.testing.assert_close(logits.exp(), torch.tensor([[2 / 3, 1 / 3]]))


def test_sharp_attention_does_not_run_out_of_numbers() -> None:
    scores = torch.tensor([[5000.0, 4000.0, -5000.0]])
    support = LabeledSet(torch.zeros(3, 1), torch.tensor([0, 0, 1]), names(2))
    expected = torch.tensor([[5000 - math.log(2), -5000.0]])
    torch.testing.assert_close(log_mean_exp_by_class(scores, support), expected)


def test_before_meta_training_full_context_is_no_context() -> None:
    context = matching_in_context().eval()
    plain = another(context)
    plain.load_state_dict(context.state_dict())
    plain.configure({"full_context": False})
    expected = adapted(plain, SUPPORT).logits(QUERY.features)
    torch.testing.assert_close(adapted(context, SUPPORT).logits(QUERY.features), expected)


def test_in_full_context_a_class_is_seen_beside_the_others() -> None:
    learner = stirred(matching_in_context())
    other = LabeledSet(SUPPORT.features.clone(), SUPPORT.labels, SUPPORT.class_names)
    other.features[SUPPORT.labels == 2] += 1.0
    for full_context in (True, False):
        learner.configure({"full_context": full_context})
        before, after = (adapted(learner, support).logits(QUERY.features) for support in (SUPPORT, other))
        gaps = [(logits[:, 0] - logits[:, 1]) for logits in (before, after)]
        assert torch.allclose(*gaps, rtol=1e-4, atol=1e-5) != full_context


def test_a_classifier_keeps_the_option_it_was_adapted_with() -> None:
    learner = stirred(matching_in_context())
    classifier = adapted(learner, SUPPORT)
    expected = classifier.logits(QUERY.features)
    learner.configure({"full_context": False})
    assert torch.equal(classifier.logits(QUERY.features), expected)
    assert not torch.equal(adapted(learner, SUPPORT).logits(QUERY.features), expected)


def gates(cell: nn.LSTMCell, seen: Tensor, hidden: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
    """An LSTM cell as the textbooks write it."""
    summed = cell.weight_ih @ seen + cell.bias_ih + cell.weight_hh @ hidden + cell.bias_hh
    enter, forget, new, leave = summed.chunk(4)
    memory = forget.sigmoid() * memory + enter.sigmoid() * new.tanh()
    return leave.sigmoid() * memory.tanh(), memory


def test_a_query_looks_at_the_examples_as_in_the_papers_appendix() -> None:
    torch.manual_seed(0)
    context = FullContext(DIMENSION)
    nn.init.normal_(context.up_query.weight)
    query, memory = torch.randn(DIMENSION), torch.randn(4, CONTEXT)
    projected = context.down(query)
    hidden, cell = projected, torch.zeros(CONTEXT)
    for _ in range(STEPS):
        attention = torch.stack([hidden @ example for example in memory]).softmax(dim=0)
        read = sum((a * example for a, example in zip(attention, memory, strict=True)), torch.zeros(CONTEXT))
        out, cell = gates(context.attending, torch.cat([projected, read]), hidden, cell)
        hidden = out + projected
    expected = query + context.up_query(hidden - projected)
    torch.testing.assert_close(context.of_queries(query[None], memory)[0], expected)


# --- relation networks ------------------------------------------------------------------------


def test_a_relation_is_a_network_on_class_query_and_their_squared_differences() -> None:
    torch.manual_seed(0)
    learner = RelationNetwork(BACKBONE)
    support, query = learner.embed_episode(Episode(SUPPORT, QUERY)).support, learner.embedding(QUERY.features)
    for row, picture in enumerate(query):
        for label in range(3):
            mean = support.features[support.labels == label].mean(dim=0)
            together = torch.cat([mean, picture, (mean - picture).square()])
            expected = learner.rest(learner.first(together))[0]
            torch.testing.assert_close(learner.compare(support, query)[row, label], expected)


def test_relations_with_many_classes_are_computed_for_some_of_them_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learner = RelationNetwork(BACKBONE)
    expected = learner.compare(SUPPORT, QUERY.features)
    pieces: list[int] = []
    learner.rest.register_forward_pre_hook(lambda module, hidden: pieces.append(hidden[0].shape[1]))
    monkeypatch.setattr(relation, "MAX_HIDDEN_VALUES", 6 * 2 * relation.HIDDEN)
    torch.testing.assert_close(learner.compare(SUPPORT, QUERY.features), expected)
    assert pieces == [2, 1]


def test_relations_are_trained_towards_one_and_zero() -> None:
    torch.manual_seed(0)
    learner, episode = RelationNetwork(BACKBONE), Episode(SUPPORT, QUERY)
    relations = learner.query_logits(episode).sigmoid()
    errors = [
        (relations[row, label] - float(label == QUERY.labels[row])) ** 2
        for row in range(6)
        for label in range(3)
    ]
    torch.testing.assert_close(learner.meta_loss(episode), torch.stack(errors).mean())
