"""Files and folders that systems and programs keep for themselves among those of a person."""

from __future__ import annotations

import re
from typing import Final

_SERVICE_FOLDERS: Final = frozenset(
    {
        # Synology DSM: thumbnails and indexes, recycle bin, snapshots, temporary and package folders.
        "@eadir", "#recycle", "#snapshot", "@tmp", "@sharesnap", "@sharebin", "@database",
        # QNAP QTS: recycle bin, snapshots, thumbnails, converted films.
        "@recycle", "@recently-snapshot", "@__thumb", "@transcode",
        # Windows: recycle bin, restore points.
        "$recycle.bin", "system volume information",
        # macOS: what its zips and network drives keep beside each file.
        "__macosx", "network trash folder", "temporary items",
        # Linux: fragments after a file system check. NetApp: snapshots.
        "lost+found", "~snapshot",
    }
)  # fmt: skip
"""Lower case. After what immich-go (README, "Banned file list"), photo viewers and indexers of network
drives leave out; what begins with a dot (`.Trash-1000`, `.@__thumb`, `.dtrash`) is hidden anyway."""

_SERVICE_FILES: Final = frozenset({"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r"})

# Windows' file system check puts fragments into FOUND.000; Synology keeps attributes in NAME@SynoEAStream.
_PATTERNS: Final = re.compile(r"found\.\d{3}|.*@syno(eastream|resource)")


def is_hidden(name: str) -> bool:
    """Whether a search passes this name over without a word: it begins with a dot, or holds no pictures."""
    return name.startswith(".") or name.lower() in _SERVICE_FILES


def is_service_name(name: str) -> bool:
    """Whether a file or folder of this name is a system's own. Case is ignored, as the systems do."""
    lower = name.lower()
    return lower in _SERVICE_FOLDERS or _PATTERNS.fullmatch(lower) is not None
