"""Settings of a whole process, made by the programs `fewshot` and `fewshot-gui` when they start.

Importing the engine makes none: they are the business of the program that imports it.
"""

from __future__ import annotations

import os
import warnings

from PIL import Image

_PILLOW_BLOCK_BYTES = 2**26


def set_up_process() -> None:
    """Call it before torch calculates anything."""
    # Intel's library, by which torch multiplies matrices on x86, then adds up alike wherever a row stands,
    # nearly always. It reads this when it is first used. Without it, `engine.blocks` takes smaller blocks.
    os.environ.setdefault("MKL_CBWR", "AUTO")
    # Blocks of this size go back to the system when a picture is freed. Of smaller ones, Linux's C library
    # keeps as many as there ever were, for each thread that decodes: a gigabyte after some large pictures.
    Image.core.set_block_size(_PILLOW_BLOCK_BYTES)  # type: ignore[attr-defined]  # no stub for Pillow's C part
    # Pillow's own limit warns before it refuses, and is lower than what cameras make. All our reading has
    # the limit of `engine.images.limits`.
    Image.MAX_IMAGE_PIXELS = None
    # Pillow warns about broken notes (EXIF) of pictures that it reads all the same. `catch_warnings` around
    # each picture is not safe in threads.
    warnings.filterwarnings("ignore", module=r"PIL\.")
