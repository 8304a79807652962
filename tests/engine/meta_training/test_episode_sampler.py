"""Episodes are drawn as asked, the same for the same seed."""

from __future__ import annotations

import numpy as np
import torch

from engine.backbones.base import get_backbone
from engine.meta_training.episode_sampler import EpisodeSampler
from engine.meta_training.sources import SyntheticCharacters

SAMPLER = EpisodeSampler(SyntheticCharacters(), get_backbone("conv4"), way=(2, 6), shot=(1, 4), query=2)


def test_way_and_shot_stay_within_their_ranges_and_reach_both_ends() -> None:
    episodes = list(SAMPLER.episodes(60, seed=0))
    assert {episode.n_way for episode in episodes} == {2, 3, 4, 5, 6}
    assert {shots for episode in episodes for shots in episode.shots} == {1, 2, 3, 4}
    assert all(episode.query.shots == [2] * episode.n_way for episode in episodes)


def test_pictures_are_normalised_as_the_backbone_wants_them() -> None:
    episode = SAMPLER.sample(np.random.default_rng(0))
    assert episode.support.features.shape[1:] == (1, 28, 28)
    paper = SAMPLER.backbone.normalize(torch.full((1, 28, 28, 1), 255, dtype=torch.uint8))
    assert episode.support.features.max() == paper.max()


def test_episodes_follow_from_the_seed_however_many_are_drawn() -> None:
    few, many = list(SAMPLER.episodes(2, seed=3)), list(SAMPLER.episodes(4, seed=3))
    for one, other in zip(few, many, strict=False):
        assert torch.equal(one.support.features, other.support.features)
        assert torch.equal(one.query.labels, other.query.labels)
    (other_seed,) = SAMPLER.episodes(1, seed=4)
    assert not torch.equal(few[0].query.features[:1], other_seed.query.features[:1])
