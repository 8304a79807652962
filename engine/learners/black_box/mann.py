"""Memory-augmented neural networks (Santoro et al. 2016): an LSTM with an external memory."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import Episode, LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.black_box.base import BlackBoxLearner
from engine.learners.black_box.sequence import canonical_reading, label_codes, random_reading
from engine.learners.recipe import Recipe

CONTROLLER = 128
SLOTS = 128
KEY = CODE = 64
DECAY = 0.99
EMPTY = 0.1
"""A row much shorter than this is like no key: a slot with a trace of a key is no match for it."""


class Memory(NamedTuple):
    """`rows` [orders, SLOTS, KEY + CODE], a key and a label each, and their `usage` [orders, SLOTS]."""

    rows: Tensor
    usage: Tensor


class ControllerState(NamedTuple):
    """The controller after m elements: the LSTM's `hidden` and `cell` [orders, m, CONTROLLER], the `key`
    [orders, m, KEY] it read with, its `read` weights [orders, m, SLOTS], and the label `found` with them
    [orders, m, CODE].
    """

    hidden: Tensor
    cell: Tensor
    key: Tensor
    read: Tensor
    found: Tensor


class State(NamedTuple):
    """After the support: `shown` [orders, 1, CODE] is the last label, `codes` [orders, way, CODE] all."""

    memory: Memory
    controller: ControllerState
    shown: Tensor
    codes: Tensor


class MANN(BlackBoxLearner):
    """Least recently used access (Santoro et al. 2016, section 3.2) with one read head.

    A row is written once the label of its element is known, and holds the key beside the label's code.
    The controller starts with nothing to say: keys are encodings, answers are the labels found.
    """

    facts = LearnerFacts(
        name="mann",
        title="Memory-augmented network",
        family="black box",
        paper="Santoro et al. 2016, arXiv:1605.06065",
        summary="An LSTM writes the examples into a memory and looks pictures up in it.",
        limits="Reads at most 128 examples, of all classes alike, and of a class no more than the middle one "
        "has; leaves out the others.",
        meta_training="required",
    )
    recipe = Recipe(steps=2000)

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone)
        width = self.encoder.width
        self.controller = nn.LSTMCell(width + 2 * CODE, CONTROLLER)
        self.key = nn.Linear(width + CONTROLLER, KEY)
        self.out = nn.Linear(CONTROLLER + CODE, CODE)
        self.sharpness = nn.Parameter(torch.tensor(20.0))
        self.gate = nn.Parameter(torch.tensor([-3.0, 0.0]))
        self.scale = nn.Parameter(torch.tensor(10.0))
        with torch.no_grad():
            self.key.weight.copy_(torch.eye(KEY, width + CONTROLLER))
            self.out.weight.copy_(torch.eye(CODE, CONTROLLER + CODE).roll(CONTROLLER, dims=1))
            self.key.bias.zero_()
            self.out.bias.zero_()

    def write(self, memory: Memory, controller: ControllerState, shown: Tensor) -> Memory:
        """The memory with an element's key and label, where it was found or in the least used slot."""
        agreement = (controller.found * shown).sum(dim=2)
        gate = torch.sigmoid(self.gate[0] + self.gate[1] * agreement)
        least_used = F.one_hot(memory.usage.argmin(dim=1), SLOTS).to(shown)
        read = controller.read[:, 0]
        weights = gate * read + (1 - gate) * least_used
        kept = memory.rows * (1 - least_used)[:, :, None]
        row = torch.cat([controller.key, shown], dim=2)
        usage = DECAY * memory.usage + read + weights
        return Memory(torch.addcmul(kept, weights[:, :, None], row), usage.detach())

    def step(self, memory: Memory, controller: ControllerState, shown: Tensor, x: Tensor) -> ControllerState:
        """The next state for each of m elements x [orders, m, width] by itself, after the label `shown`."""
        orders, m, _ = x.shape
        seen = torch.cat([x, torch.cat([shown, controller.found], dim=2).expand(-1, m, -1)], dim=2)
        past = [part.expand(-1, m, -1).flatten(0, 1) for part in (controller.hidden, controller.cell)]
        hidden, cell = (part.unflatten(0, (orders, m)) for part in self.controller(seen.flatten(0, 1), past))
        key = F.normalize(self.key(torch.cat([x, hidden], dim=2)), dim=2)
        keys, labels = memory.rows[:, :, :KEY], memory.rows[:, :, KEY:]
        similarity = key @ keys.mT / (keys.norm(dim=2)[:, None] + EMPTY)
        read = torch.softmax(self.sharpness * similarity, dim=2)
        return ControllerState(hidden, cell, key, read, read @ labels)

    def readout(self, controller: ControllerState, codes: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [orders, m, way], and the output [orders, m, CODE] that is compared with the codes."""
        output = self.out(torch.cat([controller.hidden, controller.found], dim=2))
        return self.scale * output @ codes.mT, output

    def _run(self, x: Tensor, labels: Tensor) -> tuple[Memory, list[ControllerState]]:
        """The memory after x [orders, n, width] and labels [orders, n, CODE], and the state at each."""
        orders, n, _ = x.shape
        memory = Memory(x.new_zeros(orders, SLOTS, KEY + CODE), x.new_zeros(orders, SLOTS))
        sizes = (CONTROLLER, CONTROLLER, KEY, SLOTS, CODE)
        controller = ControllerState(*(x.new_zeros(orders, 1, size) for size in sizes))
        shown = x.new_zeros(orders, 1, CODE)
        states = []
        for t in range(n):
            controller = self.step(memory, controller, shown, x[:, t : t + 1])
            shown = labels[:, t : t + 1]
            memory = self.write(memory, controller, shown)
            states.append(controller)
        return memory, states

    def read(self, support: LabeledSet) -> State:
        """Show the examples one after another, as many as the memory has slots.

        Beyond that each would erase another: of a class with few examples, in the end, the last.
        """
        return self._read(support)[0]

    def _read(self, support: LabeledSet) -> tuple[State, Tensor, Tensor]:
        encoded = self.encoder(support.features)
        if self.training:
            reading = random_reading(support.labels, support.n_way, CODE)
        else:
            reading = canonical_reading(encoded, support.labels, support.n_way, CODE).first(SLOTS)
        labels = reading.labels(support.labels)
        memory, states = self._run(encoded[reading.examples], labels)
        stream, _ = self.readout(_side_by_side(states), reading.codes)
        state = State(memory, states[-1], labels[:, -1:], reading.codes)
        return state, stream, support.labels[reading.examples]

    def meta_loss(self, episode: Episode) -> Tensor:
        """That of the query, and that of each example before its label was shown, as in the paper."""
        state, stream, labels = self._read(episode.support)
        logits = self.answer(state, episode.query.features)[0]
        before = F.cross_entropy(stream.flatten(0, 1), labels.flatten())
        return F.cross_entropy(logits, episode.query.labels) + before

    def answer(self, state: State, query: Tensor) -> tuple[Tensor, Tensor]:
        """Each query as if it came next; what it would write is dropped."""
        x = self.encoder(query).expand(len(state.codes), -1, -1)
        logits, output = self.readout(self.step(state.memory, state.controller, state.shown, x), state.codes)
        return logits.mean(dim=0), output.transpose(0, 1).flatten(1)

    def presentations(self, stream: LabeledSet) -> Tensor:
        """Logits [n, way] of each element of a stream before its label is shown."""
        codes = label_codes(stream.n_way, CODE, torch.Generator().manual_seed(0)).to(stream.features)[None]
        _, states = self._run(self.encoder(stream.features)[None], codes[:, stream.labels])
        return self.readout(_side_by_side(states), codes)[0][0]


def _side_by_side(states: list[ControllerState]) -> ControllerState:
    return ControllerState(*(torch.cat(parts, dim=1) for parts in zip(*states, strict=True)))


LEARNER = MANN
