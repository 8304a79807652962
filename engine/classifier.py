"""The few-shot classifier as a scikit-learn estimator, for notebooks and scripts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from engine.backbones import DEFAULT_BACKBONE
from engine.devices import one_thread
from engine.embeddings.pipeline import EncodedBatch, encode_pictures
from engine.episodes import LabeledSet
from engine.errors import FewshotError
from engine.generators import run_to_end
from engine.labeling.session import Session

PathLike: TypeAlias = str | os.PathLike[str]


class FewShotClassifier:
    """Learns classes from a few pictures each and classifies others.

    Follows scikit-learn's conventions: the constructor only stores its arguments, `fit` returns the
    estimator and sets attributes that end in an underscore.

    Args:
        algorithm: a name that `fewshot list algorithms` shows.
        backbone: a name that `fewshot list backbones` shows.
        device: `auto`, `cpu`, `cuda:N` or `mps`.
        options: choices about the algorithm, by the names that `fewshot list algorithms` shows.

    Attributes:
        classes_: the labels, sorted; the order of the columns of `predict_proba`.
        held_out_accuracy_: accuracy (0..1) on held-out examples; `None` where every class
            has only one.
    """

    def __init__(
        self,
        algorithm: str = "prototypical",
        backbone: str = DEFAULT_BACKBONE,
        device: str = "auto",
        options: Mapping[str, float | bool] | None = None,
    ) -> None:
        self.algorithm = algorithm
        self.backbone = backbone
        self.device = device
        self.options = options

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments."""
        return {name: getattr(self, name) for name in ("algorithm", "backbone", "device", "options")}

    def set_params(self, **params: Any) -> FewShotClassifier:
        """Change constructor arguments; takes effect at the next `fit`."""
        for name, value in params.items():
            if name not in self.get_params():
                raise ValueError(f"FewShotClassifier has no parameter {name!r}")
            setattr(self, name, value)
        return self

    def fit(self, paths: Sequence[PathLike], labels: Sequence[Any] | NDArray[Any]) -> FewShotClassifier:
        """Learn from pictures at `paths` and the label of each.

        Raises:
            FewshotError: fewer than two classes, a picture that cannot be read, an unknown name, an
                option out of its range.
            ValueError: not as many labels as paths.
        """
        if len(paths) != len(labels):
            raise ValueError(f"{len(paths)} paths but {len(labels)} labels")
        session = Session(self.algorithm, self.backbone, self.device, self.options or {})
        classes, indices = np.unique(np.asarray(labels), return_inverse=True)
        features = np.empty((len(paths), *session.encoder.shape), session.encoder.dtype)
        for batch in _read(session, paths):
            features[batch.positions] = batch.features
        support = LabeledSet(
            session.tensor(features),
            torch.from_numpy(indices.astype(np.int64)).to(session.device),
            tuple(str(name) for name in classes),
        )
        # Together and last: a fit that fails leaves what was learnt before as it was.
        with one_thread():
            self._task = run_to_end(session.adapt(support))
        self._session, self.classes_ = session, classes
        self.held_out_accuracy_ = self._task.calibration.accuracy
        return self

    def predict_proba(self, paths: Sequence[PathLike]) -> NDArray[np.float32]:
        """Probabilities [n, len(classes_)]; rows sum to 1.

        Raises `FewshotError` for the first picture that cannot be read.
        """
        if not hasattr(self, "_task"):
            raise FewshotError("This classifier has not learnt anything yet; call fit first.")
        chances = np.empty((len(paths), len(self.classes_)), np.float32)
        for batch in _read(self._session, paths):
            with one_thread():  # as a run does, which says the same to the last bit
                chances[batch.positions] = self._task.probabilities(self._session.tensor(batch.features))
        return chances

    def score(self, paths: Sequence[PathLike], labels: Sequence[Any] | NDArray[Any]) -> float:
        """The share (0..1) of pictures whose predicted label is the given one."""
        return float(np.mean(self.predict(paths) == np.asarray(labels)))

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn's own tools, such as `cross_val_score`, ask of an estimator."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(two_d_array=False, string=True),
        )

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_task")

    def predict(self, paths: Sequence[PathLike]) -> NDArray[Any]:
        """The most probable label of each picture, [n]."""
        chances = self.predict_proba(paths)
        labels: NDArray[Any] = self.classes_[chances.argmax(axis=1)]
        return labels


def _read(session: Session, paths: Sequence[PathLike]) -> Iterator[EncodedBatch]:
    """The features of all pictures, batch by batch; `FewshotError` for the first that cannot be read."""
    files = [Path(path) for path in paths]
    with session.open_cache() as cache, closing(encode_pictures(files, session.encoder, cache)) as batches:
        for batch in batches:
            for position, reason in batch.unreadable:
                raise FewshotError(
                    "The picture {path} cannot be read: {reason}.", path=files[position], reason=reason
                )
            if len(batch.positions):
                yield batch
