"""What ONNX Runtime's telemetry has left on this computer, before this program switched it off.

The places are those of versions 1.29 to 1.32 (`onnxruntime/core/platform/posix/device_id.cc`,
`windows/device_id.cc` and `telemetry_1ds.cc` in its sources). All programs of a user that use ONNX Runtime
share them. No torch, no Qt.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from engine.errors import FewshotError, reason_of

_FOLDER = Path("Microsoft", "DeveloperTools", ".onnxruntime")
_FILES = ("deviceid*", "onnxruntime.db*")
"""The lasting id with its lock, and the queue of events with the files that SQLite puts beside it."""
_SESSION = ".ses"
"""A number for the session, in the folder of temporary files."""
_REGISTRY_KEY = r"SOFTWARE\Microsoft\DeveloperTools\.onnxruntime"


def leftovers() -> list[str]:
    """The files (and on Windows the value in the registry) that are there now."""
    return [*map(str, _files()), *_registry_values()]


def remove_leftovers() -> list[str]:
    """Remove them, and the folders that are empty then; returns what was removed.

    Raises `FewshotError` if something cannot be removed.
    """
    removed = leftovers()
    try:
        for file in _files():
            file.unlink(missing_ok=True)
        _remove_registry_values()
    except OSError as error:
        raise FewshotError(
            "{path} cannot be removed ({reason}): close the programs that use ONNX Runtime, and try again.",
            path=error.filename or _REGISTRY_KEY,
            reason=reason_of(error),
        ) from error
    for folder in (_folder(), *_folder().parents[:2]):
        with suppress(OSError):  # not there, or in use by others
            folder.rmdir()
    return removed


def _files() -> list[Path]:
    found = [path for pattern in _FILES for path in sorted(_folder().glob(pattern))]
    session = Path(tempfile.gettempdir(), _SESSION)
    return [path for path in (*found, session) if path.is_file()]


def _folder() -> Path:
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or os.environ.get("APPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        cache = os.environ.get("XDG_CACHE_HOME", "")
        base = Path(cache) if cache.startswith("/") else home / ".cache"
    return base / _FOLDER


def _registry_values() -> list[str]:
    if sys.platform == "win32":
        import winreg

        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, _REGISTRY_KEY) as key:
            winreg.QueryValueEx(key, "deviceid")
            return [rf"HKEY_CURRENT_USER\{_REGISTRY_KEY}\deviceid"]
    return []


def _remove_registry_values() -> None:
    if sys.platform == "win32" and _registry_values():
        import winreg

        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _REGISTRY_KEY, access=winreg.KEY_SET_VALUE) as key:
            winreg.DeleteValue(key, "deviceid")
