"""The languages of the window: English, and those in `assets/translations`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6 import QtCore
from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from engine.paths import assets_dir
from fewshot_gui.shell.saved_settings import remembered

KEY = "language"
SYSTEM, ENGLISH = "", "en"

translate = QCoreApplication.translate
"""For texts outside of Qt objects: the context of the translation, and a text in English."""

QT_TRANSLATE_NOOP = cast("Callable[[str, str], str]", QtCore.QT_TRANSLATE_NOOP)
"""Marks a text, with its context, that is translated later. Qt's stubs call the result an object."""

_MNEMONIC = re.compile(r"\(&\w\)|&(?=\w)")


def translations() -> dict[str, str]:
    """The names of the languages in their own words, by code: one for each `fewshot_CODE.qm`."""
    codes = sorted(path.stem.removeprefix("fewshot_") for path in _folder().glob("fewshot_*.qm"))
    return {code: QLocale(code).nativeLanguageName() or code for code in codes}


def install_translations(application: QApplication) -> None:
    """Install the translation of the chosen language, if there is one; else English stays."""
    chosen = remembered(KEY, SYSTEM)
    if chosen == ENGLISH:
        return
    locale = QLocale(chosen) if chosen else QLocale.system()
    qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    for name, folder in (("fewshot", _folder()), ("qtbase", qt)):
        translator = QTranslator(application)
        if not translator.load(locale, name, "_", str(folder)):
            return  # with only Qt's own texts translated, the window would mix two languages
        application.installTranslator(translator)


def without_mnemonic(text: str) -> str:
    """The text of an action without the mark of its mnemonic: `&File`, in other scripts `파일(&F)`."""
    return _MNEMONIC.sub("", text)


def _folder() -> Path:
    return assets_dir() / "translations"
