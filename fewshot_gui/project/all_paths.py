"""The path of every picture, for runs, questions to the engine, and exports."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import suppress

from PySide6.QtCore import QObject

from engine.errors import FewshotError
from engine.workspace import ChangeSet
from fewshot_gui.engine_link.kinds import PATHS
from fewshot_gui.engine_link.tasks import Task, expected_message
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.engine_texts import translated

_BLOCK = 4000
"""The number of paths read at a time, which takes some milliseconds; the window handles events in between."""


class PathRequest:
    """A request for the paths. After `cancel`, neither callback is called."""

    def __init__(self, then: Callable[[], object], failed: Callable[[str], object], up_to_date: bool) -> None:
        self.then, self.failed, self.up_to_date = then, failed, up_to_date
        self.waits = True

    def cancel(self) -> None:
        self.waits = False


class AllPaths(QObject):
    """`ids` and `paths` (bytes, as the file system knows them) of all pictures in order of adding, once they
    are read.

    They are read at the first request, and kept until pictures are added, removed or found elsewhere. Opening
    another project drops all requests.
    """

    def __init__(self, hub: ProjectHub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ids: list[int] = []
        self.paths: list[bytes] = []
        self._hub = hub
        self._complete = False
        self._requests: list[PathRequest] = []
        self._reading: Task | None = None
        hub.changed.connect(self._on_changed)
        hub.opened.connect(self.stop)

    def request(
        self,
        then: Callable[[], object],
        failed: Callable[[str], object],
        up_to_date: bool = False,
    ) -> PathRequest:
        """Call `then` when the paths are known: before this returns if they are, or if they are few. If they
        cannot be read, `failed` is called with a sentence.

        `up_to_date` is for callers that also read labels: pending changes are emitted before `then`.
        """
        path_request = PathRequest(then, failed, up_to_date)
        self._answer(path_request)
        return path_request

    def stop(self) -> None:
        """Forget the paths and all requests."""
        self._requests = []
        self._hub.tasks.end(PATHS)
        self._forget()

    def _answer(self, path_request: PathRequest) -> None:
        if path_request.up_to_date:
            self._hub.catch_up()
        if not self._complete and self._hub.picture_count < _BLOCK:
            with suppress(FewshotError):  # the error occurs again below, and is reported there
                self._read_block()
        if self._complete:
            path_request.cancel()
            path_request.then()
            return
        self._requests.append(path_request)
        if self._reading is None or self._reading.over:
            self._reading = self._hub.tasks.begin(PATHS, cancel=self.stop)
            self._reading.in_slices(self._read(), self._on_read, self._on_failed)

    def _read(self) -> Generator[None, None, None]:
        while not self._complete:
            self._read_block()
            yield

    def _on_read(self, _result: object) -> None:
        self._hub.tasks.end(PATHS)
        requests, self._requests = self._requests, []
        for path_request in requests:
            if path_request.waits:
                self._answer(path_request)  # pictures may have been added since

    def _on_failed(self, error: Exception) -> None:
        requests = self._requests
        self.stop()
        for path_request in requests:
            if path_request.waits:
                path_request.cancel()
                path_request.failed(translated(expected_message(error)))

    def _read_block(self) -> None:
        if not self._complete:
            block = self._hub.paths_after(self.ids[-1] if self.ids else 0, _BLOCK)
            self.ids += [picture_id for picture_id, _ in block]
            self.paths += [path for _, path in block]
            self._complete = len(block) < _BLOCK

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.membership:
            self._forget()  # a reading in progress then begins again

    def _forget(self) -> None:
        # New lists, because callers may still use these.
        self.ids, self.paths, self._complete = [], [], False
