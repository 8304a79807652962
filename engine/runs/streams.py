"""Helpers shared by all streams of events: work on a thread, the files read, the terminal event."""

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
from engine.embeddings.pipeline import POLL_SECONDS, EncodedBatch
from engine.errors import FewshotError, bug
from engine.messages import Message
from engine.runs.events import Cancelled, Failed, FilesRead, Progress, Stage

Result = TypeVar("Result")
Kind = TypeVar("Kind")


def run_in_thread_with_progress(
    run_id: int, stage: Stage, work: Callable[[], Result]
) -> Generator[Progress, None, Result]:
    """Run `work`, which cannot be interrupted, on its own thread, and yield `Progress` meanwhile.

    If the stream is stopped, the thread still finishes, because its result is cached.
    """
    outcome: Future[Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threads.start(run, "prepare")
    while wait([outcome], timeout=POLL_SECONDS).not_done:
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


def with_terminal_event(
    run_id: int, events: Generator[Kind, None, None], cancelled: Callable[[], bool]
) -> Iterator[Kind | Cancelled | Failed]:
    """`events` with one thread of torch, followed by `Cancelled` or `Failed` where they are interrupted.
    Never raises."""
    with one_thread():
        yield from ending_in_event(run_id, events, cancelled)


def ending_in_event(
    run_id: int, events: Generator[Kind, None, None], cancelled: Callable[[], bool]
) -> Iterator[Kind | Cancelled | Failed]:
    """`events`, followed by `Cancelled` or `Failed` where they are interrupted. Never raises.

    Torch keeps its threads, for work that a meta-training may interrupt: it would inherit the one thread.
    """
    started = time.monotonic()
    try:
        for event in events:
            if cancelled():
                yield Cancelled(run_id, time.monotonic() - started)
                return
            yield event
    except FewshotError as error:
        yield Failed(run_id, error.message)
    except torch.OutOfMemoryError:
        yield Failed(run_id, Message("The GPU ran out of memory; free some of it, or use the CPU."))
    except Exception as error:
        if is_out_of_memory(error):
            full = Message("The computer ran out of memory; close other programs and try again.")
            yield Failed(run_id, full)
        else:
            yield Failed(run_id, bug(error), traceback.format_exc())
    finally:
        events.close()
