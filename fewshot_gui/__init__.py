"""Fewshot's window. Qt only: torch is loaded by the engine, on its own thread, after the window is shown."""

import os

# pyqtgraph would otherwise take whichever Qt binding it finds first.
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
