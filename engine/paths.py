"""Where the program keeps its own files: bundled assets, caches, and user data."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def assets_dir() -> Path:
    """The folder of checkpoints, icons and other files that ship with the program.

    An installed wheel carries it inside the package, a checkout keeps it at the top level.
    """
    packaged = _PACKAGE / "assets"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "assets"


def docs_dir() -> Path:
    """The folder of the documents that the window shows: inside the package in an installed wheel, at the top
    level in a checkout."""
    packaged = _PACKAGE / "docs"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "docs"


def cache_dir() -> Path:
    """Files that may be deleted at any time: embeddings and converted backbones.

    `FEWSHOT_CACHE_DIR` moves it, e.g. to a larger disk. The folder need not exist yet.
    """
    return Path(
        os.environ.get("FEWSHOT_CACHE_DIR") or platformdirs.user_cache_dir("fewshot", appauthor=False)
    )


def embeddings_dir() -> Path:
    """Where the embeddings of pictures that were looked at before are kept (see `EmbeddingCache`)."""
    return cache_dir() / "embeddings"


def config_dir() -> Path:
    """Where the window remembers its settings (by Qt's QSettings; on Windows that is the registry)."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Preferences"
    return Path(platformdirs.user_config_dir("fewshot", appauthor=False))


def data_dir() -> Path:
    """The user's own files that no dialog asked a place for: the default project, the demo.

    `FEWSHOT_DATA_DIR` moves it. The folder need not exist yet.
    """
    chosen = os.environ.get("FEWSHOT_DATA_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("fewshot", appauthor=False))
