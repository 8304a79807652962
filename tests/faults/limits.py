"""Work in another process, which may crash, hang or fill the memory without taking the campaign with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, TypeVar

import psutil

from engine.errors import FewshotError
from tests.faults.base import Outcome, Result

CHECKOUT = Path(__file__).resolve().parents[2]
GIB = 2**30
POLL_S = 0.2
PATIENCE = 4
"""A busy machine must not make a hang of what takes its time: limits in seconds are of the processor, and so
many times as many of the clock."""

Payload = TypeVar("Payload")


def judged(
    work: Callable[[Payload], str],
    cases: Iterable[tuple[str, Payload]],
    seconds: float = 5.0,
    memory: int = GIB,
) -> Iterator[Result]:
    """Do `work` on what each case carries, one case after another, in one child process while it lives.

    `work` is a function of a module, so that a child can find it. It returns what was seen of an answer. A
    `FewshotError` of one line is a refusal, a `MemoryError` or a growth of more than
    `memory` bytes a fault of memory, any other exception (an `AssertionError` for a broken promise) a
    foreign one. A child that has done wrong is not used again.
    """
    child = _Child()
    try:
        for case, payload in cases:
            outcome, detail = child.judge(work, payload, seconds, memory)
            yield Result(case, outcome, detail)
            if outcome not in ("answered", "refused"):
                child.end()
                child = _Child()
    finally:
        child.end()


class _Child:
    """A fresh interpreter that does what it is sent. Its output goes to a file, for a crash's last words."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._output = tempfile.NamedTemporaryFile()  # noqa: SIM115 (open as long as the child lives)
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._output.name), daemon=True)
        self._process.start()
        theirs.close()

    def judge(
        self, work: Callable[[Payload], str], payload: Payload, seconds: float, memory: int
    ) -> tuple[Outcome, str]:
        assert self._process.pid is not None
        try:
            self._pipe.send((work, payload, memory))
            self._pipe.recv()  # it has found `work`: importing what that needs takes no time of the case
            watched = psutil.Process(self._process.pid)
            watch = Watch(watched, seconds, memory)
            while not self._pipe.poll(POLL_S):
                if (broken := watch.broken()) is not None:
                    return broken
            outcome, detail = self._pipe.recv()
        except (EOFError, OSError, psutil.NoSuchProcess):
            self._process.join()
            words = self._output.read().decode(errors="replace").strip().splitlines()[-1:]
            return "crashed", ": ".join([f"it ended with {status_name(self._process.exitcode)}", *words])
        return outcome, detail

    def end(self) -> None:
        if self._process.pid is not None:
            kill_tree(self._process.pid)
        self._process.join()
        self._pipe.close()
        self._output.close()


class Watch:
    """Whether a process and what it has started keep within `seconds` and `memory` bytes from now on."""

    def __init__(self, process: psutil.Process, seconds: float, memory: int) -> None:
        self._process, self._seconds, self._memory = process, seconds, memory
        self._began = time.monotonic()
        self._cpu, self._rss = usage(process)

    def broken(self) -> tuple[Outcome, str] | None:
        """What it has broken, and how far; `None` if nothing."""
        cpu, rss = usage(self._process)
        clock = time.monotonic() - self._began
        if rss - self._rss > self._memory:
            return "memory", f"it took {(rss - self._rss) / GIB:.1f} GiB"
        if cpu - self._cpu > self._seconds or clock > PATIENCE * self._seconds:
            return "hung", f"not ended after {clock:.0f} s, {cpu - self._cpu:.0f} s of them at work"
        return None


def usage(process: psutil.Process) -> tuple[float, int]:
    """The processor time in seconds and the resident bytes of a process and all that it has started."""
    cpu, rss = 0.0, 0
    for one in [process, *process.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            cpu += times.user + times.system
            rss += one.memory_info().rss
    return cpu, rss


def kill_tree(pid: int) -> None:
    """End a process and all that it has started."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in [*process.children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                one.kill()


def status_name(status: int | None) -> str:
    """An exit status in words."""
    return signal.Signals(-status).name if status is not None and status < 0 else f"status {status}"


def _serve(pipe: Connection, output: str) -> None:
    sink = os.open(output, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(sink, stream)
    while True:
        try:
            work, payload, memory = pipe.recv()
        except EOFError:
            return
        pipe.send("begun")
        pipe.send(_outcome(work, payload, memory))


def _outcome(work: Callable[[Payload], str], payload: Payload, memory: int) -> tuple[Outcome, str]:
    before = _peak(reset=True)
    try:
        detail = work(payload)
        outcome: Outcome = "answered"
    except FewshotError as refusal:
        detail = str(refusal)
        outcome = "refused" if detail and len(detail.splitlines()) == 1 else "foreign"
    except MemoryError as error:
        return "memory", f"MemoryError: {error}"
    except Exception as error:
        return "foreign", f"{type(error).__name__}: {error} ({_place(error)})"
    grown = _peak() - before
    if grown > memory:
        return "memory", f"it took {grown / GIB:.1f} GiB; {detail}"
    return outcome, detail


def _place(error: BaseException) -> str:
    """Where it was raised: the last line of our own on the way there."""
    place, trace = "", error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if CHECKOUT in file.parents and file != Path(__file__):
            place = f"{file.relative_to(CHECKOUT)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _peak(reset: bool = False) -> int:
    """The most bytes this process has held since the last reset; 0 where the system does not tell."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit `status`, or the limit that it has `broken`; what it wrote; and what was
    measured: `seconds` by the clock, `cpu` of the processor, and `rss`, bytes held at times in seconds."""

    status: int | None
    broken: tuple[Outcome, str] | None
    out: str
    err: str
    seconds: float
    cpu: float
    rss: list[tuple[float, int]] = field(repr=False)

    @property
    def peak(self) -> int:
        """The most bytes that were held when it was looked at."""
        return max((held for _, held in self.rss), default=0)

    def result(self, case: str, detail: str = "") -> Result:
        """As the README says what a status means: 0 done, 2 with a sentence for what the caller can mend."""
        last = self.err.strip().splitlines()[-1] if self.err.strip() else ""
        if self.broken is not None:
            return Result(case, *self.broken)
        if self.status == 0:
            return Result(case, "answered", detail)
        if self.status == 2 and last.startswith("fewshot: ") and "Traceback" not in self.err:
            return Result(case, "refused", last.removeprefix("fewshot: "))
        if self.status is not None and self.status < 0:
            return Result(case, "crashed", f"it ended with {status_name(self.status)}: {last}")
        return Result(case, "foreign", f"it ended with {status_name(self.status)}: {last}")


def fewshot(
    arguments: Sequence[str | Path],
    home: Path,
    seconds: float,
    memory: int,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run the command `fewshot` with a `home` of its own, within `seconds` and `memory` bytes."""
    return command(
        [sys.executable, "-m", "engine.cli.main", *map(str, arguments)],
        {**own_home(home), **(environment or {})},
        seconds,
        memory,
    )


def own_home(home: Path) -> dict[str, str]:
    """The environment of a program whose caches, projects and settings lie in `home`."""
    return {
        **os.environ,
        "FEWSHOT_CACHE_DIR": str(home / "cache"),
        "FEWSHOT_DATA_DIR": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "PYTHONPATH": str(CHECKOUT),
    }


def command(
    arguments: Sequence[str], environment: Mapping[str, str], seconds: float, memory: int, poll: float = 0.1
) -> Ended:
    """Run a command and look at it every `poll` seconds."""
    began = time.monotonic()
    samples: list[tuple[float, int]] = []
    cpu, broken = 0.0, None
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        with subprocess.Popen(
            arguments, cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        ) as process:
            watched = psutil.Process(process.pid)
            watch = Watch(watched, seconds, memory)
            while _is_running(process, poll):
                with suppress(psutil.NoSuchProcess):
                    cpu, rss = usage(watched)
                    samples.append((time.monotonic() - began, rss))
                    broken = watch.broken()
                if broken is not None:
                    kill_tree(process.pid)
                    break
        status = None if broken else process.returncode
        return Ended(status, broken, _text(out), _text(err), time.monotonic() - began, cpu, samples)


def _is_running(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
