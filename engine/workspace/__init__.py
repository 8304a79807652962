"""The labelling project: one SQLite file, every gesture committed at once, undo that survives a restart."""

from __future__ import annotations

from engine.files import FileFacts
from engine.workspace import commands, locating
from engine.workspace.commands import Command
from engine.workspace.rows import ClassRow, LabelEvent, PictureRow, RunRow, StoredPredictions
from engine.workspace.store import PROJECT_SUFFIX, Workspace
from engine.workspace.undo_log import ChangeSet, Initiator

__all__ = [
    "PROJECT_SUFFIX",
    "ChangeSet",
    "ClassRow",
    "Command",
    "FileFacts",
    "Initiator",
    "LabelEvent",
    "PictureRow",
    "RunRow",
    "StoredPredictions",
    "Workspace",
    "commands",
    "locating",
]
