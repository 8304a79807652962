"""One start, for `startup.py`, which runs it in a fresh process: `startup_child.py HOW`.

Prints, as JSON, `shown`: the reading of `time.monotonic` when the window had been painted for the
first time; and for Fewshot `plots`: when the plots were there, which are made after that, and `ready`:
when its algorithm menu could be used. Imports are inside the functions because they are what is measured.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, NoReturn

stamps: dict[str, float] = {}


def stamp(name: str) -> None:
    stamps.setdefault(name, time.monotonic())


def finish() -> NoReturn:
    print(json.dumps(stamps), flush=True)
    os._exit(0)


def bare() -> None:
    """What no program with these libraries can be faster than, if it has a plot from the first frame on."""
    import pyqtgraph
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def showEvent(self, event: QShowEvent) -> None:
            super().showEvent(event)
            self.windowHandle().installEventFilter(self)

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Expose and watched is self.windowHandle():
                watched.removeEventFilter(self)
                # Qt paints everything while it handles this event; the timer's turn comes after that.
                QTimer.singleShot(0, self.on_shown)
            return super().eventFilter(watched, event)

        def on_shown(self) -> None:
            stamp("shown")
            finish()

    application = QApplication(sys.argv[:1])
    window = Window()
    window.setCentralWidget(pyqtgraph.PlotWidget())
    window.resize(1400, 880)
    window.show()
    application.exec()


def fewshot() -> None:
    from fewshot_gui import application

    class Window(application.MainWindow):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            # Connected after the window's own, so the menus are filled when this is called.
            self.bridge.catalogue_ready.connect(self.on_catalogue)

        def complete(self) -> None:
            # Called as `on_shown` is in the bare window, see `application.WhenShown`.
            stamp("shown")
            super().complete()
            stamp("plots")

        def on_catalogue(self) -> None:
            if not self.choices.algorithm.isEnabled():
                raise RuntimeError("the catalogue came, but the algorithm menu is not filled")
            stamp("ready")
            finish()

    application.MainWindow = Window  # type: ignore[misc]
    application.main([])


def fewshot_after_torch() -> None:
    import torch  # noqa: F401

    fewshot()


if __name__ == "__main__":
    {"bare": bare, "fewshot": fewshot, "torch-first": fewshot_after_torch}[sys.argv[1]]()
