"""The record of a run: enough to repeat it, or to explain why another run differs."""

from __future__ import annotations

import functools
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from engine.images.decode import DECODING
from engine.learners.registry import find_checkpoint
from engine.learners.user_checkpoints import split_name
from engine.runs.events import RunRecord, RunRequest
from engine.runs.session import Session
from engine.versions import versions


def record_of(session: Session, request: RunRequest) -> RunRecord:
    """The record of a run that begins now. It names no folder, as it goes with what is exported."""
    algorithm, name = split_name(request.algorithm)
    checkpoint = find_checkpoint(algorithm, request.backbone, name)
    learner = session.learner
    return {
        "algorithm": request.algorithm,
        "options": {option.name: getattr(learner, option.name) for option in learner.options},
        "checkpoint": checkpoint and _file(checkpoint),
        "backbone": request.backbone,
        "backbone_weights": _file(session.backbone.weights.path()),
        "backbone_fingerprint": session.backbone.fingerprint,
        "decoder": DECODING,
        "device": str(session.device_title),
        "seed": request.seed,
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
    }


def _file(path: Path) -> dict[str, str]:
    """Its name and digest, which is empty if it has gone since it was read."""
    try:
        state = path.stat()
        return {"file": path.name, "sha256": _sha256(path, state.st_size, state.st_mtime_ns)}
    except OSError:
        return {"file": path.name, "sha256": ""}


@functools.lru_cache(maxsize=64)
def _sha256(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
