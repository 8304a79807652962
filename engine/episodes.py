"""Episodes: the small classification tasks that meta-learning is about.

Vocabulary (Vinyals et al. 2016): a task has `n_way` classes; its *support* set holds a few labelled
examples of each (the *shots*, any number ≥ 1, and not necessarily equal), its *query* set the
pictures to be classified.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import torch
from torch import Tensor

from engine.errors import FewshotError


@dataclass(frozen=True)
class LabeledSet:
    """Features with labels.

    `features` is [n, …]: images [n, channels, height, width] or embeddings [n, dimension].
    `labels` is int64 [n] with values 0 … way-1, indices into `class_names`.
    """

    features: Tensor
    labels: Tensor
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.labels.ndim != 1 or self.labels.dtype != torch.int64:
            raise ValueError(f"labels must be int64 [n], got {self.labels.dtype} {list(self.labels.shape)}")
        if len(self.features) != len(self.labels):
            raise ValueError(f"{len(self.features)} features but {len(self.labels)} labels")
        if len(self.labels) and not 0 <= int(self.labels.min()) <= int(self.labels.max()) < self.n_way:
            raise ValueError(f"labels must lie in 0..{self.n_way - 1}")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def n_way(self) -> int:
        """The number of classes."""
        return len(self.class_names)

    @property
    def shots(self) -> list[int]:
        """The number of examples of each class, in the order of `class_names`."""
        counts: list[int] = torch.bincount(self.labels, minlength=self.n_way).tolist()
        return counts

    def require_every_class(self) -> None:
        """Raise `FewshotError` unless there are two classes and each has an example."""
        if self.n_way < 2:
            raise FewshotError("At least two classes are needed to tell pictures apart; add another class.")
        empty = [name for name, count in zip(self.class_names, self.shots, strict=True) if count == 0]
        if empty:
            names = ", ".join(f"“{name}”" for name in empty)
            raise FewshotError("No readable example of {names}; add one, or remove the class.", names=names)

    def take(self, index: Tensor) -> LabeledSet:
        """The rows that `index` (int64 positions or a boolean mask [n]) picks."""
        return LabeledSet(self.features[index], self.labels[index], self.class_names)

    def canonical_order(self) -> Tensor:
        """Positions int64 [n] of the rows in an order that follows from their labels and contents alone."""
        contents = self.features.flatten(1).cpu().numpy()
        digests = [blake2b(row.tobytes(), digest_size=16).digest() for row in contents]
        keys = list(zip(self.labels.tolist(), digests, strict=True))
        return torch.tensor(sorted(range(len(keys)), key=keys.__getitem__), device=self.labels.device)

    def one_hot(self) -> Tensor:
        """Labels as rows of the identity, [n, way], in the features' dtype and device."""
        return torch.eye(self.n_way, dtype=self.features.dtype, device=self.features.device)[self.labels]


@dataclass(frozen=True)
class Episode:
    """One task: adapt to `support`, evaluate on `query`."""

    support: LabeledSet
    query: LabeledSet

    def __post_init__(self) -> None:
        if self.support.class_names != self.query.class_names:
            raise ValueError("support and query must have the same classes")
        self.support.require_every_class()

    @property
    def n_way(self) -> int:
        """The number of classes."""
        return self.support.n_way

    @property
    def shots(self) -> list[int]:
        """Examples per class in the support set."""
        return self.support.shots

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, in label order."""
        return self.support.class_names
