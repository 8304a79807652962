"""The few-shot classifier as a scikit-learn estimator, for notebooks and scripts."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from PIL import Image
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags, assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from engine.backbones import DEFAULT_BACKBONE
from engine.devices import one_thread
from engine.embeddings.pipeline import EncodedBatch, encode_pictures
from engine.episodes import LabeledSet
from engine.errors import FewshotError
from engine.generators import run_to_end
from engine.learners import DEFAULT_ALGORITHM
from engine.runs.keeping import SEED, decoder_warning, keep, relearn, session_of
from engine.runs.record import record_of
from engine.runs.session import CalibratedClassifier, Session
from engine.saved_classifier import load_classifier
from engine.seeding import seeded_torch

Picture: TypeAlias = str | os.PathLike[str] | Image.Image | NDArray[np.uint8]


class FewShotClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Learns classes from a few pictures each and classifies others.

    It is a scikit-learn estimator: `clone`, `Pipeline`, `cross_val_score` and `GridSearchCV` take it, and a
    fitted one can be pickled. Its `X` is a sequence of pictures: paths, `PIL.Image.Image`s or uint8 arrays
    [height, width], [height, width, 3] (RGB) or [height, width, 4] (RGBA), also all in one array. A row of
    numbers is no picture, so there is no `n_features_in_`.

    `fit` takes no `sample_weight`, because an episode has none: every example of a class counts the same.
    `score` takes one.

    Args:
        algorithm: a name that `fewshot list algorithms` shows.
        backbone: a name that `fewshot list backbones` shows.
        device: `auto`, `cpu`, `cuda:N` or `mps`.
        options: choices about the algorithm, by the names that `fewshot list algorithms` shows.

    Attributes:
        classes_: the labels, sorted; the order of the columns of `predict_proba`.
        held_out_accuracy_: accuracy (0..1) on examples judged by the others; `None` where every class
            has only one.
    """

    def __init__(
        self,
        algorithm: str = DEFAULT_ALGORITHM,
        backbone: str = DEFAULT_BACKBONE,
        device: str = "auto",
        options: Mapping[str, float | bool] | None = None,
    ) -> None:
        self.algorithm = algorithm
        self.backbone = backbone
        self.device = device
        self.options = options

    def fit(self, X: Sequence[Picture], y: ArrayLike) -> FewShotClassifier:
        """Learn from the pictures `X` and the label of each. A fit that fails leaves the old model.

        Raises:
            FewshotError: fewer than two classes, a picture that cannot be read, an unknown name, an
                option out of its range.
            ValueError: something that is no picture, not as many labels as pictures, numbers that are no
                labels.
        """
        if y is None:
            raise ValueError("FewShotClassifier requires y to be passed, but the target y is None")
        pictures, labels = _pictures(X), column_or_1d(y, warn=True)
        check_consistent_length(pictures, labels)
        if labels.dtype.kind == "f":
            assert_all_finite(labels, input_name="y")
        check_classification_targets(labels)
        classes, indices = np.unique(labels, return_inverse=True)
        session = Session(self.algorithm, self.backbone, self.device, self.options or {})
        record = record_of(session, SEED)
        labels, features = indices.astype(np.int64), _features(session, pictures)
        task = _learn(session, labels, features, tuple(str(name) for name in classes))
        self._saved = keep(session, classes.tolist(), labels, features, task.calibration, record)
        self._saved_device = self.device
        self._model, self.classes_ = (session, task), classes
        self.held_out_accuracy_ = task.calibration.accuracy
        return self

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what was learnt to a file, from which `load` and `fewshot predict --classifier` predict the
        same. See `engine.saved_classifier` for what is in it.

        Raises `NotFittedError` before `fit`, and `FewshotError` if the file cannot be written.
        """
        check_is_fitted(self)
        self._saved.save(Path(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str], device: str = "auto") -> FewShotClassifier:
        """The fitted classifier that `save`, `fewshot fit` or the window has written to the file.

        Nothing in the file is executed. Raises `FewshotError` if it is no such file, is damaged, is of a
        later version, or if its algorithm or backbone cannot be had here.
        """
        saved = load_classifier(Path(path))
        loaded = cls(saved.algorithm, saved.backbone, device, dict(saved.options))
        loaded._saved, loaded._saved_device = saved, device
        loaded._learnt()
        loaded.classes_ = np.sort(np.array(saved.classes))
        loaded.held_out_accuracy_ = saved.accuracy
        if (warning := decoder_warning(saved)) is not None:
            warnings.warn(str(warning), stacklevel=2)
        return loaded

    def predict_proba(self, X: Sequence[Picture]) -> NDArray[np.float32]:
        """Probabilities [n, len(classes_)]; rows sum to 1. Each depends on its own picture alone.

        Raises `NotFittedError` before `fit`, and `FewshotError` for the first picture that cannot be read.
        """
        check_is_fitted(self)
        session, task = self._learnt()
        chances = np.empty((len(pictures := _pictures(X)), len(self.classes_)), np.float32)
        for batch in _read(session, pictures):
            with one_thread():  # as a run does, which gives the same to the last bit
                chances[batch.positions] = task.probabilities(session.tensor(batch.features))
        # A file may have the classes in another order.
        return chances[:, np.argsort(np.array(self._saved.classes))]

    def predict(self, X: Sequence[Picture]) -> NDArray[Any]:
        """The most probable label of each picture, [n]. Raises what `predict_proba` raises."""
        chances = self.predict_proba(X)
        labels: NDArray[Any] = self.classes_[chances.argmax(axis=1)]
        return labels

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = tags.input_tags.string = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_saved")

    def __getstate__(self) -> dict[str, Any]:
        """Without the networks: a copy learns again from its examples when it is first asked."""
        state: dict[str, Any] = {**super().__getstate__()}
        state.pop("_model", None)
        return state

    def _learnt(self) -> tuple[Session, CalibratedClassifier]:
        if not hasattr(self, "_model"):
            session = session_of(self._saved, self._saved_device)
            with one_thread(), seeded_torch(SEED):
                self._model = session, run_to_end(relearn(session, self._saved))
        return self._model


def _learn(
    session: Session, labels: NDArray[np.int64], features: NDArray[np.generic], names: tuple[str, ...]
) -> CalibratedClassifier:
    support = LabeledSet(session.tensor(features), torch.from_numpy(labels).to(session.device), names)
    with one_thread(), seeded_torch(SEED):
        return run_to_end(session.adapt(support))


def _pictures(X: Any) -> list[Picture]:
    """The pictures of `X` one by one. Raises `ValueError` for what is no picture."""
    if isinstance(X, str | os.PathLike | Image.Image):
        raise ValueError("X is one picture; give a list of pictures")
    if hasattr(X, "to_numpy"):  # a column of pandas or polars
        X = X.to_numpy()
    if isinstance(X, np.ndarray) and X.ndim == 2 and X.shape[1] == 1 and X.dtype.kind in "OU":
        X = X[:, 0]
    if isinstance(X, np.ndarray) and X.dtype.kind not in "OU":
        if X.ndim < 3:
            raise ValueError(f"X has the shape {X.shape}: a row of numbers is no picture")
        if X.ndim == 3 and X.shape[2] in (3, 4):
            raise ValueError(
                f"X has the shape {X.shape}, which looks like one picture; give a list of pictures"
            )
    pictures = list(X)
    for place, picture in enumerate(pictures):
        if not isinstance(picture, str | os.PathLike | Image.Image) and not _is_array_of_pixels(picture):
            raise ValueError(
                f"X[{place}] is no path, no PIL image and no uint8 array [height, width],"
                " [height, width, 3] or [height, width, 4]"
            )
    return pictures


def _is_array_of_pixels(picture: object) -> bool:
    return (
        isinstance(picture, np.ndarray)
        and picture.dtype == np.uint8
        and picture.size > 0
        and (picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] in (3, 4)))
    )


@contextmanager
def _files(pictures: Sequence[Picture]) -> Iterator[list[Path]]:
    """Paths of all pictures; those in memory become files for a while, so that all are read by one rule."""
    with TemporaryDirectory(prefix="fewshot-") as folder:
        yield [
            Path(picture)
            if isinstance(picture, str | os.PathLike)
            else _saved(picture, Path(folder) / f"X[{place}].png")
            for place, picture in enumerate(pictures)
        ]


def _saved(picture: Image.Image | NDArray[np.uint8], path: Path) -> Path:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    exif = image.getexif()  # how the camera was held
    if image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"):
        image = image.convert("RGB")
    image.save(path, compress_level=1, exif=exif)
    return path


def _features(session: Session, pictures: Sequence[Picture]) -> NDArray[np.generic]:
    features = np.empty((len(pictures), *session.encoder.shape), session.encoder.dtype)
    for batch in _read(session, pictures):
        features[batch.positions] = batch.features
    return features


def _read(session: Session, pictures: Sequence[Picture]) -> Iterator[EncodedBatch]:
    """The features of all pictures, batch by batch; `FewshotError` for the first that cannot be read."""
    with (
        _files(pictures) as files,
        session.open_cache() as cache,
        closing(encode_pictures(files, session.encoder, cache)) as batches,
    ):
        for batch in batches:
            for position, reason in batch.unreadable:
                raise FewshotError(
                    "The picture {path} cannot be read: {reason}.", path=files[position], reason=reason
                )
            if len(batch.positions):
                yield batch
