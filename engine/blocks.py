"""Rows computed so that what comes of a row depends on that row alone, to the last bit.

Libraries of linear algebra choose how to add up by the size of a batch, and some add up the last rows of a
batch in another way than the first. So what a picture is given would differ in its last digits with the
pictures that it is computed with, and with its place among them. Here rows are computed in blocks of one
size, of which the last is filled up, and a trial finds a size at which the place in a block does not matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from engine.devices import is_out_of_memory

RowFunction: TypeAlias = Callable[[Tensor], Tensor]
"""Rows [n, …] → rows [n, …], each from its own row alone, but for rounding."""

LARGEST = 64
"""A multiple of what the widest vector units take at a time, so that no row is left to slower instructions,
which round `exp` and its kin differently."""

LARGEST_OF_IMAGES = 16
"""A network gains nothing from more images at once, and to fill up a block of them is dear."""


def in_blocks(function: RowFunction, rows: Tensor, size: int) -> Tensor:
    """`function` of `rows` [n, …], `size` at a time; the last block is filled up with copies of a row."""
    return torch.cat([function(_filled(block, size))[: len(block)] for block in torch.split(rows, size)])


def _filled(block: Tensor, size: int) -> Tensor:
    """A copy of the block with `size` rows: every block lies in memory in the same way, and a row of it as it
    came, since images whose channels come last are pooled four times as fast."""
    shape = (size if len(block) else 0, *block.shape[1:])
    filled = block.new_empty_strided(shape, (block[:1].numel(), *block.stride()[1:]))
    filled[: len(block)] = block
    filled[len(block) :] = block[-1:]
    return filled


def block_size(function: RowFunction, rows: Tensor) -> int:
    """The largest size of a block that has room in memory and treats all its rows alike.

    `function` is tried on invented rows. Of the given `rows` [n, …] only the kind matters, not the values:
    the answer must not depend on which rows happened to come first.
    """
    size = LARGEST if rows.ndim == 2 else LARGEST_OF_IMAGES
    invented = torch.randn((size, *rows.shape[1:]), generator=torch.Generator().manual_seed(0)).to(rows)
    while size > 1 and not _treats_alike(function, invented, size):
        size //= 2
    return size


def _treats_alike(function: RowFunction, rows: Tensor, size: int) -> bool:
    """Whether rows get the same wherever they stand in a block; not so where there is no room for so many.

    They are moved on by half of a block, and by an odd number, since places may matter in any regular way.
    """
    further = size // 2 | 1
    try:
        here = in_blocks(function, rows, size)
        there = in_blocks(function, rows.roll(further, dims=0), size)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        return False
    return torch.equal(here.roll(further, dims=0), there)
