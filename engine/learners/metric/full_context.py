"""Full context embeddings (Vinyals et al. 2016, section 2.1.2): examples and pictures seen amid all examples.

The paper's networks are as wide as the embedding; for 1280 dimensions that would be tens of millions of
weights. Ours run in a projection of `CONTEXT` dimensions, and what they find is mapped back and added.
Mapping back starts at zero, so that training starts from the embeddings without context.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

CONTEXT = 64
STEPS = 5


class FullContext(nn.Module):
    """g(x_i, S) by a bidirectional LSTM over the examples (appendix A.2), f(x, S) by attLSTM (A.1)."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.down = nn.Linear(dimension, CONTEXT)
        self.both_ways = nn.LSTM(CONTEXT, CONTEXT, bidirectional=True)
        self.attending = nn.LSTMCell(2 * CONTEXT, CONTEXT)
        self.up_example = nn.Linear(CONTEXT, dimension, bias=False)
        self.up_query = nn.Linear(CONTEXT, dimension, bias=False)
        nn.init.zeros_(self.up_example.weight)
        nn.init.zeros_(self.up_query.weight)

    def of_examples(self, examples: Tensor) -> tuple[Tensor, Tensor]:
        """g(x_i, S) [n, d] of embedded `examples` [n, d], and what queries attend to, [n, `CONTEXT`].

        An LSTM reads a sequence, but a set has no order. It reads them sorted by the sum of their
        coordinates, so that the order in which they were given does not matter.
        """
        order = examples.sum(dim=1).argsort()
        projected = self.down(examples[order])
        forth, back = self.both_ways(projected)[0].chunk(2, dim=1)
        place = order.argsort()
        found = (forth + back)[place]
        return examples + self.up_example(found), projected[place] + found

    def of_queries(self, queries: Tensor, memory: Tensor) -> Tensor:
        """f(x, S) [n, d] of embedded `queries` [n, d], each after `STEPS` looks at the `memory`."""
        projected = self.down(queries)
        hidden, cell = projected, torch.zeros_like(projected)
        for _ in range(STEPS):
            read = (hidden @ memory.T).softmax(dim=1) @ memory
            found, cell = self.attending(torch.cat([projected, read], dim=1), (hidden, cell))
            hidden = projected + found
        seen: Tensor = queries + self.up_query(found)
        return seen
