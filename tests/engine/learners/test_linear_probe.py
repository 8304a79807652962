"""The linear probe, and what it does with a whole folder."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from engine.backbones.base import Backbone, get_backbone
from engine.backbones.standardization import Standardization
from engine.episodes import LabeledSet
from engine.learners.base import WHOLE_FOLDER, MetaLearner
from engine.learners.closed_form.linear_probe import LinearProbe
from engine.learners.registry import learners
from tests.engine.tasks import adapted, embeddings

PHOTOS = get_backbone("efficientnet-lite0")
CHARACTERS = get_backbone("conv4")


@pytest.fixture(params=[PHOTOS, CHARACTERS], ids=lambda backbone: backbone.name)
def backbone(request: pytest.FixtureRequest) -> Backbone:
    found: Backbone = request.param
    return found


def like_pictures(backbone: Backbone, shots: Sequence[int], seed: int = 0) -> LabeledSet:
    """Layers [n, width] with the mean and the spread of what the backbone gives of photos."""
    drawn = embeddings(shots, backbone.width, examples_seed=seed)
    statistics = Standardization(backbone)
    return LabeledSet(
        drawn.features * statistics.deviation + statistics.mean, drawn.labels, drawn.class_names
    )


def test_it_is_ridge_regression_on_unit_layers(backbone: Backbone) -> None:
    """Solved here without Woodbury's identity, in float64."""
    support, query = like_pictures(backbone, [2, 2, 2]), like_pictures(backbone, [1, 1, 1], seed=1)
    scale = Standardization(backbone)
    x, labels = scale(support.features).double(), support.one_hot().double()
    weight = torch.linalg.solve(x.T @ x + 0.1 * torch.eye(x.shape[1]).double(), x.T @ labels)
    logits = adapted(LinearProbe(backbone).eval(), support).logits(query.features)
    expected = scale(query.features).double() @ weight
    torch.testing.assert_close(logits, expected.float(), rtol=1e-3, atol=1e-4)


def test_every_layer_has_length_one(backbone: Backbone) -> None:
    rows = Standardization(backbone)(like_pictures(backbone, [2, 2]).features)
    for layer in rows.split_with_sizes(backbone.layers, dim=1):
        torch.testing.assert_close(layer.norm(dim=1), torch.ones(4))


def test_photos_have_statistics_of_the_training_sets() -> None:
    scale = Standardization(PHOTOS)
    assert scale.mean.abs().max() > 0.1
    assert scale.deviation.min() > 0


def test_a_class_of_three_is_found_as_well_beside_one_of_thirty(backbone: Backbone) -> None:
    even, uneven = (
        adapted(LinearProbe(backbone).eval(), like_pictures(backbone, shots)) for shots in ([3, 3], [30, 3])
    )
    small = like_pictures(backbone, [1, 40], seed=1)
    features = small.features[small.labels == 1]
    found = [float((one.logits(features).argmax(dim=1) == 1).float().mean()) for one in (even, uneven)]
    assert found[1] >= found[0] - 0.05


def folder_of(backbone: Backbone, shots: Sequence[int], shift: float) -> LabeledSet:
    """Pictures of a world that differs from the training sets in its mean."""
    drawn = like_pictures(backbone, shots, seed=2)
    return LabeledSet(drawn.features + shift, drawn.labels, drawn.class_names)


def right(learner: MetaLearner, support: LabeledSet, folder: LabeledSet) -> float:
    answers: Tensor = adapted(learner, support).logits(folder.features).argmax(dim=1)
    return float((answers == folder.labels).float().mean())


@pytest.mark.parametrize("shots", [(20, 20, 20), (90, 15, 15)], ids=["even", "uneven"])
def test_with_the_whole_folder_no_less_is_right(backbone: Backbone, shots: tuple[int, ...]) -> None:
    support, folder = folder_of(backbone, (2, 2, 2), 0.5), folder_of(backbone, shots, 0.5)
    alone = LinearProbe(backbone).eval()
    together = alone.with_folder(folder.features)
    assert right(together, support, folder) >= right(alone, support, folder) - 0.02


def test_then_the_label_of_a_picture_depends_on_the_folder(backbone: Backbone) -> None:
    support, picture = like_pictures(backbone, [2, 2]), like_pictures(backbone, [1, 1], seed=1).features
    probe = LinearProbe(backbone).eval()
    folders = (like_pictures(backbone, [20, 20], seed=seed).features for seed in (3, 4))
    one, other = (adapted(probe.with_folder(folder), support).logits(picture) for folder in folders)
    assert not torch.allclose(one, other)


@pytest.mark.parametrize(
    "name", [name for name, learner in learners().items() if WHOLE_FOLDER in learner.options]
)
def test_whoever_has_the_switch_can_look_at_the_folder(name: str) -> None:
    learner = learners()[name](CHARACTERS).eval()
    learner.configure({"transductive": True})
    assert learner.transductive
    support = like_pictures(CHARACTERS, [2, 2])
    looking = learner.with_folder(support.features)
    assert not looking.transductive
    assert adapted(looking, support).logits(support.features).isfinite().all()
