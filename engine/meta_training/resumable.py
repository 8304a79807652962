"""A meta-training for the window: it can be stopped and resumed, and always ends with an event."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

from engine.errors import FewshotError, bug
from engine.messages import Message
from engine.meta_training import job, unfinished
from engine.meta_training.training_config import TrainingConfig
from engine.meta_training.training_events import CheckpointSaved, Event, TrainingFailed, TrainingStopped


def train(
    config: TrainingConfig, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[Event | TrainingStopped | TrainingFailed]:
    """Meta-train; the last event is `CheckpointSaved`, `TrainingStopped` or `TrainingFailed`. Never raises.

    The configuration is kept from the start (see `unfinished`) until the checkpoint is written, or until
    the training fails before it has any state.
    """
    try:
        job.check_files(config)  # first: one that is refused must not take the place of what is there
        unfinished.keep(config)
        with closing(job.run(config)) as events:
            for event in events:
                if isinstance(event, CheckpointSaved):
                    _forget(config)
                yield event
                if cancelled() and not isinstance(event, CheckpointSaved):
                    events.close()
                    yield TrainingStopped()
                    return
    except FewshotError as error:
        yield _failed(config, error.message)
    except Exception as error:
        yield _failed(config, bug(error), traceback.format_exc())


def _failed(config: TrainingConfig, message: Message, report: str = "") -> TrainingFailed:
    if not config.state_file.is_file():
        _forget(config)
    return TrainingFailed(message, report)


def _forget(config: TrainingConfig) -> None:
    with suppress(FewshotError):  # what is left behind harms nobody
        unfinished.forget(config)
