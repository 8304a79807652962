"""What an export says of pictures that a run or a classifier has just labelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.exports.base import PREDICTED, Row


def prediction_rows(
    pictures: Sequence[Path],
    class_names: Sequence[str],
    probabilities: NDArray[np.float32],
    errors: Mapping[int, str],
) -> Iterator[Row]:
    """A row for each picture: row i of `probabilities` [n, way] is picture i, unless `errors[i]` says why it
    could not be read."""
    for index, picture in enumerate(pictures):
        if index in errors:
            yield Row(str(picture), "", error=errors[index])
        else:
            chances = probabilities[index]
            best = int(chances.argmax())
            yield Row(str(picture), class_names[best], float(chances[best]), "", chances.tolist(), PREDICTED)
