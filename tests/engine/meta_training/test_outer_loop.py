"""Meta-training: interrupted at any moment it ends where an uninterrupted one ends."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine import checkpoints
from engine.backbones.base import get_backbone
from engine.episodes import Episode
from engine.errors import FewshotError
from engine.evaluation.accuracy import Accuracy
from engine.evaluation.episodic import Evaluation, evaluate
from engine.files import write_atomically
from engine.learners.base import MetaLearner
from engine.learners.gradient.maml import MAML
from engine.learners.metric.prototypical import PrototypicalNetwork
from engine.meta_training import outer_loop
from engine.meta_training.outer_loop import Schedule, TrainingEvent, meta_train
from engine.meta_training.process_group import ProcessGroup
from engine.meta_training.training_events import EpisodeProgress, EvaluationProgress, TrainingStep
from tests.engine.tasks import embeddings

SCHEDULE = Schedule(steps=12, meta_batch=2, learning_rate=0.02, validate_every=4, seed=3)


def a_learner() -> MetaLearner:
    """Weights, and batch norm's running moments, which are state too."""
    torch.manual_seed(0)
    return PrototypicalNetwork(get_backbone("conv4"), nn.Sequential(nn.Linear(6, 4), nn.BatchNorm1d(4)))


def an_episode(rng: np.random.Generator) -> Episode:
    seed = int(rng.integers(2**31))
    return Episode(embeddings([2, 1, 3], 6, seed), embeddings([2, 2, 2], 6, seed, examples_seed=1))


VALIDATION = [an_episode(np.random.default_rng((99, number))) for number in range(5)]


def train(learner: MetaLearner, resume_file: Path, schedule: Schedule = SCHEDULE) -> list[TrainingStep]:
    events = meta_train(learner, an_episode, VALIDATION, schedule, resume_file)
    return [event for event in events if isinstance(event, TrainingStep)]


def go_on(events: Iterator[TrainingEvent], steps: int) -> None:
    """Until so many steps have been told."""
    for _ in range(steps):
        while not isinstance(next(events), TrainingStep):
            pass


def weights(learner: MetaLearner) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in learner.state_dict().items()}


def assert_equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_every_step_is_told_and_every_few_are_judged(tmp_path: Path) -> None:
    steps = train(a_learner(), tmp_path / "state.safetensors")
    assert [step.step for step in steps] == list(range(1, 13))
    assert [step.step for step in steps if step.validation is not None] == [4, 8, 12]
    assert all(math.isfinite(step.loss) for step in steps)


def test_the_last_step_is_judged_wherever_it_falls(tmp_path: Path) -> None:
    schedule = Schedule(steps=5, meta_batch=1, learning_rate=0.01, validate_every=4, seed=0)
    steps = train(a_learner(), tmp_path / "state.safetensors", schedule)
    assert [step.step for step in steps if step.validation is not None] == [4, 5]


@pytest.mark.parametrize("killed_after", [3, 4, 9, 11, 12])
def test_killed_and_resumed_equals_uninterrupted(tmp_path: Path, killed_after: int) -> None:
    whole = a_learner()
    expected = train(whole, tmp_path / "whole.safetensors")

    killed = meta_train(a_learner(), an_episode, VALIDATION, SCHEDULE, tmp_path / "killed.safetensors")
    go_on(killed, killed_after)
    with pytest.raises(KeyboardInterrupt):
        killed.throw(KeyboardInterrupt)

    resumed = a_learner()
    steps = train(resumed, tmp_path / "killed.safetensors")
    saved = killed_after // 4 * 4
    if saved:  # it first says where it stands
        stands = steps.pop(0)
        assert (stands.step, stands.best) == (saved, expected[saved - 1].best)
        assert stands.seconds > 0
    assert steps == expected[saved:]
    assert_equal(weights(resumed), weights(whole))


@pytest.mark.parametrize("closed_after", [1, 3, 4, 11])
def test_closed_it_writes_down_where_it_stands_and_goes_on_from_there(
    tmp_path: Path, closed_after: int
) -> None:
    whole, resumed = a_learner(), a_learner()
    expected = train(whole, tmp_path / "whole.safetensors")
    closed = meta_train(a_learner(), an_episode, VALIDATION, SCHEDULE, tmp_path / "closed.safetensors")
    go_on(closed, closed_after)
    closed.close()
    stands, *rest = train(resumed, tmp_path / "closed.safetensors")
    assert (stands.step, stands.best) == (closed_after, expected[closed_after - 1].best)
    assert rest == expected[closed_after:]
    assert_equal(weights(resumed), weights(whole))


def test_every_episode_is_told_before_its_step(tmp_path: Path) -> None:
    events = meta_train(a_learner(), an_episode, VALIDATION, SCHEDULE, tmp_path / "state.safetensors")
    to_event = [event.step if isinstance(event, TrainingStep) else event for event in events]
    expected: list[object] = []
    for step in range(1, 13):
        expected += [EpisodeProgress(1, 2), EpisodeProgress(2, 2)]
        expected += [EvaluationProgress(done, 5) for done in range(1, 6) if step % 4 == 0]
        expected.append(step)
    assert to_event == expected


@pytest.mark.parametrize("episodes", [1, 2])
@pytest.mark.parametrize("step", [1, 2, 5, 12])
def test_a_training_closed_within_a_step_repeats_it_and_ends_the_same(
    tmp_path: Path, step: int, episodes: int
) -> None:
    whole, resumed = a_learner(), a_learner()
    expected = train(whole, tmp_path / "whole.safetensors")
    closed = meta_train(a_learner(), an_episode, VALIDATION, SCHEDULE, tmp_path / "closed.safetensors")
    go_on(closed, step - 1)
    assert [next(closed) for _ in range(episodes)][-1] == EpisodeProgress(episodes, 2)
    closed.close()
    stands, *rest = train(resumed, tmp_path / "closed.safetensors")
    assert (stands.step, stands.validation) == (step - 1, None)
    assert math.isnan(stands.seconds_left)
    assert rest == expected[step - 1 :]
    assert_equal(weights(resumed), weights(whole))


@pytest.mark.parametrize("judged_by", [1, 4, 5])
@pytest.mark.parametrize("step", [4, 12])
def test_a_training_closed_during_validation_validates_when_resumed_and_ends_the_same(
    tmp_path: Path, step: int, judged_by: int
) -> None:
    whole, resumed = a_learner(), a_learner()
    expected = train(whole, tmp_path / "whole.safetensors")
    closed = meta_train(a_learner(), an_episode, VALIDATION, SCHEDULE, tmp_path / "closed.safetensors")
    go_on(closed, step - 1)
    while next(closed) != EvaluationProgress(judged_by, 5):
        pass
    closed.close()
    stands, *rest = train(resumed, tmp_path / "closed.safetensors")
    assert (stands.step, stands.validation) == (step, expected[step - 1].validation)
    assert rest == expected[step:]
    assert_equal(weights(resumed), weights(whole))


def test_a_training_of_no_steps_closed_while_it_is_judged_is_judged_when_it_goes_on(tmp_path: Path) -> None:
    schedule, file = replace(SCHEDULE, steps=0), tmp_path / "state.safetensors"
    closed = meta_train(Centred(in_steps=False), an_episode, VALIDATION, schedule, file)
    next(closed)
    closed.close()
    learner = Centred(in_steps=False)
    (only,) = train(learner, file, schedule)
    assert (learner.begun, only.validation) == (0, evaluate(learner, VALIDATION).accuracy)


@pytest.mark.parametrize("file_number", range(1, 7))
def test_killed_between_writing_two_files_it_ends_there_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_number: int
) -> None:
    whole, killed, resumed = a_learner(), a_learner(), a_learner()
    train(whole, tmp_path / "whole.safetensors")
    written = 0

    def write_until_killed(target: Path, data: bytes) -> None:
        nonlocal written
        written += 1
        if written == file_number:
            raise KeyboardInterrupt
        write_atomically(target, data)

    with monkeypatch.context() as patched:
        patched.setattr(checkpoints, "write_atomically", write_until_killed)
        with pytest.raises(KeyboardInterrupt):
            train(killed, tmp_path / "killed.safetensors")
    train(resumed, tmp_path / "killed.safetensors")
    assert_equal(weights(resumed), weights(whole))


def test_a_finished_training_started_again_only_restores_its_best(tmp_path: Path) -> None:
    first, again = a_learner(), a_learner()
    train(first, tmp_path / "state.safetensors")
    (stands,) = train(again, tmp_path / "state.safetensors")
    assert stands.step == SCHEDULE.steps
    assert_equal(weights(again), weights(first))


def test_the_best_weights_are_in_the_learner_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Tensor]] = []

    def validate(learner: MetaLearner, episodes: object) -> Generator[int, None, Evaluation]:
        seen.append(weights(learner))
        yield 1
        return Evaluation(Accuracy([0.5, 0.9, 0.7][len(seen) - 1], 0.0, 1), 0.0)

    monkeypatch.setattr(outer_loop, "evaluation", validate)
    learner = a_learner()
    train(learner, tmp_path / "state.safetensors")
    assert_equal(weights(learner), seen[1])
    assert not torch.equal(seen[2]["embedding.0.weight"], seen[1]["embedding.0.weight"])
    assert not learner.training


def breaking_at(step: int) -> MetaLearner:
    """One whose weights are NaN after so many steps, whatever the loss says."""
    learner = a_learner()
    iter_meta_step = learner.iter_meta_step

    def broken(*arguments: object) -> Generator[int, None, float]:
        loss = yield from iter_meta_step(*arguments)  # type: ignore[arg-type]
        counted.append(loss)
        if len(counted) >= step:
            with torch.no_grad():
                next(learner.parameters()).fill_(math.nan)
        return loss

    counted: list[float] = []
    learner.iter_meta_step = broken  # type: ignore[method-assign, assignment]
    return learner


def test_weights_that_are_no_numbers_are_never_the_best_nor_written(tmp_path: Path) -> None:
    state = tmp_path / "state.safetensors"
    with pytest.raises(FewshotError, match="The weights became nan at step 8; try a smaller learning rate"):
        train(breaking_at(8), state)
    written = checkpoints.read_checkpoint(state, algorithm="prototypical", backbone="in training")
    assert written.tensors["progress.step"] == 4
    assert all(tensor.isfinite().all() for tensor in written.tensors.values())


def test_a_training_that_is_stopped_among_nans_keeps_what_was_written_before(tmp_path: Path) -> None:
    state = tmp_path / "state.safetensors"
    steps = meta_train(breaking_at(6), an_episode, VALIDATION, SCHEDULE, state)
    go_on(steps, 6)
    steps.close()
    written = checkpoints.read_checkpoint(state, algorithm="prototypical", backbone="in training")
    assert written.tensors["progress.step"] == 4


@pytest.mark.parametrize("name", ["progress.step", "learner.embedding.0.weight", "optimizer.0.exp_avg"])
def test_a_damaged_state_is_told_in_a_sentence(tmp_path: Path, name: str) -> None:
    state = tmp_path / "state.safetensors"
    steps = meta_train(a_learner(), an_episode, VALIDATION, SCHEDULE, state)
    go_on(steps, 1)
    steps.close()
    whole = checkpoints.read_checkpoint(state, algorithm="prototypical", backbone="in training")
    tensors = {key: value for key, value in whole.tensors.items() if key != name}
    if name.startswith("optimizer"):
        tensors["optimizer.first.exp_avg"] = torch.ones(1)
    checkpoints.write_checkpoint(state, tensors, whole.card)
    with pytest.raises(FewshotError, match="is damaged; delete it"):
        train(a_learner(), state)


def test_a_loss_that_is_no_number_ends_the_training_with_a_sentence(tmp_path: Path) -> None:
    learner = a_learner()
    steps = meta_train(learner, an_episode, VALIDATION, SCHEDULE, tmp_path / "state.safetensors")
    go_on(steps, 1)
    with torch.no_grad():
        next(learner.parameters()).fill_(math.nan)
    with pytest.raises(FewshotError, match="nan at step 2; try a smaller learning rate"):
        go_on(steps, 1)


def test_a_training_with_another_schedule_or_other_settings_is_not_resumed(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    list(meta_train(a_learner(), an_episode, VALIDATION, SCHEDULE, path, {"way": (2, 5)}))
    longer = replace(SCHEDULE, steps=2 * SCHEDULE.steps)
    with pytest.raises(FewshotError, match="another steps: 12, not 24"):
        next(meta_train(a_learner(), an_episode, VALIDATION, longer, path, {"way": (2, 5)}))
    with pytest.raises(FewshotError, match=r"another way: \[2, 5\], not \[2, 6\]"):
        next(meta_train(a_learner(), an_episode, VALIDATION, SCHEDULE, path, {"way": (2, 6)}))
    stands = next(meta_train(a_learner(), an_episode, VALIDATION, SCHEDULE, path, {"way": (2, 5)}))
    assert stands.step == SCHEDULE.steps


def test_another_algorithms_training_is_not_resumed(tmp_path: Path) -> None:
    train(a_learner(), tmp_path / "state.safetensors")
    with pytest.raises(FewshotError, match="made for prototypical"):
        train(MAML(get_backbone("conv4")), tmp_path / "state.safetensors")


def test_the_rate_falls_along_half_a_cosine() -> None:
    rates = [SCHEDULE.rate_at(step) for step in range(SCHEDULE.steps + 1)]
    assert rates[0] == SCHEDULE.learning_rate
    assert rates[6] == pytest.approx(SCHEDULE.learning_rate / 2)
    assert rates[12] == pytest.approx(0)
    assert rates == sorted(rates, reverse=True)


def test_judging_leaves_the_learner_as_it_was() -> None:
    learner = a_learner().train()
    before = weights(learner)
    validated = evaluate(learner, VALIDATION).accuracy
    assert learner.training
    assert_equal(weights(learner), before)
    assert validated.episodes == 5
    assert 0 <= validated.mean <= 1


class Noisy(PrototypicalNetwork):
    """Draws random numbers in its outer loss, as dropout would."""

    def meta_loss(self, episode: Episode) -> Tensor:
        noise = torch.randn(1)
        return super().meta_loss(episode) * (1 + noise.square().squeeze())


def noisy() -> MetaLearner:
    torch.manual_seed(0)
    return Noisy(get_backbone("conv4"), nn.Linear(6, 4))


def test_a_learner_that_draws_random_numbers_resumes_exactly_too(tmp_path: Path) -> None:
    whole, killed, resumed = noisy(), noisy(), noisy()
    expected = train(whole, tmp_path / "whole.safetensors")
    steps = meta_train(killed, an_episode, VALIDATION, SCHEDULE, tmp_path / "killed.safetensors")
    go_on(steps, 5)
    torch.rand(17)  # another process has another generator
    _, *rest = train(resumed, tmp_path / "killed.safetensors")
    assert rest == expected[4:]
    assert_equal(weights(resumed), weights(whole))


class Centred(PrototypicalNetwork):
    """Learns nothing but what it sees first."""

    centre: Tensor

    def __init__(self, in_steps: bool) -> None:
        super().__init__(get_backbone("conv4"), nn.Linear(6, 4) if in_steps else nn.Identity())
        self.register_buffer("centre", torch.zeros(6))
        self.begun = 0

    def init_statistics(self, features: Tensor) -> None:
        assert len(features) > 100
        self.begun += 1
        self.centre.copy_(features.mean(dim=0))


def test_a_learner_sees_what_it_will_train_on_once_and_not_again_when_resumed(tmp_path: Path) -> None:
    learner, resumed = Centred(in_steps=True), Centred(in_steps=True)
    train(learner, tmp_path / "state.safetensors")
    assert learner.centre.any()
    train(resumed, tmp_path / "state.safetensors")
    assert (learner.begun, resumed.begun) == (1, 0)
    assert torch.equal(resumed.centre, learner.centre)


def test_a_training_of_no_steps_is_begun_and_judged(tmp_path: Path) -> None:
    learner, again = Centred(in_steps=False), Centred(in_steps=False)
    (only,) = train(learner, tmp_path / "state.safetensors", replace(SCHEDULE, steps=0))
    assert (only.step, only.best) == (0, evaluate(learner, VALIDATION).accuracy.mean)
    assert learner.centre.any()
    train(again, tmp_path / "state.safetensors", replace(SCHEDULE, steps=0))
    assert torch.equal(again.centre, learner.centre)


def test_of_a_team_only_the_first_judges_and_writes_a_training_of_no_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validated = {}
    for rank in range(2):
        monkeypatch.setattr(ProcessGroup, "current", lambda rank=rank: ProcessGroup(rank, 2))
        (only,) = train(Centred(in_steps=False), tmp_path / f"{rank}.safetensors", replace(SCHEDULE, steps=0))
        validated[rank] = only.validation is not None
    assert validated == {0: True, 1: False}
    assert not (tmp_path / "1.safetensors").exists()


def test_steps_are_refused_where_there_is_nothing_to_descend_by(tmp_path: Path) -> None:
    with pytest.raises(
        FewshotError, match="no weights that steps could change; meta-train it for 0 episodes"
    ):
        train(Centred(in_steps=False), tmp_path / "state.safetensors")


def test_the_time_left_shrinks_to_nothing(tmp_path: Path) -> None:
    steps = train(a_learner(), tmp_path / "state.safetensors")
    assert all(step.seconds_left > 0 for step in steps[:-1])
    assert steps[-1].seconds_left == 0


def test_a_pause_between_steps_is_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(outer_loop.time, "monotonic", lambda: now)
    steps = []
    for event in meta_train(a_learner(), an_episode, VALIDATION, SCHEDULE, tmp_path / "state.safetensors"):
        if isinstance(event, TrainingStep):
            steps.append(event)
        now += 3600
    assert {(step.seconds, step.seconds_left) for step in steps} == {(0, 0)}
