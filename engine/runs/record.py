"""The record of a run: enough to repeat it, or to explain why another run differs."""

from __future__ import annotations

import functools
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from engine.images.decode import DECODING
from engine.learners.registry import find_checkpoint
from engine.learners.user_checkpoints import split_name
from engine.runs.events import RunRecord
from engine.runs.session import Session
from engine.saved_classifier import SavedClassifier
from engine.versions import versions


def record_of(session: Session, seed: int) -> RunRecord:
    """The record of a run that begins now. It names no folder, as it goes with what is exported."""
    algorithm, name = split_name(session.algorithm)
    checkpoint = find_checkpoint(algorithm, session.backbone.name, name)
    return {
        "algorithm": session.algorithm,
        "options": session.learner.option_values(),
        "checkpoint": checkpoint and _file(checkpoint),
        "backbone": session.backbone.name,
        "backbone_weights": _file(session.backbone.weights.path()),
        "backbone_fingerprint": session.backbone.fingerprint,
        "decoder": DECODING,
        "device": str(session.device_title),
        "seed": seed,
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
    }


def record_of_applying(session: Session, saved: SavedClassifier, path: Path) -> RunRecord:
    """The record of the classifier at `path`, with how it is applied now."""
    applied = {
        "file": path.name,
        "digest": saved.digest,
        "decoder": DECODING,
        "device": str(session.device_title),
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
    }
    return {**saved.record, "applied": applied}


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
