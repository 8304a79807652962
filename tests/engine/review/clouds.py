from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def clouds(centres: int, each: int, dimension: int = 96, spread: float = 0.02) -> NDArray[np.float32]:
    """`each` points close around each of some centres far apart, centre by centre."""
    rng = np.random.default_rng(centres)
    middles = np.linalg.qr(rng.standard_normal((dimension, centres)))[0].T
    noise = spread * rng.standard_normal((centres, each, dimension))
    points: NDArray[np.float32] = (middles[:, np.newaxis] + noise).reshape(-1, dimension).astype(np.float32)
    return points
