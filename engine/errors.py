"""The one kind of error that is not a bug.

`FewshotError` is raised for everything the world can do wrong: a missing folder,
a broken file, a full disk, a name that is not in the menu. Its message is one
sentence that says what happened, where, and what to do, and is shown to the
person as it stands. Any other exception is a bug and deserves a traceback.
"""

from __future__ import annotations


class FewshotError(Exception):
    """Something the user can understand and act on; `str(error)` is the sentence to show."""
