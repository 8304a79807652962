"""The four alphabets of Omniglot that no checkpoint has seen."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

from PIL import Image

from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.encoders import Encoder
from engine.generators import run_to_end
from engine.images import content_hash
from engine.meta_training.class_reader import read_classes
from engine.meta_training.class_sources import PictureClasses
from engine.meta_training.data_sets import Content, DataSet, DataSetItem, DataSetItems, data_set

FILE = "omniglot_small.zip"
TEST_ALPHABETS = ("Balinese", "Early_Aramaic", "Sanskrit", "Tagalog")
"""105 characters, drawn by 20 people each."""

Change: TypeAlias = Callable[[Image.Image], Image.Image]


def unseen_characters(
    folder: Path, encoder: Encoder, change: Change | None = None, rotations: int = 1
) -> PictureClasses:
    """The characters of the test alphabets in `folder`/`FILE`, as `encoder` gives them.

    With four `rotations`, a character in each of them is a class. `change` is done to the original pictures
    of 105×105 pixels, before the backbone's preprocessing.
    """
    data = data_set(str(folder / FILE), synthetic_seed=0)
    if change is not None:
        data = _changed(data, change)
    with tempfile.TemporaryDirectory() as own, EmbeddingCache(Path(own), encoder) as cache:
        return run_to_end(
            read_classes(data, encoder, cache, rotations, lambda name: name.startswith(TEST_ALPHABETS))
        )


def _changed(data: DataSet, change: Change) -> DataSet:
    def read(member: DataSetItem) -> Content:
        content = member.read()
        return Content(content_hash(b"changed" + content.digest), lambda: change(content.picture()))

    def members(at_least: int) -> DataSetItems:
        for member in data.members(at_least):
            yield DataSetItem(member.class_name, partial(read, member))

    return DataSet(data.name, members, data.rotations_make_classes)
