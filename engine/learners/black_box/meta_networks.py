"""Meta Networks (Munkhdalai & Yu 2017): fast weights, written from gradients, beside slow ones."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.black_box.base import BlackBoxLearner
from engine.learners.recipe import Recipe

HIDDEN = 64


class FastWeights(nn.Module):
    """Gradients [...] → fast weights [...], each coordinate by itself through the same small network.

    It starts as one step of gradient descent at `rate`; the network, zero at first, sees the gradient
    and its magnitude on a scale on which small ones differ too.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = nn.Parameter(torch.tensor(rate))
        self.hidden = nn.Linear(2, 16)
        self.out = nn.Linear(16, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, gradient: Tensor) -> Tensor:
        """See the class."""
        seen = torch.stack([gradient, (1000 * gradient).asinh() / 7], dim=-1)
        correction: Tensor = self.out(F.relu(self.hidden(seen))).squeeze(-1)
        return correction - self.rate * gradient


class State(NamedTuple):
    """What was read.

    `fast` are the fast weights of the representation. The memory has a row for each example: its
    representation `keys` [n, width] of unit length, and the fast weights that its own loss gives to the
    base learner's row of its own class, `own` [n, width], and to that of every other, `other` [n, width].
    `one_hot` [n, way] are the labels, `prior` [n] minus the logarithm of the shots of each class.
    """

    fast: list[Tensor]
    keys: Tensor
    own: Tensor
    other: Tensor
    one_hot: Tensor
    prior: Tensor


class MetaNetworks(BlackBoxLearner):
    """Fast weights of the representation from all examples, of the base learner from each (their section 3).

    The base learner's slow rows are one row for all classes, so they cancel in the softmax and are left
    out; the gradient at them is (1/way − hit) times the representation.
    """

    facts = LearnerFacts(
        name="meta-networks",
        title="Meta networks",
        family="black box",
        paper="Munkhdalai & Yu 2017, arXiv:1703.00837",
        summary="Turns the gradients of the examples into fast weights, and picks those that fit a picture.",
        limits="The gradients of few examples are noisy advice; it leans on what meta-training saw.",
        meta_training="required",
    )
    recipe = Recipe()

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone)
        width = self.encoder.width
        self.slow = nn.ParameterList(
            [torch.randn(HIDDEN, width) * (2 / width) ** 0.5, torch.zeros(width, HIDDEN)]
        )
        self.of_representation = FastWeights(0.1)
        self.of_base = FastWeights(0.3)
        self.temperature = nn.Parameter(torch.tensor(0.05))
        self.sharpness = nn.Parameter(torch.tensor(10.0))

    def represent(self, encoded: Tensor, fast: list[Tensor] | None) -> Tensor:
        """Encodings [n, width] → [n, width]: each layer adds its activations under slow and fast weights."""
        x = encoded
        for depth, slow in enumerate(self.slow):
            layers = [slow] if fast is None else [slow, fast[depth]]
            signals = [x @ weights.T for weights in layers]
            x = torch.stack([F.relu(signal) if depth == 0 else signal for signal in signals]).sum(dim=0)
        return encoded + x

    def read(self, support: LabeledSet) -> State:
        """Write the fast weights."""
        one_hot = support.one_hot()
        shots = one_hot.sum(dim=0)
        encoded = self.encoder(support.features)
        fast = self._fast_representation(encoded, support.labels, one_hot / shots)
        representation = self.represent(encoded, fast)
        way = support.n_way
        own, other = ((1 / way - hit) * representation for hit in (1, 0))
        return State(
            fast,
            F.normalize(representation, dim=1),
            self.of_base(own),
            self.of_base(other),
            one_hot,
            -shots.log()[support.labels],
        )

    def _fast_representation(self, encoded: Tensor, labels: Tensor, share: Tensor) -> list[Tensor]:
        wants_graph = torch.is_grad_enabled()
        with torch.enable_grad():
            slow = list(self.slow)
            representation = self.represent(encoded, None)
            prototypes = share.T @ representation
            # ‖r − p‖² less ‖r‖², which is the same for every class.
            distances = prototypes.square().sum(dim=1) - 2 * representation @ prototypes.T
            losses = F.cross_entropy(-self.temperature * distances, labels, reduction="none")
            loss = (losses * share.sum(dim=1)).sum() / share.shape[1]
            gradients = torch.autograd.grad(loss, slow, create_graph=wants_graph)
        return [self.of_representation(gradient) for gradient in gradients]

    def answer(self, state: State, query: Tensor) -> tuple[Tensor, Tensor]:
        """Logits under the fast weights that the query's attention picks."""
        representation = self.represent(self.encoder(query), state.fast)
        similarity = F.normalize(representation, dim=1) @ state.keys.T
        attention = torch.softmax(self.sharpness * similarity + state.prior, dim=1)
        own = attention * (representation @ state.own.T)
        other = attention * (representation @ state.other.T)
        return own @ state.one_hot + other @ (1 - state.one_hot), representation


LEARNER = MetaNetworks
