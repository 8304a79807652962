"""Paths that were noted on another system, as a project may be moved from Windows to Linux or back.

A path is whole, so it has its system's separator. On Windows no name has that of the others in it; on the
others a name may have that of Windows, but the path has their own, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

_OTHER_SEP = "\\" if os.sep == "/" else "/"


def as_here(path: str) -> str:
    """The path, with the same names, as this system would write it: `D:\\pets\\1.jpg` is `/D:/pets/1.jpg`.

    There need be no such place: it is to be compared with others.
    """
    return path if os.sep in path else os.sep + path.replace(_OTHER_SEP, os.sep).lstrip(os.sep)


def file_names(paths: Iterable[str]) -> list[str]:
    """The last name of each: all in one go, as a call for each of very many would be felt."""
    return [path[(path.rfind(os.sep) + 1 or path.rfind(_OTHER_SEP) + 1) :] for path in paths]


def folder_names(paths: Sequence[str]) -> list[str]:
    """The last name of the folder of each; empty for a file without one."""
    ends = file_names(paths)
    folders = (path[: len(path) - len(end)] for path, end in zip(paths, ends, strict=True))
    return file_names([folder.rstrip(os.sep + _OTHER_SEP) for folder in folders])
