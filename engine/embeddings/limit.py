"""How much room embeddings may take on the disk, as a person has set it. No torch.

The limit is kept beside the user's own files, not with the cache, which may be deleted at any time; the
window and the command line read the same.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from engine.embeddings.clearing import size_on_disk
from engine.errors import FewshotError, reason_of
from engine.files import write_atomically
from engine.paths import data_dir, embeddings_dir

GIGABYTE = 10**9
MOST = 20 * GIGABYTE
SHARE = 10
"""Where nothing was set: a tenth of what is free and what the cache itself takes, but `MOST` at most."""

_KEY = "cache_limit"


def limit(folder: Path | None = None) -> int:
    """Bytes that the cache in `folder`, by default the usual one, may take."""
    chosen = chosen_limit()
    return _automatic(folder or embeddings_dir()) if chosen is None else chosen


def chosen_limit() -> int | None:
    """What was set, in bytes; `None` where nothing, or nothing readable, was."""
    try:
        chosen = json.loads(_file().read_bytes())[_KEY]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return chosen if isinstance(chosen, int) and not isinstance(chosen, bool) and chosen >= 0 else None


def choose_limit(chosen: int | None) -> None:
    """Set it, or leave it to the size of the disk again. Raises `FewshotError` if that cannot be written."""
    try:
        if chosen is None:
            _file().unlink(missing_ok=True)
        else:
            write_atomically(_file(), json.dumps({_KEY: chosen}).encode())
    except OSError as error:
        raise FewshotError(
            "The limit could not be written to {path}: {reason}.", path=_file(), reason=reason_of(error)
        ) from error


def _automatic(folder: Path) -> int:
    existing = next((place for place in (folder, *folder.parents) if place.is_dir()), Path())
    try:
        free = shutil.disk_usage(existing).free
    except OSError:
        return MOST
    return min(MOST, (free + size_on_disk(folder)) // SHARE)


def _file() -> Path:
    return data_dir() / "cache.json"
