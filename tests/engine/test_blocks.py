"""Rows are computed in blocks of one size, at which their place in the block does not matter."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.blocks import LARGEST, LARGEST_OF_IMAGES, block_size, in_blocks


def doubled(rows: Tensor) -> Tensor:
    return 2 * rows


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8, 11])
def test_every_block_is_full_and_nothing_of_the_filling_is_returned(count: int) -> None:
    rows, sizes = torch.arange(2.0 * count).reshape(count, 2), []

    def function(block: Tensor) -> Tensor:
        sizes.append(len(block))
        assert block.is_contiguous()
        assert all(any(torch.equal(row, own) for own in rows) for row in block)
        return doubled(block)

    assert torch.equal(in_blocks(function, rows, 4), 2 * rows)
    assert set(sizes) == {4 if count else 0}


def test_as_many_as_possible_are_computed_at_once() -> None:
    assert block_size(doubled, torch.zeros(1, 3)) == LARGEST
    assert block_size(doubled, torch.zeros(1, 1, 8, 8)) == LARGEST_OF_IMAGES


def test_where_the_place_in_a_large_block_matters_blocks_are_smaller() -> None:
    def last_rows_otherwise(rows: Tensor) -> Tensor:
        return torch.where(torch.arange(len(rows))[:, None] < 8, rows, rows * (1 + 2e-7))

    assert block_size(last_rows_otherwise, torch.zeros(5, 3)) == 8


def test_where_it_always_matters_rows_are_computed_one_by_one() -> None:
    def by_place(rows: Tensor) -> Tensor:
        return rows + torch.arange(len(rows))[:, None]

    assert block_size(by_place, torch.zeros(5, 3)) == 1


@pytest.mark.parametrize("period", [2, 3, 4, 5, 8, 16, 32, 48, 60, 63])
def test_a_row_that_is_treated_otherwise_in_some_places_is_noticed(period: int) -> None:
    def by_place(rows: Tensor) -> Tensor:
        return rows * (1 + 2e-7 * (torch.arange(len(rows)) % period == period - 1))[:, None]

    assert block_size(by_place, torch.zeros(5, 3)) < period


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), MemoryError()])
def test_where_there_is_no_room_for_a_large_block_they_are_smaller(error: Exception) -> None:
    def cramped(rows: Tensor) -> Tensor:
        if len(rows) > 5:
            raise error
        return rows

    assert block_size(cramped, torch.zeros(100, 3)) == 4


def test_an_error_that_is_not_about_memory_is_not_hidden() -> None:
    def broken(rows: Tensor) -> Tensor:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        block_size(broken, torch.zeros(1, 3))


def test_images_whose_channels_come_last_stay_so_in_a_block() -> None:
    images = torch.randn(5, 8, 8, 3).permute(0, 3, 1, 2)
    strides = []

    def look(block: Tensor) -> Tensor:
        strides.append(block.stride())
        return block.flatten(1)

    assert torch.equal(in_blocks(look, images, 4), images.flatten(1))
    assert strides == [images.stride()] * 2
