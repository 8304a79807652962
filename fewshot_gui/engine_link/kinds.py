"""The kinds of task, as data: what excludes what, what Esc cancels in which order, what closing waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """A kind of task. `name` is also the name of its threads.

    No task of this kind may start while a task of a kind in `excluded_by` runs. Each Esc cancels the
    tasks of one `esc`, in rising order, and none of those with 0: a run goes with the questions and the
    further run that it keeps waiting. Closing the window waits for tasks that have
    `delays_closing`.
    """

    name: str
    excluded_by: tuple[str, ...] = ()
    esc: int = 0
    delays_closing: bool = False


_WRITERS = ("run", "import", "gesture", "export")
"""Tasks that write into the project, or read from it, block by block: no other project is opened
meanwhile."""

QUEUED_TRAINING = Kind("queued training", esc=4)
RUN = Kind("run", excluded_by=("run", "queued training"), esc=4)
TRAINING = Kind("training")
IMPORT = Kind("import", esc=2)
QUESTION = Kind("question", esc=4)
GESTURE = Kind("gesture", excluded_by=("gesture",), esc=3)
OPEN = Kind("open", excluded_by=_WRITERS, esc=5)
LOCATE = Kind("locate", esc=1)
EXPORT = Kind("export", excluded_by=("export",), esc=6, delays_closing=True)
CLASSIFIER = Kind("classifier", excluded_by=("classifier",), esc=7)
WATCH = Kind("watch")
NAMES = Kind("names")
READ_PROJECT = Kind("read project")
COMPARE = Kind("compare")
LAYOUT = Kind("projection")
ANSWER = Kind("answer")
FREE_MEMORY = Kind("free memory")
PREPARATION = Kind("preparation", excluded_by=("run", "training", "question", "import", "gesture", "open"))
RERUN = Kind("rerun", excluded_by=("import", "gesture", "open"), esc=4)

KINDS: Final = tuple(value for value in list(globals().values()) if isinstance(value, Kind))
"""All kinds. The status bar shows the first of them that runs; closing cancels them in this order."""
BY_ESC: Final = tuple(sorted((kind for kind in KINDS if kind.esc), key=lambda kind: kind.esc))
_EXCLUDING = {name for kind in KINDS for name in kind.excluded_by}
ENABLING: Final = tuple(kind for kind in KINDS if kind.esc or kind.name in _EXCLUDING)
"""The kinds of task that decide which actions are enabled."""
ENGINE: Final = (RUN, TRAINING, ANSWER, PREPARATION)
"""The kinds of task that the engine works on."""
