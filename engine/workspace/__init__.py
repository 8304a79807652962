"""The labelling project: one SQLite file, every gesture committed at once, undo that survives a restart."""

from __future__ import annotations

from engine.workspace import commands, filters, locating
from engine.workspace.changes import ChangeSet
from engine.workspace.commands import Command
from engine.workspace.filters import PictureFilter
from engine.workspace.rows import ClassRow, FileFacts, LabelEvent, PictureRow, Predictions, RunRow
from engine.workspace.store import Workspace

__all__ = [
    "ChangeSet",
    "ClassRow",
    "Command",
    "FileFacts",
    "LabelEvent",
    "PictureFilter",
    "PictureRow",
    "Predictions",
    "RunRow",
    "Workspace",
    "commands",
    "filters",
    "locating",
]
