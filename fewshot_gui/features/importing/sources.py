"""From sources to files on this computer: archives are unpacked, web addresses downloaded."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.errors import FewshotError
from engine.generators import mapped
from engine.images import SkippedFile
from engine.images.archive import ARCHIVE_SUFFIXES, about_code_page, unpack
from engine.images.errors import UnreadablePictureError
from engine.images.saving import save_picture
from engine.messages import Message
from engine.workspace import PROJECT_SUFFIX
from fewshot_gui.features.importing.temporary import about_kept, is_temporary, keep
from fewshot_gui.widgets.drops import Source


@dataclass(frozen=True)
class ResolvedSources:
    """Paths that are on this computer now, files that could not be had, and messages about how sources were
    read."""

    paths: tuple[Path, ...]
    skipped: tuple[SkippedFile, ...]
    notes: tuple[Message, ...] = ()


def resolve_sources(sources: Sequence[Source], folder: Path) -> Generator[int, None, ResolvedSources]:
    """Put every source that is not a file or folder, or lies in a temporary folder, into `folder`; yields the
    number of pictures so far.

    Raises `FewshotError` if an archive cannot be unpacked. An address that fails is skipped.
    """
    # Rarely needed, and its imports (HTTP, TLS) would slow down every start.
    from fewshot_gui.features.importing.fetching import fetch

    paths: list[Path] = []
    skipped: list[SkippedFile] = []
    notes: list[Message] = []
    for source in sources:
        if isinstance(source, str):
            try:
                data = yield from mapped(fetch(source), partial(_count, paths))
                paths.append(save_picture(data, folder, short(source)))
            except UnreadablePictureError as error:
                skipped.append(SkippedFile(short(source), error.explanation))
            except FewshotError as error:
                skipped.append(SkippedFile(short(source), error.message))
        elif source.suffix.lower() in ARCHIVE_SUFFIXES and not os.path.isdir(source):  # noqa: PTH112
            unpacked = yield from unpack(source, folder)
            if unpacked.folder != folder:
                paths.append(unpacked.folder)
            skipped += unpacked.skipped
            if unpacked.code_page:
                notes.append(about_code_page(source, unpacked.code_page))
        elif source.suffix == PROJECT_SUFFIX:
            skipped.append(SkippedFile(source.name, Message("it is a project, open it by itself")))
        elif is_temporary(source, folder):
            kept = yield from mapped(keep(source, folder, skipped), partial(_count, paths))
            if kept is not None:
                paths.append(kept)
                notes = list(dict.fromkeys([*notes, about_kept(folder)]))
        else:
            paths.append(source)
    return ResolvedSources(tuple(paths), tuple(skipped), tuple(notes))


def _count(paths: Sequence[Path], _bytes_so_far: int) -> int:
    return len(paths)


def short(address: str) -> str:
    """A web address as text; a `data:` address is as long as its picture, so it is shortened."""
    return address if len(address) < 120 else f"{address[:100]}…"
