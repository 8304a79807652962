"""What all streams of events share: patience with what cannot be interrupted, what was read, a last word."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, wait
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from engine import threads
from engine.devices import is_out_of_memory, one_thread
from engine.embeddings.pipeline import PATIENCE, EncodedBatch
from engine.errors import FewshotError
from engine.labeling.events import Cancelled, Failed, FilesRead, Progress, Stage

Result = TypeVar("Result")
Kind = TypeVar("Kind")


def patiently(run_id: int, stage: Stage, work: Callable[[], Result]) -> Generator[Progress, None, Result]:
    """Do `work`, which cannot be interrupted, on a thread of its own, staying ready to be stopped.

    A stream that is stopped meanwhile leaves the thread to finish: what it prepares is kept.
    """
    outcome: Future[Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threads.start(run, "prepare")
    while wait([outcome], timeout=PATIENCE).not_done:
        yield Progress(run_id, stage, 0, 0)
    return outcome.result()


def files_read(
    run_id: int, batch: EncodedBatch, picture_ids: NDArray[np.int64]
) -> Generator[FilesRead, None, None]:
    """What the files of a batch hold, as far as they could be seen from outside; `picture_ids` int64 [k] are
    those of its rows."""
    seen = [(row, stamp) for row, stamp in enumerate(batch.stamps) if stamp is not None]
    if seen:
        rows = [row for row, _ in seen]
        yield FilesRead(
            run_id,
            picture_ids[rows],
            np.array([stamp.size for _, stamp in seen], np.int64),
            np.array([stamp.mtime_ns for _, stamp in seen], np.int64),
            np.frombuffer(b"".join(batch.digests[row] for row in rows), np.uint8).reshape(len(rows), -1),
        )


def with_last_word(
    run_id: int, events: Generator[Kind, None, None], cancelled: Callable[[], bool]
) -> Iterator[Kind | Cancelled | Failed]:
    """`events` on one thread of torch, followed by `Cancelled` or `Failed` if they do not come to their own
    end: nothing is raised."""
    started = time.monotonic()
    try:
        with one_thread():
            for event in events:
                if cancelled():
                    yield Cancelled(run_id, time.monotonic() - started)
                    return
                yield event
    except FewshotError as error:
        yield Failed(run_id, str(error))
    except torch.OutOfMemoryError:
        yield Failed(run_id, "The GPU ran out of memory; free some of it, or use the CPU.")
    except Exception as error:
        if is_out_of_memory(error):
            yield Failed(run_id, "The computer ran out of memory; close other programs and try again.")
        else:
            yield Failed(run_id, f"{type(error).__name__}: {error}", traceback.format_exc())
    finally:
        events.close()
