"""A meta-training for a window: it can be stopped, ends with an event, and can be gone on with later."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

from engine.errors import FewshotError, bug
from engine.messages import Message
from engine.meta_training import job, unfinished
from engine.meta_training.events import Event, TrainingFailed, TrainingStopped, Written
from engine.meta_training.order import Order


def train(
    order: Order, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[Event | TrainingStopped | TrainingFailed]:
    """Do what `order` says; the last event is `Written`, or says how else it ended. Nothing is raised.

    What was asked is kept from the beginning (see `unfinished`) until the checkpoint is written, or until
    it fails before it had anything to keep.
    """
    try:
        job.check_files(order)  # first: one that is refused must not take the place of what is there
        unfinished.keep(order)
        with closing(job.run(order)) as events:
            for event in events:
                if isinstance(event, Written):
                    _forget(order)
                yield event
                if cancelled() and not isinstance(event, Written):
                    events.close()
                    yield TrainingStopped()
                    return
    except FewshotError as error:
        yield _failed(order, error.message)
    except Exception as error:
        yield _failed(order, bug(error), traceback.format_exc())


def _failed(order: Order, message: Message, report: str = "") -> TrainingFailed:
    if not order.state_file.is_file():
        _forget(order)
    return TrainingFailed(message, report)


def _forget(order: Order) -> None:
    with suppress(FewshotError):  # what is left behind harms nobody
        unfinished.forget(order)
