"""Teaching a classifier that is kept in a file: examples in, a stream of events out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from engine.runs.events import Event, RunRequest, Started, Warned
from engine.runs.keeping import keep
from engine.runs.learning import Learning, paths_of
from engine.runs.map_builder import MapBuilder
from engine.runs.streams import with_terminal_event
from engine.runs.tally import Tally


def fit(request: RunRequest, path: Path, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Event]:
    """Learn the examples of `request`, whose `queries` are empty, as a run on them would, and write the
    classifier to `path`, completely or not at all.

    The last event is `Finished`, `Cancelled` or `Failed`, and nothing is raised.
    """
    return with_terminal_event(request.run_id, _events(request, path), cancelled)


def _events(request: RunRequest, path: Path) -> Generator[Event, None, None]:
    tally = Tally(request.run_id)
    learning = Learning(request, tally)
    session, record = yield from learning.prepare()
    yield Started(request.run_id, session.device_title, request.class_names, record)
    if session.encoder.problem:
        yield Warned(request.run_id, session.encoder.problem)
    with session.open_cache() as cache:
        cache.protect(paths_of(request.examples))
        examples = yield from learning.read_examples(session, cache)
        view = MapBuilder(session, examples.support, examples.ids, request)
        task = yield from learning.adapt(session, examples.support, view)
        if cache.problem:
            yield Warned(request.run_id, cache.problem)
    labels = examples.support.labels.cpu().numpy()
    record = {**record, "device": str(session.device_title)}
    keep(session, request.class_names, labels, examples.features, task.calibration, record).save(path)
    yield tally.finished(task.calibration, request.class_names)
