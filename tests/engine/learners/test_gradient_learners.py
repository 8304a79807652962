"""The gradient family by exact numbers: what is differentiated, what is adapted, and how far."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.backbones.base import Backbone, get_backbone
from engine.backbones.normalization import POPULATION, TaskBatchNorm2d
from engine.episodes import Episode, LabeledSet
from engine.learners.base import LearnerFacts, MetaLearner
from engine.learners.gradient.adamw import AdamW
from engine.learners.gradient.anil import ANIL
from engine.learners.gradient.base import GradientLearner, Parameters, Prediction
from engine.learners.gradient.fine_tuning import FineTuning
from engine.learners.gradient.fomaml import FirstOrderMAML
from engine.learners.gradient.maml import MAML
from engine.learners.gradient.meta_lstm import MetaLSTM, preprocessed
from engine.learners.gradient.meta_sgd import MetaSGD
from engine.learners.gradient.network import HEAD, NetworkLearner
from engine.learners.gradient.proto_maml import ProtoMAML
from engine.learners.gradient.reptile import Reptile
from tests.engine.tasks import adapted, embeddings, names

SIZE = 6
FILTERS = (3, 4)


class TwoBlocks(nn.Module):
    """Like Conv4's task network, but with two blocks and for pictures of 6×6."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList([nn.Conv2d(1, 3, 3, 2, 1), nn.Conv2d(3, 4, 3, 2, 1)])
        self.norms = nn.ModuleList(TaskBatchNorm2d(filters, prior=3.0) for filters in FILTERS)
        for norm in self.norms:
            nn.init.normal_(norm.population_mean, std=0.2)
            nn.init.normal_(norm.population_log_variance, mean=-1.0, std=0.2)

    def forward(self, images: Tensor, moments: Sequence[Any] | None = None) -> tuple[Tensor, list[Any]]:
        x, used = images, []
        for block, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            x, own = norm(convolution(x), None if moments is None else moments[block])
            x = F.softplus(x)  # smooth, so that finite differences are exact
            used.append(own)
        return x.flatten(1), used


FROZEN = dataclasses.replace(get_backbone("conv4"), task_network=None, dimension=16)
WHOLE = dataclasses.replace(get_backbone("conv4"), task_network=TwoBlocks, dimension=16)

ADAPTING = (MAML, FirstOrderMAML, ProtoMAML, MetaSGD, Reptile, FineTuning)
ON_EMBEDDINGS = (ANIL, MetaLSTM)
CASES = [
    *(pytest.param(kind, FROZEN, id=f"{kind.facts.name} on embeddings") for kind in ADAPTING + ON_EMBEDDINGS),
    *(pytest.param(kind, WHOLE, id=f"{kind.facts.name} on images") for kind in ADAPTING),
]
every_case = pytest.mark.parametrize(("kind", "backbone"), CASES)
"""Every learner of the family, with each kind of backbone that it treats in its own way."""


def built(kind: type[MetaLearner], backbone: Backbone) -> Any:
    """A learner as it is before meta-training, in double precision: what is equal is equal to the bit."""
    torch.manual_seed(0)
    learner = kind(backbone).eval().double()
    learner.init_statistics(torch.zeros(1, backbone.dimension, dtype=torch.float64))
    return learner


def examples(
    kind: type[MetaLearner], backbone: Backbone, shots: Sequence[int], seed: int = 0, examples_seed: int = 0
) -> LabeledSet:
    """Classes are points, or pictures; examples lie around them."""
    images = kind.takes(backbone) == "images"
    drawn = embeddings(shots, SIZE * SIZE if images else backbone.dimension, seed, examples_seed)
    shape = (-1, 1, SIZE, SIZE) if images else drawn.features.shape
    return dataclasses.replace(drawn, features=drawn.features.double().reshape(shape))


def an_episode(kind: type[MetaLearner], backbone: Backbone, noise: float = 0.0) -> Episode:
    support = examples(kind, backbone, [2, 1, 2])
    query = examples(kind, backbone, [2, 2, 2], examples_seed=1)
    noisy = query.features + noise * torch.randn(query.features.shape, dtype=torch.float64)
    return Episode(support, dataclasses.replace(query, features=noisy))


def gradients_of(loss: Tensor, learner: nn.Module) -> Parameters:
    parameters = dict(learner.named_parameters())
    gradients = torch.autograd.grad(loss, list(parameters.values()))
    return dict(zip(parameters, gradients, strict=True))


def same_start(kind: type[NetworkLearner], other: NetworkLearner, backbone: Backbone) -> Any:
    """A learner of another kind with the network of `other`."""
    learner = built(kind, backbone)
    learner.network.load_state_dict(other.network.state_dict())
    return learner


# --- orders of differentiation ----------------------------------------------------------------


@every_case
def test_the_inner_loop_takes_the_same_steps_in_meta_training_as_in_use(
    kind: type[GradientLearner], backbone: Backbone
) -> None:
    """Also where the head is made of the network: its inner gradient is not that of the prototypes."""
    learner = built(kind, backbone)
    support = learner._represented(examples(kind, backbone, [2, 1, 2]))
    in_use, in_training = (
        [step.parameters for step in learner.inner_loop(support, 3, differentiable=differentiable)]
        for differentiable in (False, True)
    )
    for used, trained in zip(in_use, in_training, strict=True):
        for name, value in used.items():
            torch.testing.assert_close(trained[name].detach(), value.detach())


@pytest.mark.parametrize("backbone", [FROZEN, WHOLE], ids=["embeddings", "images"])
def test_the_first_order_gradient_is_that_at_the_end_of_the_inner_loop(backbone: Backbone) -> None:
    learner, episode = built(FirstOrderMAML, backbone), an_episode(MAML, backbone)
    gradients = gradients_of(learner.meta_loss(episode), learner.network)
    *_, last = learner.inner_loop(episode.support, learner.training_steps, differentiable=False)
    prediction = learner.predict(last.parameters, episode.query.features, last.support.context)
    loss = F.cross_entropy(prediction.logits, episode.query.labels)
    adapting = [name for name in gradients if not name.endswith(POPULATION)]
    expected = torch.autograd.grad(loss, [last.parameters[name] for name in adapting])
    assert adapting
    for name, gradient in zip(adapting, expected, strict=True):
        assert torch.equal(gradients[name], gradient), name


@pytest.mark.parametrize("backbone", [FROZEN, WHOLE], ids=["embeddings", "images"])
def test_the_second_order_gradient_is_another(backbone: Backbone) -> None:
    maml, episode = built(MAML, backbone), an_episode(MAML, backbone)
    fomaml = same_start(FirstOrderMAML, maml, backbone)
    assert torch.equal(maml.meta_loss(episode), fomaml.meta_loss(episode))
    second_order = gradients_of(maml.meta_loss(episode), maml.network)
    first_order = gradients_of(fomaml.meta_loss(episode), fomaml.network)
    apart = sum(float((second_order[name] - first_order[name]).norm()) for name in first_order)
    assert apart > 0.01 * sum(float(gradient.norm()) for gradient in first_order.values())


@pytest.mark.parametrize("kind", [MAML, ProtoMAML, MetaSGD])
def test_second_order_gradients_agree_with_finite_differences(kind: type[NetworkLearner]) -> None:
    learner, episode = built(kind, WHOLE), an_episode(kind, WHOLE)
    gradients = gradients_of(learner.meta_loss(episode), learner)
    assert {name.rpartition(".")[2] for name in gradients} >= set(POPULATION)
    direction = {name: torch.randn_like(gradient) for name, gradient in gradients.items()}
    along = sum(float((gradients[name] * direction[name]).sum()) for name in gradients)
    assert along == pytest.approx(slope(lambda: learner.meta_loss(episode), learner, direction), rel=1e-5)


def test_gradients_of_the_populations_moments_agree_with_finite_differences() -> None:
    learner, episode = built(MAML, WHOLE), an_episode(MAML, WHOLE)
    gradients = gradients_of(learner.meta_loss(episode), learner)
    for name, gradient in gradients.items():
        if name.endswith(POPULATION):
            direction = {name: torch.ones_like(gradient)}
            differences = slope(lambda: learner.meta_loss(episode), learner, direction)
            assert float(gradient.sum()) == pytest.approx(differences, rel=1e-4), name
            assert differences != 0


def slope(loss: Callable[[], Tensor], learner: nn.Module, direction: Parameters) -> float:
    """The derivative of the loss along a direction, by central finite differences."""
    step, losses = 1e-5, []
    with torch.no_grad():
        for sign in (+1, -2, +1):  # forth by one step, back by two, and home
            for name, along in direction.items():
                learner.get_parameter(name).add_(along, alpha=sign * step)
            with torch.enable_grad():
                losses.append(loss().item())
    return (losses[0] - losses[1]) / (2 * step)


# --- one algorithm is a case of another -------------------------------------------------------


@pytest.mark.parametrize("backbone", [FROZEN, WHOLE], ids=["embeddings", "images"])
def test_meta_sgd_with_one_rate_for_all_is_maml(backbone: Backbone) -> None:
    maml, episode = built(MAML, backbone), an_episode(MAML, backbone)
    meta_sgd = same_start(MetaSGD, maml, backbone)
    maml.steps = maml.training_steps = meta_sgd.steps = meta_sgd.training_steps = 3
    maml.learning_rate = 0.07
    with torch.no_grad():
        for rate in meta_sgd.rates:
            rate.fill_(0.07)
    torch.testing.assert_close(meta_sgd.query_logits(episode), maml.query_logits(episode))
    expected = gradients_of(maml.meta_loss(episode), maml.network)
    for name, gradient in gradients_of(meta_sgd.meta_loss(episode), meta_sgd.network).items():
        torch.testing.assert_close(gradient, expected[name])


def test_meta_sgd_learns_a_rate_for_each_coordinate_and_one_row_of_them_for_the_head() -> None:
    learner, episode = built(MetaSGD, FROZEN), an_episode(MetaSGD, FROZEN)
    gradients = torch.autograd.grad(learner.meta_loss(episode), list(learner.rates))
    shapes = [list(gradient.shape) for gradient in gradients]
    assert shapes == [*(list(p.shape) for p in learner.network.parameters()), [1, 16], [1]]
    assert all(gradient.abs().max() > 0 for gradient in gradients)


@pytest.mark.parametrize("backbone", [FROZEN, WHOLE], ids=["embeddings", "images"])
def test_proto_maml_without_steps_is_a_prototypical_network(backbone: Backbone) -> None:
    learner, episode = built(ProtoMAML, backbone), an_episode(ProtoMAML, backbone)
    learner.steps = learner.training_steps = 0
    classifier = adapted(learner, episode.support)
    support, query = classifier.embed(episode.support.features), classifier.embed(episode.query.features)
    means = torch.stack([support[episode.support.labels == label].mean(dim=0) for label in range(3)])
    expected = -learner.log_scale.detach().exp() * torch.cdist(query, means).square()
    for logits in (classifier.logits(episode.query.features), learner.query_logits(episode).detach()):
        constant = logits - expected
        torch.testing.assert_close(constant, constant[:, :1].expand(-1, 3))
        assert constant.std() > 0  # one for each query picture


@pytest.mark.parametrize("backbone", [FROZEN, WHOLE], ids=["embeddings", "images"])
def test_proto_maml_leaves_the_inner_loop_something_to_descend(backbone: Backbone) -> None:
    learner = built(ProtoMAML, backbone)
    support = examples(ProtoMAML, backbone, [3, 2, 3])
    first, *_, last = learner.adapt(support)
    assert 0.02 < first.loss < 2
    assert last.loss < 0.7 * first.loss
    body = [name for name in last.classifier.parameters if not name.startswith(HEAD)]
    moved = [
        last.classifier.parameters[n] - first.classifier.parameters[n] for n in body if learner.adapts(n, 0)
    ]
    assert max(difference.abs().max().item() for difference in moved) > 1e-4


def test_proto_maml_differentiates_through_its_prototypes() -> None:
    learner, episode = built(ProtoMAML, WHOLE), an_episode(ProtoMAML, WHOLE)
    learner.training_steps = 0
    start = learner.initial_parameters(episode.support)[f"{HEAD}weight"].square().sum()
    (gradient,) = torch.autograd.grad(start, [learner.network.convolutions[0].weight])
    assert gradient.abs().max() > 0


def test_the_meta_lstm_with_all_gates_fixed_is_gradient_descent() -> None:
    anil, episode = built(ANIL, FROZEN), an_episode(ANIL, FROZEN)
    lstm = same_start(MetaLSTM, anil, FROZEN)
    anil.steps = lstm.steps = 4
    anil.learning_rate = 0.15
    with torch.no_grad():
        lstm.weight.zero_()
        for gate, bias in ((lstm.forget_gate, 1000.0), (lstm.input_gate, torch.logit(torch.tensor(0.15)))):
            gate.weight.zero_()
            gate.bias.fill_(bias)
    expected = adapted(anil, episode.support).logits(episode.query.features)
    logits = adapted(lstm, episode.support).logits(episode.query.features)
    torch.testing.assert_close(logits, expected, rtol=1e-6, atol=1e-6)


# --- ANIL and the LSTM meta-learner -----------------------------------------------------------


@pytest.mark.parametrize("kind", ON_EMBEDDINGS)
def test_only_the_head_adapts_and_the_body_runs_once_a_task(kind: type[NetworkLearner]) -> None:
    learner, support = built(kind, WHOLE), examples(kind, WHOLE, [2, 1, 2])
    assert kind.takes(WHOLE) == "embeddings"
    runs = []
    learner.network.register_forward_hook(lambda *_: runs.append(1))
    first, *_, last = learner.adapt(support)
    assert len(runs) == 1
    assert last.loss < first.loss
    assert set(last.classifier.parameters) == {f"{HEAD}weight", f"{HEAD}bias"}
    before, after = (step.classifier.embed(support.features) for step in (first, last))
    assert torch.equal(before, after)


def test_meta_training_reaches_the_body_of_anil() -> None:
    learner, episode = built(ANIL, FROZEN), an_episode(ANIL, FROZEN)
    gradients = gradients_of(learner.meta_loss(episode), learner)
    assert gradients["network.up.weight"].abs().max() > 0


def test_numbers_of_all_magnitudes_are_told_to_the_lstm_by_size_and_sign() -> None:
    e = torch.tensor(10.0, dtype=torch.float64).neg().exp()  # e^−p, where the rule changes
    x = torch.stack([torch.ones_like(e), -e, e / 2, torch.zeros_like(e), e.sqrt()])
    size, sign = preprocessed(x)
    torch.testing.assert_close(size, torch.tensor([0.0, -1.0, -1.0, -1.0, -0.5], dtype=torch.float64))
    torch.testing.assert_close(sign, torch.tensor([1.0, -1.0, 0.5, 0.0, 1.0], dtype=torch.float64))


def test_the_lstm_starts_as_descent_in_small_steps_that_forgets_little() -> None:
    learner, support = built(MetaLSTM, FROZEN), examples(MetaLSTM, FROZEN, [2, 1, 2])
    before, after, *_ = (step.classifier.parameters for step in learner.adapt(support))
    cell, gradient = torch.ones(3, 16, dtype=torch.float64), torch.full((3, 16), 0.5, dtype=torch.float64)
    head = {f"{HEAD}weight": cell, f"{HEAD}bias": cell[:, 0]}
    slopes = {f"{HEAD}weight": gradient, f"{HEAD}bias": 0 * gradient[:, 0]}
    moved, gates = learner.update(head, slopes, torch.tensor(1.0, dtype=torch.float64), None)
    forget, take = gates[f"{HEAD}weight"]
    assert 0.98 < forget.min() <= forget.max() < 0.999
    assert 0.005 < take.min() <= take.max() < 0.02
    torch.testing.assert_close(moved[f"{HEAD}weight"], forget * cell - take * 3 * gradient)  # 3 classes
    assert not torch.equal(before[f"{HEAD}weight"], after[f"{HEAD}weight"])


def test_the_gates_of_the_lstm_keep_no_graph_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    learner = built(MetaLSTM, FROZEN)
    update, states = learner.update, []

    def watched(*of_the_step: Any) -> tuple[Parameters, Any]:
        changed, state = update(*of_the_step)
        states.append(state)
        return changed, state

    monkeypatch.setattr(learner, "update", watched)
    adapted(learner, an_episode(MetaLSTM, FROZEN).support)
    assert len(states) == learner.steps
    assert not any(gate.requires_grad for gates in states[-1].values() for gate in gates)


def test_the_lstm_takes_gradients_for_constants_and_its_gates_learn() -> None:
    learner, episode = built(MetaLSTM, FROZEN), an_episode(MetaLSTM, FROZEN)
    gradients = gradients_of(learner.meta_loss(episode), learner)
    assert all(gradient.abs().max() > 0 for name, gradient in gradients.items() if "gate" in name)
    *_, last = learner.inner_loop(
        dataclasses.replace(episode.support, features=learner.represent(episode.support.features)),
        2,
        differentiable=True,
    )
    (through,) = torch.autograd.grad(
        last.parameters[f"{HEAD}weight"].sum(), [learner.network.scale], allow_unused=True
    )
    assert through is None


# --- Reptile ----------------------------------------------------------------------------------


@pytest.mark.parametrize("backbone", [FROZEN, WHOLE], ids=["embeddings", "images"])
def test_reptiles_gradient_leads_from_the_solution_of_the_task_to_the_start(backbone: Backbone) -> None:
    learner, episode = built(Reptile, backbone), an_episode(Reptile, backbone)
    loss = learner.meta_loss(episode)
    gradients = gradients_of(loss, learner.network)
    together = LabeledSet(
        torch.cat([episode.support.features, episode.query.features]),
        torch.cat([episode.support.labels, episode.query.labels]),
        episode.class_names,
    )
    learner.steps = learner.training_steps
    *_, last = learner.adapt(together)
    assert loss.item() == pytest.approx(last.loss)
    for name, parameter in learner.network.named_parameters():
        moved = parameter.detach() - last.classifier.parameters[name]
        torch.testing.assert_close(gradients[name], moved)
        assert (moved.abs().max() > 0) == (not name.endswith(POPULATION)), name


def test_a_meta_step_of_plain_descent_moves_reptile_towards_the_solution() -> None:
    learner, episode = built(Reptile, FROZEN), an_episode(Reptile, FROZEN)
    start = {name: parameter.detach().clone() for name, parameter in learner.network.named_parameters()}
    towards = gradients_of(learner.meta_loss(episode), learner.network)
    learner.meta_step([episode], torch.optim.SGD(learner.parameters(), lr=0.5))
    for name, parameter in learner.network.named_parameters():
        torch.testing.assert_close(parameter.detach(), start[name] - 0.5 * towards[name])


# --- AdamW and fine-tuning --------------------------------------------------------------------


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.0, 0.999)])
def test_adamw_steps_as_torchs_does_and_lets_parameters_join_late(betas: tuple[float, float]) -> None:
    adamw = AdamW(weight_decay=0.1, betas=betas)
    theirs = {name: torch.randn(3, dtype=torch.float64, requires_grad=True) for name in ("early", "late")}
    ours = {name: parameter.detach().clone() for name, parameter in theirs.items()}
    rates = {"early": 0.1, "late": 0.01}
    groups = [{"params": [theirs[name]], "lr": rate} for name, rate in rates.items()]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.1, betas=betas)
    memory = None
    for step in range(6):
        joined = ["early"] if step < 3 else ["early", "late"]
        optimizer.zero_grad()
        for name in joined:
            theirs[name].grad = torch.randn(3, dtype=torch.float64)
        gradients = {name: theirs[name].grad for name in joined}
        changed, memory = adamw.step({name: ours[name] for name in joined}, gradients, rates, memory)
        ours |= changed
        optimizer.step()
        for name, parameter in theirs.items():
            torch.testing.assert_close(ours[name], parameter.detach())


def tuned(**options: float | bool) -> FineTuning:
    learner = built(FineTuning, WHOLE)
    learner.configure({"steps": 4, "reset_head": True, "frozen_layers": 0, "unfreeze_every": 0} | options)
    return learner


def layers_that_move(learner: FineTuning) -> list[set[str]]:
    """For each step the layers that it changes: "0" and "1" are the blocks."""
    steps = [step.classifier.parameters for step in learner.adapt(examples(FineTuning, WHOLE, [3, 2, 3]))]
    return [
        {
            "head" if name.startswith(HEAD) else name.split(".")[1]
            for name in before
            if not torch.equal(before[name], after[name])
        }
        for before, after in itertools.pairwise(steps)
    ]


@pytest.mark.parametrize(
    ("frozen", "moving"), [(0, {"0", "1", "head"}), (1, {"1", "head"}), (2, {"head"}), (4, {"head"})]
)
def test_frozen_layers_never_change(frozen: int, moving: set[str]) -> None:
    # From zero, the head has no gradient for the layers below before it has moved itself.
    assert layers_that_move(tuned(frozen_layers=frozen))[1:] == [moving] * 3


def test_layers_unfreeze_one_after_another_from_the_top() -> None:
    moving = layers_that_move(tuned(unfreeze_every=2, steps=7))
    top, all_but_one, all_of_them = {"head"}, {"head", "1"}, {"head", "1", "0"}
    assert moving == [top, top, all_but_one, all_but_one, all_of_them, all_of_them, all_of_them]


def test_a_frozen_layer_stays_frozen_when_its_turn_would_come() -> None:
    moving = layers_that_move(tuned(unfreeze_every=1, frozen_layers=1))
    assert moving == [{"head"}, {"head", "1"}, {"head", "1"}, {"head", "1"}]


def test_each_layer_below_learns_more_slowly_by_the_layer_decay() -> None:
    learner = tuned(steps=2, layer_decay=0.1, learning_rate=0.05)
    learner.adamw = AdamW(weight_decay=0.0)
    _, before, after = (
        step.classifier.parameters for step in learner.adapt(examples(FineTuning, WHOLE, [3, 2, 3]))
    )
    # At first Adam moves every coordinate equally far, whatever its gradient.
    largest = [
        (after[f"convolutions.{block}.weight"] - before[f"convolutions.{block}.weight"]).abs().max().item()
        for block in (0, 1)
    ]
    assert largest[1] == pytest.approx(10 * largest[0], rel=1e-3)
    assert 0.5 * 0.005 < largest[1] < 0.005


def test_fully_frozen_fine_tuning_is_fine_tuning_on_the_backbones_embeddings() -> None:
    learner = tuned(frozen_layers=4, steps=20)
    support, query = (examples(FineTuning, WHOLE, [2, 1, 2], examples_seed=seed) for seed in (0, 1))
    with torch.no_grad():
        moments = [
            (norm.population_mean, norm.population_log_variance.exp()) for norm in learner.network.norms
        ]
        embedded = [learner.network(each.features, moments)[0] for each in (support, query)]
    on_embeddings = built(FineTuning, FROZEN)
    on_embeddings.configure({"steps": 20, "reset_head": True})
    expected = adapted(on_embeddings, dataclasses.replace(support, features=embedded[0])).logits(embedded[1])
    assert torch.equal(adapted(learner, support).logits(query.features), expected)


def test_a_head_that_is_not_reset_starts_at_the_nearest_mean() -> None:
    for backbone, options in ((FROZEN, {}), (WHOLE, {}), (WHOLE, {"frozen_layers": 0})):
        learner = built(FineTuning, backbone)
        learner.configure({"reset_head": False, **options})
        support, query = (examples(FineTuning, backbone, [2, 1, 2], examples_seed=seed) for seed in (0, 1))
        start = next(learner.adapt(support)).classifier
        learner.reset_head = True
        plain = next(learner.adapt(support)).classifier
        own, others = plain.embed(support.features), plain.embed(query.features)
        means = torch.stack([own[support.labels == label].mean(dim=0) for label in range(3)])
        nearest = torch.cdist(others, means).argmin(dim=1)
        assert torch.equal(start.logits(query.features).argmax(dim=1), nearest)
        assert torch.equal(plain.logits(query.features), torch.zeros(5, 3, dtype=torch.float64))


def test_fine_tuning_has_nothing_to_meta_train() -> None:
    assert not list(built(FineTuning, WHOLE).parameters())
    assert FineTuning.takes(FROZEN) == "embeddings"


def test_fine_tuning_survives_examples_that_are_all_the_same() -> None:
    support = LabeledSet(torch.ones(4, 16), torch.tensor([0, 0, 1, 1]), names(2))
    assert adapted(FineTuning(FROZEN), support).logits(torch.ones(2, 16)).isfinite().all()


# --- transduction -----------------------------------------------------------------------------


def test_the_transductive_mode_judges_pictures_together() -> None:
    learner, episode = built(MAML, WHOLE), an_episode(MAML, WHOLE)
    classifier, query = adapted(learner, episode.support), episode.query.features
    together, inductive = classifier.transductive_logits(query), classifier.logits(query)
    without_the_last = classifier.transductive_logits(query[:-1])
    assert together is not None
    assert without_the_last is not None
    assert together.shape == inductive.shape
    assert not together.requires_grad
    assert not torch.allclose(together[:-1], without_the_last, rtol=1e-3)
    assert not torch.allclose(together, inductive, rtol=1e-3)
    # The support, judged together, is what it was adapted as.
    support = episode.support.features
    torch.testing.assert_close(classifier.transductive_logits(support), classifier.logits(support))


class Plain(GradientLearner):
    """The least that a gradient learner can be: a linear layer, and nothing that depends on a batch."""

    facts = LearnerFacts("plain", "Plain descent", "gradient", "", "", "", False)
    steps = training_steps = 2

    def initial_parameters(self, support: LabeledSet) -> Parameters:
        return {"weight": support.features.new_zeros(support.n_way, 16, requires_grad=True)}

    def predict(self, parameters: Parameters, features: Tensor, context: Any = None) -> Prediction:
        return Prediction(features @ parameters["weight"].T, features, None)

    def update(
        self, parameters: Parameters, gradients: Parameters, loss: Tensor, state: Any
    ) -> tuple[Parameters, Any]:
        return {name: value - gradients[name] for name, value in parameters.items()}, state


def test_a_learner_for_which_no_batch_matters_has_no_transductive_mode() -> None:
    support = examples(Plain, FROZEN, [2, 2])
    assert adapted(Plain(), support).transductive_logits(support.features) is None


# --- what holds for all of them, before they are meta-trained ---------------------------------


def assert_same(logits: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(logits, expected, rtol=1e-5, atol=1e-5 * float(expected.abs().max()))


@every_case
@pytest.mark.parametrize("way", [2, 3, 17])
def test_any_number_of_classes_and_unequal_shots_are_fine(
    kind: type[MetaLearner], backbone: Backbone, way: int
) -> None:
    support = examples(kind, backbone, [1 + label % 3 for label in range(way)])
    query = examples(kind, backbone, [1] * way, examples_seed=1)
    logits = adapted(built(kind, backbone), support).logits(query.features)
    assert logits.shape == (way, way)
    assert logits.isfinite().all()
    assert not logits.requires_grad


@every_case
def test_every_class_counts_the_same_in_what_is_descended(
    kind: type[MetaLearner], backbone: Backbone
) -> None:
    learner, support = built(kind, backbone), examples(kind, backbone, [6, 1, 2])
    for step in learner.adapt(support):
        logits = step.classifier.logits(support.features)
        losses = F.cross_entropy(logits, support.labels, reduction="none")
        of_classes = [losses[support.labels == label].mean().item() for label in range(3)]
        assert step.loss == pytest.approx(sum(of_classes) / 3)


@every_case
def test_what_is_said_of_a_picture_does_not_depend_on_its_companions(
    kind: type[MetaLearner], backbone: Backbone
) -> None:
    classifier = adapted(built(kind, backbone), examples(kind, backbone, [3, 1, 2]))
    features = examples(kind, backbone, [2, 2, 2], examples_seed=1).features
    alone = torch.cat([classifier.logits(one[None]) for one in features])
    assert_same(alone, classifier.logits(features))
    alone = torch.cat([classifier.embed(one[None]) for one in features])
    assert_same(alone, classifier.embed(features))


@every_case
def test_neither_the_order_of_the_examples_nor_that_of_the_classes_matters(
    kind: type[MetaLearner], backbone: Backbone
) -> None:
    learner, support = built(kind, backbone), examples(kind, backbone, [3, 1, 2])
    query = examples(kind, backbone, [2, 2, 2], examples_seed=1)
    expected = adapted(learner, support).logits(query.features)
    shuffled = support.take(torch.tensor([5, 0, 3, 2, 4, 1]))
    assert_same(adapted(learner, shuffled).logits(query.features), expected)
    place = torch.tensor([2, 0, 1])  # class c becomes class place[c]
    reordered = LabeledSet(support.features, place[support.labels], ("class 1", "class 2", "class 0"))
    assert_same(adapted(learner, reordered).logits(query.features)[:, place], expected)


@every_case
def test_the_examples_are_learnt_and_the_task_leaves_no_trace(
    kind: type[MetaLearner], backbone: Backbone
) -> None:
    learner, support = built(kind, backbone), examples(kind, backbone, [3, 1, 2])
    before = {name: tensor.clone() for name, tensor in learner.state_dict().items()}
    abandoned = learner.adapt(support)
    half_way = next(abandoned).classifier
    abandoned.close()
    assert half_way.logits(support.features).shape == (6, 3)
    first, *_, last = learner.adapt(support)
    assert last.loss <= first.loss
    assert torch.equal(last.classifier.logits(support.features).argmax(dim=1), support.labels)
    assert torch.equal(
        adapted(learner, support).logits(support.features), last.classifier.logits(support.features)
    )
    after = learner.state_dict()
    assert all(torch.equal(after[name], before[name]) for name in before)
    assert all(parameter.grad is None for parameter in learner.parameters())


@every_case
def test_a_saved_and_loaded_learner_says_the_same(
    kind: type[MetaLearner], backbone: Backbone, tmp_path: Path
) -> None:
    learner, support = built(kind, backbone), examples(kind, backbone, [3, 1, 2])
    learner.init_statistics(torch.randn(10, backbone.dimension, dtype=torch.float64))
    save_file(learner.state_dict(), tmp_path / "saved.safetensors")
    torch.manual_seed(5)
    loaded = kind(backbone).eval().double()
    loaded.load_state_dict(load_file(tmp_path / "saved.safetensors"))
    expected = adapted(learner, support).logits(support.features)
    assert torch.equal(adapted(loaded, support).logits(support.features), expected)


@every_case
def test_meta_training_differentiates_what_is_done_in_use(
    kind: type[MetaLearner], backbone: Backbone
) -> None:
    learner, episode = built(kind, backbone), an_episode(kind, backbone)
    learner.training_steps = learner.steps
    expected = adapted(learner, episode.support).logits(episode.query.features)
    logits = learner.query_logits(episode)
    torch.testing.assert_close(logits.detach(), expected)
    if parameters := list(learner.parameters()):
        gradients = torch.autograd.grad(learner.meta_loss(episode), parameters)
        assert all(gradient.isfinite().all() for gradient in gradients)


@pytest.mark.parametrize("kind", [kind for kind in ADAPTING + ON_EMBEDDINGS if kind is not FineTuning])
def test_meta_steps_lower_the_loss_after_adaptation(kind: type[MetaLearner]) -> None:
    learner, episode = built(kind, FROZEN), an_episode(kind, FROZEN, noise=1.0)
    optimizer = torch.optim.Adam(learner.parameters(), lr=3e-3)
    losses = [learner.meta_step([episode], optimizer) for _ in range(15)]
    assert losses[-1] < 0.9 * losses[0]
