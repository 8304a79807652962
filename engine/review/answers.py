"""From a question about a project's pictures to its answer, as a stream of events like that of a run."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TypeAlias

from engine.labeling.events import Cancelled, DeviceChanged, Failed, Progress, Warned
from engine.labeling.streams import with_last_word
from engine.review.gallery import load_gallery
from engine.review.questions import Answered, Pictures, Question

Event: TypeAlias = Progress | DeviceChanged | Warned | Answered | Cancelled | Failed


def answer(
    run_id: int, pictures: Pictures, question: Question, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[Event]:
    """Answer `question` about `pictures`; the last event is `Answered`, `Cancelled` or `Failed`.

    Nothing is raised. Stop iterating and the work stops; `cancelled` is asked at least every tenth of a
    second.
    """
    return with_last_word(run_id, _answer(run_id, pictures, question), cancelled)


def _answer(
    run_id: int, pictures: Pictures, question: Question
) -> Generator[Progress | DeviceChanged | Warned | Answered, None, None]:
    gallery = yield from load_gallery(run_id, pictures)
    yield Answered(run_id, gallery, None)
