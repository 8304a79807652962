"""Watching a folder: a classifier and a folder in, a stream of events out that goes on until it is closed."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from engine.devices import one_thread
from engine.errors import FewshotError
from engine.exports import Row
from engine.exports.base import PREDICTED
from engine.files import FileFacts
from engine.messages import Message
from engine.runs.apply import Applier
from engine.runs.events import Event, FilesRead, PicturesUnreadable, Predictions, Query
from engine.runs.tally import Tally
from engine.saved_classifier import load_classifier
from engine.watching.journal import Entry, Journal
from engine.watching.outputs import FoldersOutput, Output
from engine.watching.settling import Settling, WholeFile

POLL_S: Final = 0.25
"""Seconds between two looks at the folder; three times as long as a look takes, where that is more."""
_AT_A_TIME: Final = 64


@dataclass(frozen=True)
class Labelled:
    """A picture was labelled, or could not be read, and is in the output."""

    row: Row


@dataclass(frozen=True)
class Waiting:
    """The folder has been looked at; `problem` says why that was not possible."""

    problem: Message | None = None


WatchEvent: TypeAlias = Event | Labelled | Waiting


def watch(
    classifier: Path, folder: Path, output: Output, device: str, sleep: Callable[[float], None] = time.sleep
) -> Generator[WatchEvent, None, None]:
    """Label every picture that is in `folder`, or comes into it, once; goes on until it is closed.

    Raises `FewshotError` if the classifier or the output cannot be used.
    """
    if not folder.is_dir():
        raise FewshotError("The folder '{path}' does not exist.", path=folder)
    saved = load_classifier(classifier)
    output.check()
    with closing(Journal(output.journal, saved.digest)) as journal, one_thread():
        names = saved.class_names
        if isinstance(output, FoldersOutput):
            output.know(names)
        offset, unwritten = journal.unwritten()
        output.prepare(journal.written, names)
        if unwritten:
            output.write(unwritten, offset, names)
            journal.finish()
            yield from (Labelled(entry.row) for entry in unwritten)
        applier = yield from Applier.loaded(classifier, device)
        settling = Settling(folder, lambda path, facts: _is_done(journal, output, path, facts))
        while True:
            began = time.monotonic()
            try:
                whole = settling.poll(began)
            except FewshotError as error:  # a drive may come back
                yield Waiting(error.message)
                whole = []
            looked = time.monotonic() - began
            for start in range(0, len(whole), _AT_A_TIME):
                part = whole[start : start + _AT_A_TIME]
                entries = yield from _classify(applier, part, settling)
                new = [entry for entry in entries if not _is_same(journal, output, entry)]
                if new:
                    new = [replace(entry, place=output.place_of(entry.row)) for entry in new]
                    journal.begin(new, output.size())
                    output.write(new, output.size(), names)
                    journal.finish()
                    yield from (Labelled(entry.row) for entry in new)
            yield Waiting()
            sleep(max(POLL_S, 3 * looked))


def _is_done(journal: Journal, output: Output, path: Path, facts: FileFacts) -> bool:
    known = journal.known(path)
    if known is None or known.facts != facts:
        return False
    return known.is_unreadable or not output.is_moving  # what was moved is another file of that name


def _is_same(journal: Journal, output: Output, entry: Entry) -> bool:
    """Whether only the date of a file has changed since it was labelled; notes that."""
    known = journal.known(entry.path)
    if known is None or not entry.content or known.content != entry.content or output.is_moving:
        return False
    journal.note(entry)
    return True


def _classify(
    applier: Applier, files: Sequence[WholeFile], settling: Settling
) -> Generator[Event, None, list[Entry]]:
    """The entries of those files that are labelled, or are not waited for any more."""
    rows: dict[int, Row] = {}
    read: dict[int, tuple[FileFacts, bytes]] = {}
    queries = [Query(place, file.path) for place, file in enumerate(files)]
    for event in applier.classify(queries, Tally(0)):
        match event:
            case Predictions(picture_ids=ids, probabilities=probabilities):
                for place, chances in zip(ids.tolist(), probabilities, strict=True):
                    label = applier.saved.class_names[int(chances.argmax())]
                    image = str(files[place].path)
                    rows[place] = Row(image, label, float(chances.max()), "", chances.tolist(), PREDICTED)
            case PicturesUnreadable(picture_ids=unreadable, reasons=reasons):
                for place, reason in zip(unreadable, reasons, strict=True):
                    rows[place] = Row(str(files[place].path), "", error=str(reason))
            case FilesRead(picture_ids=ids, sizes=sizes, mtimes_ns=mtimes_ns, contents=contents):
                for place, size, mtime_ns, content in zip(
                    ids.tolist(), sizes.tolist(), mtimes_ns.tolist(), contents, strict=True
                ):
                    read[place] = FileFacts(size, mtime_ns), content.tobytes()
            case _:
                yield event
    entries = []
    for place, file in enumerate(files):
        facts, content = read.get(place, (file.facts, b""))
        if FileFacts.of(file.path) != file.facts or facts != file.facts:
            settling.changed(file)
        elif rows[place].error and not file.is_last_try:
            settling.failed(file)
        else:
            entries.append(Entry(file.path, file.facts, content, rows[place]))
    return entries
