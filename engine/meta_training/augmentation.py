"""Other writers for the same characters: what makes twenty drawings of a class enough to train on."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.backbones.preprocessing import ink_boxes

ROTATION = math.radians(12.0)
SHEAR = 0.25
LOG_SIZE = 0.2
SHIFT = 0.1
WARP = 0.035
WARP_POINTS = 4
THICKENED = 0.2


def rewrite(pictures: NDArray[np.uint8], size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Pictures [n, h, w, 1], dark on white → [n, size, size, 1], each as another hand might have drawn it.

    A picture is turned, slanted, stretched and moved, its lines bend smoothly, and some are drawn with a
    broader pen. Then it is cropped to its ink again, as every picture is before a backbone sees it.
    Amplitudes are uniform and chosen by eye to stay readable; lengths are shares of half the picture.
    """
    ink = _ink(pictures)
    n = len(ink)

    def uniform(amplitude: float) -> Tensor:
        return torch.from_numpy(rng.uniform(-amplitude, amplitude, n)).float()

    turn, slant = uniform(ROTATION), uniform(SHEAR)
    wide, high = (uniform(LOG_SIZE) + uniform(LOG_SIZE)).exp(), (uniform(LOG_SIZE) + uniform(LOG_SIZE)).exp()
    matrix = torch.stack(
        [
            torch.stack([turn.cos() * wide, slant - turn.sin() * high, uniform(SHIFT)], dim=1),
            torch.stack([turn.sin() * wide, turn.cos() * high, uniform(SHIFT)], dim=1),
        ],
        dim=1,
    )
    bends = torch.from_numpy(rng.normal(0.0, WARP, (n, 2, WARP_POINTS, WARP_POINTS))).float()
    warp = F.interpolate(bends, size=ink.shape[-2:], mode="bilinear", align_corners=True)
    grid = F.affine_grid(matrix, list(ink.shape), align_corners=False) + warp.permute(0, 2, 3, 1)
    drawn = F.grid_sample(ink, grid, align_corners=False)
    broad = torch.from_numpy(rng.random(n) < THICKENED)
    drawn[broad] = F.max_pool2d(drawn[broad], kernel_size=3, stride=1, padding=1)
    return _cropped(drawn, size)


def crop_again(pictures: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Pictures [n, h, w, 1] → [n, size, size, 1] as a backbone would see them, each cropped to its ink."""
    return _cropped(_ink(pictures), size)


def _ink(pictures: NDArray[np.uint8]) -> Tensor:
    return 1.0 - torch.from_numpy(np.ascontiguousarray(pictures[..., 0])).float()[:, None] / 255.0


def _cropped(ink: Tensor, size: int) -> NDArray[np.uint8]:
    """`engine.backbones.preprocessing.crop_to_ink` for a batch [n, 1, h, h] of ink, 0 … 1."""
    side = ink.shape[-1]
    x, y, half_width, half_height = torch.from_numpy(ink_boxes(ink[:, 0].numpy())).T * (2.0 / side)
    zero = torch.zeros_like(x)
    matrix = torch.stack(
        [torch.stack([half_width, zero, x - 1.0], dim=1), torch.stack([zero, half_height, y - 1.0], dim=1)],
        dim=1,
    )
    # Twice as large, then averaged: sampled at once, thin lines would fall between the points.
    grid = F.affine_grid(matrix, [len(ink), 1, 2 * size, 2 * size], align_corners=False)
    cropped = F.avg_pool2d(F.grid_sample(ink, grid, align_corners=False), 2)[:, 0]
    return (255.0 - 255.0 * cropped).round().clamp(0, 255).to(torch.uint8).numpy()[..., None]
