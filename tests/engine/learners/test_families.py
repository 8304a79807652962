"""What is particular to a family or an algorithm: exact numbers, gradients, optimisers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.func import functional_call

from engine.backbones.base import get_backbone
from engine.backbones.conv4 import SIZE, Conv4, TaskConv4
from engine.backbones.normalization import TaskBatchNorm2d
from engine.episodes import Episode, LabeledSet
from engine.learners.base import LearnerFacts, MetaLearner
from engine.learners.black_box.base import BlackBoxLearner
from engine.learners.gradient.base import Parameters
from engine.learners.gradient.maml import MAML
from engine.learners.held_out import folds
from engine.learners.metric.prototypical import PrototypicalNetwork
from tests.engine.tasks import adapted, embeddings, images, names

CONV4 = get_backbone("conv4")


# --- examples judged by the others ------------------------------------------------------------


def test_which_examples_are_left_out_together_follows_from_their_contents_alone() -> None:
    support, shuffled = (
        embeddings([9, 4, 7], 12),
        torch.randperm(20, generator=torch.Generator().manual_seed(1)),
    )
    one, other = (list(folds(these, 4)) for these in (support, support.take(shuffled)))
    assert [mask[shuffled].tolist() for mask in one] == [mask.tolist() for mask in other]


@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.integers(2, 6), st.randoms())
def test_folds_leave_out_each_example_once_and_no_class_altogether(
    shots: list[int], count: int, random: object
) -> None:
    labels = [label for label, n in enumerate(shots) for _ in range(n)]
    random.shuffle(labels)  # type: ignore[attr-defined]
    support = LabeledSet(torch.zeros(len(labels), 1), torch.tensor(labels), names(len(shots)))
    masks = list(folds(support, count))
    assert len(masks) <= count
    times = sum((mask.int() for mask in masks), start=torch.zeros(len(labels), dtype=torch.int32))
    alone = torch.tensor([shots[label] == 1 for label in labels])
    assert torch.equal(times, (~alone).int())
    for mask in masks:
        assert mask.any()
        assert min(support.take(~mask).shots) >= 1
    for label in range(len(shots)):
        sizes = [support.take(mask).shots[label] for mask in masks]
        if shots[label] > 1:
            sizes += [0] * (count - len(masks))
            assert max(sizes) - min(sizes) <= 1


# --- metric -----------------------------------------------------------------------------------


def on_a_plane() -> LabeledSet:
    """Two examples around (1, 0) and one at (0, 4)."""
    return LabeledSet(torch.tensor([[0.0, 0], [2, 0], [0, 4]]), torch.tensor([0, 0, 1]), ("a", "b"))


def test_a_prototypical_logit_is_minus_the_squared_distance_without_the_shot_bias() -> None:
    classifier = adapted(PrototypicalNetwork(CONV4, nn.Identity()), on_a_plane())
    logits = classifier.logits(torch.tensor([[1.0, 1.0], [0.0, 4.0]]))
    # The examples of “a” lie 1 from their mean, so σ² is 2: half of it is excess there, and all of it at “b”.
    torch.testing.assert_close(logits, torch.tensor([[-1.0 + 1, -10.0 + 2], [-17.0 + 1, 0.0 + 2]]))


def test_a_prototypical_step_judges_each_example_by_the_others() -> None:
    (step,) = PrototypicalNetwork(CONV4, nn.Identity()).adapt(on_a_plane())
    # (0, 0) is judged by (2, 0) and (0, 4), (2, 0) by (0, 0) and (0, 4); “b” has no other example.
    logits = torch.tensor([[-4.0, -16.0], [-4.0, -20.0]])
    assert step.kind == "leave-one-out"
    assert step.loss == pytest.approx(F.cross_entropy(logits, torch.tensor([0, 0])).item())
    assert step.accuracy == 1.0


def test_single_examples_can_only_be_judged_by_themselves() -> None:
    (step,) = PrototypicalNetwork(CONV4, nn.Identity()).adapt(on_a_plane().take(torch.tensor([0, 2])))
    assert step.kind == "support"


def test_far_away_embeddings_keep_their_small_differences() -> None:
    support = LabeledSet(torch.tensor([[1e4, 0.0], [1e4, 1.0]]), torch.tensor([0, 1]), ("a", "b"))
    logits = adapted(PrototypicalNetwork(CONV4, nn.Identity()), support).logits(support.features)
    torch.testing.assert_close(logits, torch.tensor([[0.0, -1.0], [-1.0, 0.0]]))


def test_a_metric_learner_carries_the_network_it_trains() -> None:
    learner = PrototypicalNetwork(CONV4, Conv4()).eval()
    support = images([2, 2], CONV4)
    classifier = adapted(learner, support)
    assert classifier.embed(support.features).shape == (4, CONV4.dimension)
    torch.testing.assert_close(
        classifier.logits(support.features), learner.query_logits(Episode(support, support)).detach()
    )


def test_a_network_learns_about_the_same_in_the_precision_of_training() -> None:
    torch.manual_seed(0)
    learner, episode = (
        PrototypicalNetwork(CONV4, Conv4()),
        Episode(images([2, 2], CONV4), images([2, 2], CONV4)),
    )
    with torch.no_grad():
        learner.train().query_logits(episode)  # the moments of batch norm
        exact = learner.eval().query_logits(episode)
    assert learner.embed_for_training(episode.support.features).dtype == torch.float32
    for module in learner.embedding.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    learner.training = True
    logits = learner.query_logits(episode)
    torch.testing.assert_close(logits, exact, rtol=0.05, atol=0.05 * float(exact.abs().max()))
    assert torch.autograd.grad(logits.sum(), next(learner.parameters()))[0].isfinite().all()


# --- gradient: MAML ---------------------------------------------------------------------------


def maml_in_double_precision(steps: int) -> tuple[MAML, Episode]:
    torch.manual_seed(0)
    learner = MAML(CONV4).double()
    learner.training_steps = steps
    support, query = images([2, 1, 2], CONV4), images([2, 2, 2], CONV4, examples_seed=1)
    return learner, Episode(in_double(support), in_double(query))


def in_double(examples: LabeledSet) -> LabeledSet:
    return replace(examples, features=examples.features.double())


def slope(loss: Callable[[], Tensor], parameters: Sequence[Tensor], direction: Sequence[Tensor]) -> float:
    """The derivative of the loss along a direction, by central finite differences."""
    step, losses = 1e-8, []  # so small that hardly a ReLU changes its mind in between
    with torch.no_grad():
        for sign in (+1, -2):  # forth by one step, then back by two
            for parameter, along in zip(parameters, direction, strict=True):
                parameter += sign * step * along
            with torch.enable_grad():
                losses.append(loss().item())
        for parameter, along in zip(parameters, direction, strict=True):
            parameter += step * along
    return (losses[0] - losses[1]) / (2 * step)


def test_second_order_gradients_agree_with_finite_differences() -> None:
    learner, episode = maml_in_double_precision(steps=2)
    parameters = list(learner.parameters())
    gradients = torch.autograd.grad(learner.meta_loss(episode), parameters)
    direction = [torch.randn_like(parameter) for parameter in parameters]
    along = sum(float((g * d).sum()) for g, d in zip(gradients, direction, strict=True))
    by_differences = slope(lambda: learner.meta_loss(episode), parameters, direction)
    assert along == pytest.approx(by_differences, rel=1e-6)


def test_second_order_gradients_are_not_those_of_first_order() -> None:
    learner, episode = maml_in_double_precision(steps=2)
    weight = learner.network.get_parameter("convolutions.3.weight")
    (second_order,) = torch.autograd.grad(learner.meta_loss(episode), [weight])
    *_, last = learner.inner_loop(episode.support, learner.training_steps, differentiable=False)
    query = learner.predict(last.parameters, episode.query.features, last.support.context)
    loss = F.cross_entropy(query.logits, episode.query.labels)
    (first_order,) = torch.autograd.grad(loss, [last.parameters["convolutions.3.weight"]])
    assert (second_order - first_order).norm() > 0.01 * first_order.norm()


def test_vmapped_second_order_gradients_agree_with_a_loop_over_tasks() -> None:
    torch.manual_seed(0)
    network = TaskConv4(Conv4()).double()
    start = {name: parameter.detach() for name, parameter in network.named_parameters()}
    supports, queries = torch.randn(2, 3, 4, 1, SIZE, SIZE, dtype=torch.float64)

    def outer_loss(parameters: Parameters, support: Tensor, query: Tensor) -> Tensor:
        def inner_loss(parameters: Parameters) -> Tensor:
            embedding: Tensor = functional_call(network, parameters, (support,))[0]
            return embedding.square().mean()

        gradients = torch.func.grad(inner_loss)(parameters)
        moved = {name: value - 0.4 * gradients[name] for name, value in parameters.items()}
        moments = functional_call(network, moved, (support,))[1]
        embedding: Tensor = functional_call(network, moved, (query, moments))[0]
        return embedding.sin().mean()

    meta_gradient = torch.func.grad(outer_loss)
    together = torch.vmap(meta_gradient, in_dims=(None, 0, 0))(start, supports, queries)
    for number, (support, query) in enumerate(zip(supports, queries, strict=True)):
        for name, gradient in meta_gradient(start, support, query).items():
            torch.testing.assert_close(together[name][number], gradient, rtol=1e-8, atol=1e-12)


def test_task_batch_norm_without_a_prior_is_ordinary_batch_norm() -> None:
    x = torch.randn(5, 3, 4, 4) * 3 + 2
    norm = TaskBatchNorm2d(3, prior=1e-12)
    normalised, (mean, variance) = norm(x, None)
    torch.testing.assert_close(normalised, F.batch_norm(x, None, None, training=True))
    again, _ = norm(x[:1], (mean, variance))
    torch.testing.assert_close(again, normalised[:1])


def trained_batch_norm() -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(3, momentum=None)
    norm(torch.randn(50, 3, 4, 4) * 3 + 2)
    nn.init.normal_(norm.weight)
    return norm.eval()


def test_with_an_endless_prior_it_is_the_trained_batch_norm_in_use() -> None:
    norm, x = trained_batch_norm(), torch.randn(5, 3, 4, 4)
    torch.testing.assert_close(TaskBatchNorm2d.of(norm, prior=1e12)(x, None)[0], norm(x))


def test_the_population_counts_as_so_many_pictures() -> None:
    norm = TaskBatchNorm2d.of(trained_batch_norm(), prior=15.0)
    own, population = torch.randn(5, 3, 4, 4) + 1, torch.randn(15, 3, 4, 4) - 1
    with torch.no_grad():
        variance, mean = torch.var_mean(population, dim=(0, 2, 3), correction=0)
        norm.population_mean.copy_(mean)
        norm.population_log_variance.copy_(variance.log())
    expected_variance, expected_mean = torch.var_mean(
        torch.cat([own, population]), dim=(0, 2, 3), correction=0
    )
    _, (mean, variance) = norm(own, None)
    torch.testing.assert_close(mean, expected_mean)
    torch.testing.assert_close(variance, expected_variance)


def test_mamls_classes_start_alike() -> None:
    support = images([1] * 7, CONV4)
    first = next(MAML(CONV4).adapt(support))
    logits = first.classifier.logits(support.features)
    torch.testing.assert_close(logits, logits[:, :1].expand(-1, 7))
    assert first.loss == pytest.approx(torch.tensor(7.0).log().item(), rel=1e-5)


def test_maml_adapts_a_head_where_the_backbone_is_frozen() -> None:
    frozen = replace(CONV4, task_network=None, dimension=16)
    assert (MAML.takes(CONV4), MAML.takes(frozen)) == ("images", "embeddings")
    learner, support = MAML(frozen), embeddings([3, 1, 2], 16)
    first, *_, last = learner.adapt(support)
    assert last.loss < first.loss
    assert last.classifier.embed(support.features).shape == (6, 16)


def test_the_moments_of_the_population_are_no_weights_that_a_task_adapts() -> None:
    learner, support = MAML(CONV4), images([2, 2], CONV4)
    first, *_, last = (inner.parameters for inner in learner.inner_loop(support, 2, differentiable=False))
    changed = {name.rpartition(".")[2] for name in first if not torch.equal(first[name], last[name])}
    assert changed == {"weight", "bias"}


# --- black box --------------------------------------------------------------------------------


class SetEncoder(BlackBoxLearner):
    """The least that a black box can be: reads the means of encoded examples, answers by dot products."""

    facts = LearnerFacts("set-encoder", "Set encoder", "black box", "", "", "", True)

    def __init__(self) -> None:
        super().__init__(replace(get_backbone("conv4"), dimension=8))
        self.reads = 0

    def read(self, support: LabeledSet) -> Tensor:
        self.reads += 1
        share = support.one_hot() / support.one_hot().sum(dim=0)
        means: Tensor = share.T @ self.encoder(support.features)
        return means

    def answer(self, state: Tensor, query: Tensor) -> tuple[Tensor, Tensor]:
        encoded = self.encoder(query)
        return encoded @ state.T, encoded


def test_a_black_box_reads_once_and_answers_often() -> None:
    learner, support = SetEncoder(), embeddings([2, 1, 3], 8)
    (step,) = learner.adapt(support)
    assert (step.step, step.total_steps, step.kind) == (1, 1, "support")
    answers = [step.classifier.logits(support.features) for _ in range(3)]
    assert learner.reads == 1
    assert answers[0].shape == (6, 3)
    assert step.classifier.embed(support.features).shape == (6, 8)
    assert step.loss == pytest.approx(F.cross_entropy(answers[0], support.labels).item())


def test_a_black_box_needs_an_example_of_each_class_too() -> None:
    with pytest.raises(Exception, match="“class 1”"):
        next(SetEncoder().adapt(embeddings([2, 0, 3], 8)))


# --- meta-training ----------------------------------------------------------------------------


def few_episodes(takes: str, seeds: range) -> list[Episode]:
    if takes == "embeddings":
        return [
            Episode(embeddings([2] * 4, 8, seed), embeddings([3] * 4, 8, seed, examples_seed=1))
            for seed in seeds
        ]
    return [
        Episode(images([1] * 5, CONV4, seed), images([3] * 5, CONV4, seed, examples_seed=1)) for seed in seeds
    ]


def outer_loss(learner: MetaLearner, episodes: Sequence[Episode]) -> float:
    return sum(learner.meta_loss(episode).item() for episode in episodes) / len(episodes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "takes"),
    [
        (lambda: PrototypicalNetwork(CONV4, Conv4()), "images"),
        (lambda: MAML(CONV4), "images"),
        (SetEncoder, "embeddings"),
    ],
    ids=["metric", "gradient", "black box"],
)
def test_meta_steps_lower_the_outer_loss(build: Callable[[], MetaLearner], takes: str) -> None:
    torch.manual_seed(0)
    learner, episodes = build(), few_episodes(takes, range(2))
    before = outer_loss(learner, episodes)
    optimizer = torch.optim.Adam(learner.parameters(), lr=5e-3)
    for _ in range(10):
        learner.meta_step(episodes, optimizer)
    assert outer_loss(learner, episodes) < 0.85 * before


@pytest.mark.slow
def test_meta_training_helps_with_characters_never_seen() -> None:
    torch.manual_seed(0)
    learner, unseen = PrototypicalNetwork(CONV4, Conv4()), few_episodes("images", range(1000, 1005))
    before = outer_loss(learner, unseen)
    optimizer = torch.optim.Adam(learner.parameters(), lr=1e-2)
    for step in range(30):
        learner.meta_step(few_episodes("images", range(step, step + 1)), optimizer)
    assert outer_loss(learner, unseen) < 0.5 * before


def test_a_meta_step_descends_the_mean_gradient_of_its_tasks() -> None:
    torch.manual_seed(0)
    learner, episodes = SetEncoder(), few_episodes("embeddings", range(3))
    before = [parameter.clone() for parameter in learner.parameters()]
    mean = torch.stack([learner.meta_loss(episode) for episode in episodes]).mean()
    gradients = torch.autograd.grad(mean, list(learner.parameters()))
    loss = learner.meta_step(episodes, torch.optim.SGD(learner.parameters(), lr=0.5))
    assert loss == pytest.approx(mean.item())
    for parameter, old, gradient in zip(learner.parameters(), before, gradients, strict=True):
        torch.testing.assert_close(parameter.detach(), old - 0.5 * gradient)
