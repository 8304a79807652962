"""Settings that are saved between sessions: choices, folders, the window's geometry.

They are separate from projects: a project file contains nothing about the window.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

_MAX_RECENT = 8


def _store() -> QSettings:
    return QSettings(QSettings.defaultFormat(), QSettings.Scope.UserScope, "fewshot", "Fewshot")


def remember(key: str, value: str | list[str] | QByteArray) -> None:
    _store().setValue(key, value)


def remembered(key: str, default: str = "") -> str:
    value = _store().value(key, default)
    return value if isinstance(value, str) else default


def remembered_list(key: str) -> list[str]:
    """The saved list, or an empty one."""
    value = _store().value(key, [])
    # An INI file gives back a list of one as that one.
    return [value] if isinstance(value, str) else value if isinstance(value, list) else []


def remembered_bytes(key: str) -> QByteArray:
    """The saved bytes, or an empty array."""
    value = _store().value(key)
    return value if isinstance(value, QByteArray) else QByteArray()


def remember_options(algorithm: str, values: Mapping[str, float | bool]) -> None:
    """Save the options of an algorithm that are not at their defaults."""
    remember(f"options/{algorithm}", json.dumps(dict(values)))


def remembered_options(algorithm: str) -> dict[str, Any]:
    """The saved options, unchecked: the catalogue decides whether they still fit."""
    try:
        values = json.loads(remembered(f"options/{algorithm}", "{}"))
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def recent_projects() -> list[Path]:
    """The projects opened last that exist now, the last one first."""
    # Not `Path.is_file`, which raises where a network drive does not answer or may not be looked at.
    return [path for path in remembered_projects() if os.path.isfile(path)]  # noqa: PTH113


def remembered_projects() -> list[Path]:
    """The projects opened last, also those on a drive that is not connected."""
    return [Path(name) for name in remembered_list("projects/recent")]


def remember_project(path: Path) -> None:
    others = [recent for recent in remembered_projects() if recent != path]
    remember("projects/recent", [str(recent) for recent in (path, *others)][:_MAX_RECENT])


def at_start(menu: str) -> str:
    """The key under which a menu's choice at the start of the program is saved."""
    return f"start/{menu}"
