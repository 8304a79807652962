"""Episodes are drawn as asked, the same for the same seed and whatever the pictures are kept as."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.backbones.base import get_backbone
from engine.embeddings.features import to_features
from engine.errors import FewshotError
from engine.meta_training.class_sources import Mixture, PictureArray, PictureClasses
from engine.meta_training.episode_sampler import EpisodeSampler

CPU = torch.device("cpu")


def classes(count: int, pictures: int, first: int = 0) -> PictureClasses:
    """A picture is [class, number]."""
    arrays = [np.array([[first + i, number] for number in range(pictures)]) for i in range(count)]
    return PictureClasses(tuple(str(first + i) for i in range(count)), tuple(arrays))


def as_they_are(pictures: PictureArray) -> Tensor:
    return torch.from_numpy(pictures).float()


def sampler(source: PictureClasses | Mixture) -> EpisodeSampler:
    return EpisodeSampler(source, as_they_are, way=(2, 6), shot=(1, 4), query=2)


def test_way_and_shot_stay_within_their_ranges_and_reach_both_ends() -> None:
    episodes = list(sampler(classes(9, 10)).episodes(60, seed=0))
    assert {episode.n_way for episode in episodes} == {2, 3, 4, 5, 6}
    assert {shots for episode in episodes for shots in episode.shots} == {1, 2, 3, 4}
    assert all(episode.query.shots == [2] * episode.n_way for episode in episodes)


def test_labels_name_the_classes_and_no_picture_is_in_both_halves() -> None:
    for episode in sampler(classes(9, 6)).episodes(20, seed=1):
        for half in (episode.support, episode.query):
            of_label = {
                label: set(half.features[half.labels == label, 0].tolist()) for label in range(episode.n_way)
            }
            assert all(len(found) == 1 for found in of_label.values())
        every = torch.cat([episode.support.features, episode.query.features])
        assert len(torch.unique(every, dim=0)) == len(every)
        assert torch.equal(
            episode.support.features[episode.support.labels == 0, 0].unique(),
            episode.query.features[episode.query.labels == 0, 0].unique(),
        )


def test_episodes_follow_from_the_seed_however_many_are_drawn() -> None:
    few, many = (
        list(sampler(classes(9, 10)).episodes(2, seed=3)),
        list(sampler(classes(9, 10)).episodes(4, seed=3)),
    )
    for one, other in zip(few, many, strict=False):
        assert torch.equal(one.support.features, other.support.features)
        assert torch.equal(one.query.labels, other.query.labels)
    (other_seed,) = sampler(classes(9, 10)).episodes(1, seed=4)
    assert other_seed.support.features.tolist() != few[0].support.features.tolist()


def test_embeddings_and_pixels_of_the_same_pictures_give_the_same_episodes() -> None:
    backbone = get_backbone("conv4")
    counts = [7, 9, 8, 12, 7, 30]
    pixels = [
        np.full((n, 4, 4, 1), 10 * i, np.uint8) + np.arange(n, dtype=np.uint8)[:, None, None, None]
        for i, n in enumerate(counts)
    ]
    names = tuple(map(str, range(len(counts))))
    as_pixels = PictureClasses(names, tuple(pixels))
    as_embeddings = PictureClasses(names, tuple(p[:, 0, 0].astype(np.float16) for p in pixels))
    images = EpisodeSampler(as_pixels, to_features("images", backbone, CPU), (2, 6), (1, 5), 3)
    embeddings = EpisodeSampler(as_embeddings, to_features("embeddings", backbone, CPU), (2, 6), (1, 5), 3)
    for image_episode, episode in zip(images.episodes(10, 5), embeddings.episodes(10, 5), strict=True):
        for seen, known in ((image_episode.support, episode.support), (image_episode.query, episode.query)):
            shown = backbone.normalize(known.features.byte()[:, None, None])[:, 0, 0]
            assert torch.equal(seen.features[:, 0, 0, :1], shown)
            assert torch.equal(seen.labels, known.labels)


def test_pixels_are_normalised_and_embeddings_become_float32() -> None:
    backbone = get_backbone("conv4")
    pixels = np.full((2, 4, 4, 1), 255, np.uint8)
    images = to_features("images", backbone, CPU)(pixels)
    assert torch.equal(images, backbone.normalize(torch.from_numpy(pixels)))
    assert to_features("embeddings", backbone, CPU)(np.ones((2, 3), np.float16)).dtype == torch.float32


def test_an_episode_of_a_mixture_has_classes_of_one_source_only() -> None:
    small, large = classes(3, 9), classes(20, 9, first=100)
    ways: dict[bool, set[int]] = {True: set(), False: set()}
    for episode in sampler(Mixture([small, large])).episodes(80, seed=0):
        is_small = episode.support.features[:, 0] < 100
        assert is_small.all() or not is_small.any()
        ways[bool(is_small.all())].add(episode.n_way)
    assert ways == {True: {2, 3}, False: {2, 3, 4, 5, 6}}


def test_a_class_with_few_pictures_has_fewer_examples_but_all_its_queries() -> None:
    rich, poor = classes(2, 9), classes(2, 3, first=100)
    both = PictureClasses((*rich.names, *poor.names), (*rich.pictures, *poor.pictures))
    (episode,) = EpisodeSampler(both, as_they_are, way=4, shot=(1, 5), query=2).episodes(1, seed=1)
    shots = dict(zip(episode.support.features[:, 0].int().tolist(), [1] * len(episode.support), strict=True))
    assert set(shots) == {0, 1, 100, 101}
    of_class = [int((episode.support.features[:, 0] == name).sum()) for name in (100, 101, 0, 1)]
    assert of_class[:2] == [1, 1]
    assert min(of_class[2:]) > 1
    assert episode.query.shots == [2, 2, 2, 2]


def test_classes_and_pictures_that_are_not_there_are_refused_in_a_sentence() -> None:
    with pytest.raises(FewshotError, match="6 classes was asked of a source that has 5"):
        next(EpisodeSampler(classes(5, 4), as_they_are, 6, 1, 1).episodes(1, seed=0))
    with pytest.raises(FewshotError, match="needs 5 pictures a class, but one of the classes has 4"):
        next(EpisodeSampler(classes(5, 4), as_they_are, 5, 1, 4).episodes(1, seed=0))
