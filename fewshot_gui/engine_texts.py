"""What the engine says, in the language of the window.

The engine speaks English and knows no Qt. Its names and explanations are translated where they come to
the window, as they are; sentences with a number or a name in them are recognised by their pattern. What has
no translation, or no pattern here, stays English.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar, overload

from PySide6.QtCore import QT_TRANSLATE_NOOP

from engine.exports import formats
from engine.images import REASONS
from engine.labeling.catalogue import AlgorithmEntry, BackboneEntry, Catalogue, DeviceEntry, OptionEntry
from engine.labeling.events import Stage
from engine.projections import projections
from fewshot_gui.languages import translate

CONTEXT = "engine"
_BEFORE_NAME = " · "
_NUMBERS = ("n", "class_n")
_NAMES = ("title", "family", "summary", "explanation", "limits")

# Those of `_NUMBERS` stand for numbers, `{algorithm}` and `{backbone}` for titles that are translated.
PATTERNS = (
    QT_TRANSLATE_NOOP("engine", "Add class “{name}”"),
    QT_TRANSLATE_NOOP("engine", "Rename class to “{name}”"),
    QT_TRANSLATE_NOOP("engine", "Change the colour of a class"),
    QT_TRANSLATE_NOOP("engine", "Change the key of a class"),
    QT_TRANSLATE_NOOP("engine", "Remove class"),
    QT_TRANSLATE_NOOP("engine", "Move class"),
    QT_TRANSLATE_NOOP("engine", "Add 1 picture"),
    QT_TRANSLATE_NOOP("engine", "Add {n} pictures"),
    QT_TRANSLATE_NOOP("engine", "Add 1 picture of 1 class"),
    QT_TRANSLATE_NOOP("engine", "Add {n} pictures of 1 class"),
    QT_TRANSLATE_NOOP("engine", "Add 1 picture of {class_n} classes"),
    QT_TRANSLATE_NOOP("engine", "Add {n} pictures of {class_n} classes"),
    QT_TRANSLATE_NOOP("engine", "Label 1 picture"),
    QT_TRANSLATE_NOOP("engine", "Label {n} pictures"),
    QT_TRANSLATE_NOOP("engine", "Label 1 picture as unknown"),
    QT_TRANSLATE_NOOP("engine", "Label {n} pictures as unknown"),
    QT_TRANSLATE_NOOP("engine", "Unlabel 1 picture"),
    QT_TRANSLATE_NOOP("engine", "Unlabel {n} pictures"),
    QT_TRANSLATE_NOOP("engine", "Accept 1 prediction"),
    QT_TRANSLATE_NOOP("engine", "Accept {n} predictions"),
    QT_TRANSLATE_NOOP("engine", "Remove 1 picture"),
    QT_TRANSLATE_NOOP("engine", "Remove {n} pictures"),
    QT_TRANSLATE_NOOP("engine", "Locate 1 picture"),
    QT_TRANSLATE_NOOP("engine", "Locate {n} pictures"),
    QT_TRANSLATE_NOOP("engine", "“{key}” is the key of “{name}”: choose another."),
    QT_TRANSLATE_NOOP("engine", "A class needs a name: type at least one letter."),
    QT_TRANSLATE_NOOP("engine", "“{name}” means pictures that belong to no class: choose another name."),
    QT_TRANSLATE_NOOP("engine", "The key of a class is one letter or digit, not “{text}”."),
    QT_TRANSLATE_NOOP("engine", "There is already a class “{name}”: choose another name."),
    QT_TRANSLATE_NOOP(
        "engine", "There is a class “{name}”: rename it, so that it is told from pictures of none."
    ),
    QT_TRANSLATE_NOOP("engine", "What is trained needs a name: type at least one letter."),
    QT_TRANSLATE_NOOP("engine", "A name has at most {n} characters."),
    QT_TRANSLATE_NOOP("engine", "A name is also part of a file's name: leave out the “{character}”."),
    QT_TRANSLATE_NOOP("engine", "CPU ({n} cores)"),
    QT_TRANSLATE_NOOP("engine", "CPU ({n} cores) · ONNX Runtime"),
    QT_TRANSLATE_NOOP("engine", "leave-one-out"),
    QT_TRANSLATE_NOOP(
        "engine", "{algorithm} has no meta-trained checkpoint for {backbone}; make one with: {command}"
    ),
    QT_TRANSLATE_NOOP("engine", "“{name}” was not meta-trained for {backbone}."),
    QT_TRANSLATE_NOOP(
        "engine", "Meta-trained by you for {backbone} on {sources}. Validation on {accuracies}."
    ),
)

Entry = TypeVar("Entry", AlgorithmEntry, BackboneEntry, DeviceEntry, OptionEntry)


@overload
def translated(text: str) -> str: ...
@overload
def translated(text: None) -> None: ...
def translated(text: str | None) -> str | None:
    """What the engine said, in the language of the window; nothing of nothing."""
    if not text:
        return text
    if (whole := translate(CONTEXT, text)) != text:
        return whole
    for pattern, expression in _expressions():
        if match := expression.fullmatch(text):
            parts = match.groupdict()
            titles = {name: translated(parts[name]) for name in ("algorithm", "backbone") if name in parts}
            return translate(CONTEXT, pattern).format(**parts | titles)
    return text


def in_language(catalogue: Catalogue) -> Catalogue:
    """The same choices, called and explained in the language of the window."""
    algorithms = (
        replace(
            _renamed(algorithm),
            options=tuple(map(_renamed, algorithm.options)),
            unavailable={name: translated(reason) for name, reason in algorithm.unavailable.items()},
        )
        for algorithm in catalogue.algorithms
    )
    backbones, devices = map(_renamed, catalogue.backbones), map(_renamed, catalogue.devices)
    return Catalogue(tuple(algorithms), tuple(backbones), tuple(devices))


def texts(catalogue: Catalogue) -> Iterator[str]:
    """Everything in English that `translated` may be asked for, but for `PATTERNS`."""
    algorithms = [one for one in catalogue.algorithms if _BEFORE_NAME not in one.title]
    entries = [
        *algorithms,
        *(option for algorithm in algorithms for option in algorithm.options),
        *catalogue.backbones,
        *projections().values(),
        *formats().values(),
    ]
    found = (getattr(entry, name, "") for entry in entries for name in _NAMES)
    yield from dict.fromkeys(text for text in (*found, *Stage, *REASONS) if text)


def _renamed(entry: Entry) -> Entry:
    names = {name: getattr(entry, name) for name in _NAMES if hasattr(entry, name)}
    # The name that a person gave to a checkpoint follows the title of its algorithm.
    title, *own = names.pop("title").split(_BEFORE_NAME)
    changed = {name: translated(text) for name, text in names.items()}
    return replace(entry, title=_BEFORE_NAME.join([translated(title), *own]), **changed)


@functools.cache
def _expressions() -> Iterable[tuple[str, re.Pattern[str]]]:
    return [(pattern, re.compile(_expression(pattern), re.DOTALL)) for pattern in PATTERNS]


def _expression(pattern: str) -> str:
    """A regular expression for what a pattern stands for."""
    escaped = re.escape(pattern)
    return re.sub(
        r"\\{(\w+)\\}",
        lambda found: rf"(?P<{found[1]}>{'[0-9,]+' if found[1] in _NUMBERS else '.+'})",
        escaped,
    )
