"""What a user would write instead, on the last layer's embeddings: scikit-learn's and easyfsl's methods.

easyfsl's take part where it is installed: `pip install easyfsl`, or this project's extra `bench`. It marks
none of its methods as transductive in code; its documentation does, and so does the name here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import torch
import torch.nn.functional as F
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC
from torch import Tensor

from engine.episodes import Episode

Peer: TypeAlias = Callable[[Episode], Tensor | None]
"""An episode → the labels [n_query] that it gives; `None` where it cannot."""


def sklearn_peers() -> dict[str, Peer]:
    """scikit-learn's classifiers, on embeddings of unit length."""
    return {
        "scikit-learn LogisticRegression C=1": _sklearn(lambda: LogisticRegression(max_iter=1000)),
        "scikit-learn LogisticRegression C=100": _sklearn(lambda: LogisticRegression(C=100, max_iter=1000)),
        "scikit-learn LinearSVC": _sklearn(LinearSVC),
        "scikit-learn LDA, shrinkage": _sklearn(
            lambda: LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
        ),
        "scikit-learn kNN": _sklearn(lambda: KNeighborsClassifier(n_neighbors=1)),
    }


def easyfsl_peers() -> dict[str, Peer]:
    """easyfsl's methods that train nothing, on embeddings of unit length; none where it is not installed."""
    try:
        from easyfsl import methods
    except ImportError:
        return {}
    return {
        "easyfsl SimpleShot": _easyfsl(methods.SimpleShot),
        "easyfsl TIM, transductive": _easyfsl(methods.TIM),
        "easyfsl BD-CSPN, transductive": _easyfsl(methods.BDCSPN),
        "easyfsl LaplacianShot, transductive": _easyfsl(methods.LaplacianShot),
    }


def _sklearn(make: Callable[[], Any]) -> Peer:
    def peer(episode: Episode) -> Tensor | None:
        support, query = (F.normalize(half.features, dim=1) for half in (episode.support, episode.query))
        try:
            fitted = make().fit(support.numpy(), episode.support.labels.numpy())
        except ValueError:  # LDA wants two examples of a class
            return None
        return torch.from_numpy(fitted.predict(query.numpy()))

    return peer


def _easyfsl(method: Callable[..., Any]) -> Peer:
    def peer(episode: Episode) -> Tensor:
        classifier = method(feature_normalization=2.0)
        classifier.process_support_set(episode.support.features, episode.support.labels)
        scores: Tensor = classifier(episode.query.features)
        return scores.argmax(dim=1)

    return peer
