"""easyfsl's few-shot methods as peers: `pip install easyfsl`, or this project's extra `bench`.

They are trained as its documentation does it: the support set is processed, the query is predicted, and
an optimiser steps down the loss. Import this only where easyfsl is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from easyfsl.methods import FewShotClassifier, MatchingNetworks, PrototypicalNetworks, RelationNetworks
from torch import Tensor, nn

from engine.backbones.conv4 import DIMENSION, FILTERS
from engine.episodes import Episode
from engine.learners.base import Features, MetaLearner

HIDDEN = 64


def _own_meta_loss(learner: MetaLearner, episode: Episode) -> Tensor:
    return learner.meta_loss(episode)


@dataclass(frozen=True)
class Peer:
    """A method of easyfsl beside our `algorithm`, around a network that gives Conv4's embeddings.

    `build` takes the network, and `loss` the method's answers [n, way] and the labels [n]; `our_loss`, under
    `our_options`, asks the same of ours. `takes` are the features that it makes sense for, and `note` says
    what theirs is like.
    """

    algorithm: str
    note: str
    build: Callable[[nn.Module], FewShotClassifier]
    loss: Callable[[Tensor, Tensor], Tensor]
    our_loss: Callable[[MetaLearner, Episode], Tensor] = _own_meta_loss
    our_options: Mapping[str, bool] = field(default_factory=dict)
    takes: tuple[Features, ...] = ("images", "embeddings")


class ContextFree(MatchingNetworks):
    """Without the two LSTMs that see the whole support set: Vinyals et al. 2016 without section 2.1.2."""

    def encode_support_features(self, support_features: Tensor) -> Tensor:
        return support_features

    def encode_query_features(self, query_features: Tensor) -> Tensor:
        return query_features


def _matching(network: nn.Module) -> FewShotClassifier:
    return MatchingNetworks(network, feature_dimension=DIMENSION)


def _context_free(network: nn.Module) -> FewShotClassifier:
    method = ContextFree(network, feature_dimension=DIMENSION)
    # They take no part.
    del method.support_features_encoder, method.query_features_encoding_cell
    return method


def _relation_of_maps(network: nn.Module) -> FewShotClassifier:
    maps = nn.Sequential(network, nn.Unflatten(1, (FILTERS[-1], 2, 2)))
    return RelationNetworks(maps, feature_dimension=FILTERS[-1])


def _relation_of_vectors(network: nn.Module) -> FewShotClassifier:
    layers = (2 * DIMENSION, HIDDEN), (HIDDEN, HIDDEN)
    hidden = [layer for sizes in layers for layer in (nn.Linear(*sizes), nn.ReLU())]
    return RelationNetworks(
        nn.Sequential(network, nn.Unflatten(1, (DIMENSION, 1, 1))),
        feature_dimension=DIMENSION,
        relation_module=nn.Sequential(nn.Flatten(), *hidden, nn.Linear(HIDDEN, 1), nn.Sigmoid()),
    )


def _squared_error(scores: Tensor, labels: Tensor) -> Tensor:
    return F.mse_loss(scores, F.one_hot(labels, scores.shape[1]).to(scores.dtype))


PEERS = (
    Peer("prototypical", "as it comes", PrototypicalNetworks, F.cross_entropy),
    Peer(
        "matching",
        "without its context, as ours is here",
        _context_free,
        F.nll_loss,
        MetaLearner.meta_loss,
        {"full_context": False},
    ),
    Peer(
        "matching",
        "as it comes: LSTMs 512 wide, a step for each example; ours 64 wide, 5 steps",
        _matching,
        F.nll_loss,
        MetaLearner.meta_loss,
        {"full_context": True},
    ),
    Peer("relation", "on vectors, with layers as small as ours", _relation_of_vectors, _squared_error),
    Peer(
        "relation",
        "as it comes: convolutions over pairs of feature maps; ours on vectors",
        _relation_of_maps,
        _squared_error,
        takes=("images",),
    ),
)


def trainer(peer: Peer, network: nn.Module, learning_rate: float) -> Callable[[Episode], object]:
    """What makes a training step of an episode."""
    method = peer.build(network).train()
    optimizer = torch.optim.Adam(method.parameters(), learning_rate, fused=True)

    def step(episode: Episode) -> None:
        optimizer.zero_grad(set_to_none=True)
        method.process_support_set(episode.support.features, episode.support.labels)
        loss = peer.loss(method(episode.query.features), episode.query.labels)
        loss.backward()
        optimizer.step()

    return step
