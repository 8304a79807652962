"""How much room the embeddings of pictures take, and making it free again. No torch."""

from __future__ import annotations

from engine.errors import FewshotError
from engine.paths import embeddings_dir

_FILES = "*.sqlite*"


def size_on_disk() -> int:
    """Bytes; 0 where nothing is kept, or nothing can be seen of it."""
    try:
        return sum(path.stat().st_size for path in embeddings_dir().glob(_FILES))
    except OSError:
        return 0


def clear() -> None:
    """Remove all of it, while no run is on. Raises `FewshotError` if a file cannot be removed."""
    try:
        for path in embeddings_dir().glob(_FILES):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise FewshotError(
            f"{error.filename} cannot be removed ({error.strerror}): close what uses it, and try again."
        ) from error
