"""The disk usage of cached embeddings, and clearing the cache. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.embeddings.row_file import INDEX, ROWS
from engine.errors import FewshotError, reason_of
from engine.paths import embeddings_dir

LEGACY = "*.sqlite*"
"""The files of earlier versions, one for each encoder."""

_PATTERNS = (f"*{ROWS}", f"*{INDEX}*", LEGACY)


def size_on_disk(folder: Path | None = None) -> int:
    """The size in bytes of the cache in `folder`, by default the usual one; 0 where it cannot be read."""
    try:
        return sum(path.stat().st_size for path in _files(folder or embeddings_dir()))
    except OSError:
        return 0


def clear() -> None:
    """Delete the whole cache; no run may be in progress. Raises `FewshotError` if a file cannot be
    removed."""
    try:
        for path in _files(embeddings_dir()):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise FewshotError(
            "{path} cannot be removed ({reason}): close what uses it, and try again.",
            path=error.filename,
            reason=reason_of(error),
        ) from error


def _files(folder: Path) -> Iterator[Path]:
    return (path for pattern in _PATTERNS for path in folder.glob(pattern))
