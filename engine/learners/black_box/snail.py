"""SNAIL (Mishra et al. 2018): convolutions and attention over examples and labels."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.black_box.base import BlackBoxLearner
from engine.learners.black_box.sequence import ReadingOrder, canonical_reading, random_reading
from engine.learners.recipe import Recipe

CODE = 64
FILTERS = 16
DILATIONS = (1, 2, 4, 8, 16, 32, 64)
READS = 200
"""Examples, or one of each class if these are more. Attention takes time and memory with the square of them,
and of more it learns nothing: meta-training shows it a hundred at most."""


class DenseBlock(nn.Module):
    """A causal convolution of two taps `dilation` apart, gated, beside its input (their figure 2a).

    x [orders, n, channels] → [orders, n, channels + FILTERS].
    """

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.now = nn.Linear(channels, 2 * FILTERS)
        self.before = nn.Linear(channels, 2 * FILTERS, bias=False)

    def read(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The sequence after this block, and the one element that its successor convolves with."""
        padded = F.pad(x, (0, 0, self.dilation, 0))
        n = x.shape[1]
        return self.answer(x, padded[:, :n]), padded[:, n : n + 1]

    def answer(self, x: Tensor, before: Tensor) -> Tensor:
        """Elements x after this block, where `before` is `dilation` places before each."""
        signal, gate = (self.now(x) + self.before(before)).chunk(2, dim=2)
        return torch.cat([x, signal.tanh() * gate.sigmoid()], dim=2)


class AttentionBlock(nn.Module):
    """What an element finds among those before it, beside itself (Mishra et al. 2018, fig. 2b).

    x [orders, n, channels] → [orders, n, channels + values]. An element may find nothing: there is always
    a zero to be found beside the others, and the first has only that.
    """

    def __init__(self, channels: int, keys: int, values: int) -> None:
        super().__init__()
        self.key = nn.Linear(channels, keys)
        self.query = nn.Linear(channels, keys)
        self.value = nn.Linear(channels, values)

    def read(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """The sequence after this block, and the keys and values that its successors search."""
        memory = (F.pad(self.key(x), (0, 0, 1, 0)), F.pad(self.value(x), (0, 0, 1, 0)))
        n = x.shape[1]
        later = torch.ones(n, n + 1, dtype=torch.bool, device=x.device).triu(1)
        mask = torch.zeros_like(later, dtype=x.dtype).masked_fill(later, -math.inf)
        return self._attend(x, memory, mask), memory

    def answer(self, x: Tensor, memory: tuple[Tensor, Tensor]) -> Tensor:
        """Elements x after this block, each of which may search all of `memory`."""
        return self._attend(x, memory, None)

    def _attend(self, x: Tensor, memory: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        found = F.scaled_dot_product_attention(self.query(x), *memory, attn_mask=mask)
        return torch.cat([x, found], dim=2)


class State(NamedTuple):
    """What was read: per block what the next element needs of it, and the label codes [orders, way, CODE]."""

    memories: list[Any]
    codes: Tensor


class SNAIL(BlackBoxLearner):
    """Attention, temporal convolutions, attention, convolutions, attention, and a linear layer.

    An element is an encoding beside the code of its label, which is zero for the query. The output
    of the network is compared with the code of each class.
    """

    facts = LearnerFacts(
        name="snail",
        title="SNAIL",
        family="black box",
        paper="Mishra, Rohaninejad, Chen & Abbeel 2018, arXiv:1707.03141",
        summary="Reads the examples as a sequence and remembers them by convolution and attention.",
        limits="Sure of what it has learnt about learning, so poor on unlike pictures. "
        "Reads at most 200 examples, and of a class no more than the middle one has.",
        meta_training="required",
    )
    recipe = Recipe(learning_rate=5e-4, steps=4000)

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone)
        width = self.encoder.width
        channels = width + CODE
        self.blocks = nn.ModuleList()
        for keys, values in ((CODE, width), (width, CODE)):
            self.blocks.append(AttentionBlock(channels, keys, values))
            channels += values
            for dilation in DILATIONS:
                self.blocks.append(DenseBlock(channels, dilation))
                channels += FILTERS
        self.blocks.append(AttentionBlock(channels, width, CODE))
        channels += CODE
        self.out = nn.Linear(channels, CODE)
        self.scale = nn.Parameter(torch.tensor(10.0))
        self._look_up_labels_at_first()

    @property
    def _blocks(self) -> list[DenseBlock | AttentionBlock]:
        return [*self.blocks]

    def _look_up_labels_at_first(self) -> None:
        """The first block gathers what came before of an example's class, the last looks up labels."""
        first, last, width = self._blocks[0], self._blocks[-1], self.encoder.width
        assert isinstance(first, AttentionBlock)
        assert isinstance(last, AttentionBlock)
        encoding, label = slice(width), slice(width, width + CODE)
        with torch.no_grad():
            for layer in (first.key, first.query, first.value, last.key, last.query, last.value, self.out):
                layer.weight.zero_()
                layer.bias.zero_()
            first.key.weight[:, label] = torch.eye(CODE) * 7.0
            first.query.weight[:, label] = torch.eye(CODE) * 7.0
            first.value.weight[:, encoding] = torch.eye(width)
            last.key.weight[:, encoding] = torch.eye(width) * 1.5
            last.query.weight[:, encoding] = torch.eye(width)
            last.value.weight[:, label] = torch.eye(CODE)
            self.out.weight[:, -CODE:] = torch.eye(CODE)

    def read(self, support: LabeledSet) -> State:
        """The support goes through all blocks once; each leaves behind what a later element needs."""
        encoded = self.encoder(support.features)
        reading = self._reading(encoded, support)
        x = torch.cat([encoded[reading.examples], reading.labels(support.labels)], dim=2)
        memories = []
        for block in self._blocks:
            x, memory = block.read(x)
            memories.append(memory)
        return State(memories, reading.codes)

    def _reading(self, encoded: Tensor, support: LabeledSet) -> ReadingOrder:
        if self.training:
            return random_reading(support.labels, support.n_way, CODE)
        reading = canonical_reading(encoded, support.labels, support.n_way, CODE)
        return reading.first(max(READS, support.n_way))

    def answer(self, state: State, query: Tensor) -> tuple[Tensor, Tensor]:
        """Each query as the last element of the sequence; its embedding is its output in every order."""
        encoded = self.encoder(query)
        x = F.pad(encoded, (0, CODE)).expand(len(state.codes), -1, -1)
        for block, memory in zip(self._blocks, state.memories, strict=True):
            x = block.answer(x, memory)
        output = self.out(x)
        logits = self.scale * output @ state.codes.mT
        return logits.mean(dim=0), output.transpose(0, 1).flatten(1)


LEARNER = SNAIL
