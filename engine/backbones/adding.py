"""Adding the weights of a backbone: a file is fetched, or taken from a person, verified, and kept whole."""

from __future__ import annotations

import hashlib
import http.client
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

from engine.backbones.weights import Added
from engine.errors import FewshotError, reason_of
from engine.files import open_to_read, replacing

_CHUNK = 2**20
_SECONDS_OF_SILENCE = 30
_AGENT = {"User-Agent": "fewshot"}


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


def add(weights: Added, source: Path | None = None) -> Generator[int, None, None]:
    """Put the file where `weights` belong, from `source` or else from their address; yields the bytes so far.

    The file is there only after its size and digest have been verified. Closing the generator earlier leaves
    nothing behind. Raises `FewshotError` if the source cannot be read, is another file, or cannot be kept.
    """
    target = weights.path()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as unfinished:
            with unfinished.open("wb") as file:
                done, digest = 0, hashlib.sha256()
                for chunk in _chunks(weights, source):
                    file.write(chunk)
                    digest.update(chunk)
                    done += len(chunk)
                    yield done
            _verify(weights, source, done, digest.hexdigest())
    except OSError as error:
        raise FewshotError(
            "The weights could not be kept in {folder}: {reason}. Make room there, or set FEWSHOT_DATA_DIR to"
            " another folder.",
            folder=target.parent,
            reason=reason_of(error),
        ) from error


def _chunks(weights: Added, source: Path | None) -> Iterator[bytes]:
    """The content of the source, and at most a chunk more than the declared size."""
    where = weights.address if source is None else source
    try:
        with closing(_fetch(weights) if source is None else open_to_read(source)) as opened:
            left = weights.size
            while left >= 0 and (chunk := opened.read(_CHUNK)):
                left -= len(chunk)
                yield chunk
    except (OSError, http.client.HTTPException) as error:
        raise FewshotError(
            "{source} cannot be read ({reason}). Try again, or get the file by other means and add it with"
            " --from FILE.",
            source=where,
            reason=str(getattr(error, "reason", error)),
        ) from error


def _fetch(weights: Added) -> _Source:
    request = urllib.request.Request(weights.address, headers=_AGENT)
    opened: _Source = urllib.request.urlopen(request, timeout=_SECONDS_OF_SILENCE)
    return opened


def _verify(weights: Added, source: Path | None, size: int, digest: str) -> None:
    where = weights.address if source is None else source
    if size < weights.size:
        raise FewshotError(
            "{source} has {size} bytes instead of {expected}; it is cut off, or another file.",
            source=where,
            size=size,
            expected=weights.size,
        )
    if digest != weights.sha256:
        raise FewshotError(
            "{source} is another file than the weights of {backbone}: its SHA-256 is not {sha256}.",
            source=where,
            backbone=weights.backbone,
            sha256=weights.sha256,
        )
