"""`python -m fewshot_gui [PROJECT.fewshot]` and the command `fewshot-gui`."""

from __future__ import annotations

import sys

from fewshot_gui.application import main

if __name__ == "__main__":
    sys.exit(main())
