"""What the engine says, in the language of the window.

The engine speaks English and knows no Qt. Its names and explanations are translated where they come to
the window, as they are; sentences with a number or a name in them are recognised by their pattern. What has
no translation, or no pattern in `engine_sentences`, stays English.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar, overload

from engine.exports import formats
from engine.images import REASONS
from engine.images.code_pages import CODE_PAGES
from engine.labeling.catalogue import AlgorithmEntry, BackboneEntry, Catalogue, DeviceEntry, OptionEntry
from engine.labeling.events import Stage
from engine.projections import projections
from fewshot_gui.engine_sentences import CONTEXT, NUMBERS, OWN_WORDS, PATTERNS
from fewshot_gui.languages import translate

_BEFORE_NAME = " · "
_NAMES = ("title", "family", "summary", "explanation", "limits")

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
    # In English there is nothing to recognise: to make all the patterns ready would delay the window.
    if translate(CONTEXT, PATTERNS[0]) == PATTERNS[0] or (recognised := _recognised(text)) is None:
        return text
    pattern, parts = recognised
    own = {name: translated(parts[name]) for name in OWN_WORDS if name in parts}
    return translate(CONTEXT, pattern).format(**parts | own)


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
    return Catalogue(tuple(algorithms), tuple(backbones), tuple(devices), catalogue.problems)


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
    code_pages = (page.title for page in CODE_PAGES)
    yield from dict.fromkeys(text for text in (*found, *Stage, *REASONS, *code_pages) if text)


def _renamed(entry: Entry) -> Entry:
    names = {name: getattr(entry, name) for name in _NAMES if hasattr(entry, name)}
    # The name that a person gave to a checkpoint follows the title of its algorithm.
    title, *own = names.pop("title").split(_BEFORE_NAME)
    changed = {name: translated(text) for name, text in names.items()}
    return replace(entry, title=_BEFORE_NAME.join([translated(title), *own]), **changed)


@functools.lru_cache(maxsize=1000)  # cells ask for the same few again and again
def _recognised(text: str) -> tuple[str, dict[str, str]] | None:
    """The pattern that a sentence follows, and what is put into it."""
    found = ((pattern, expression.fullmatch(text)) for pattern, expression in _expressions())
    return next(((pattern, match.groupdict()) for pattern, match in found if match), None)


@functools.cache
def _expressions() -> Iterable[tuple[str, re.Pattern[str]]]:
    return [(pattern, re.compile(_expression(pattern), re.DOTALL)) for pattern in PATTERNS]


def _expression(pattern: str) -> str:
    """A regular expression for what a pattern stands for."""
    escaped = re.escape(pattern)
    return re.sub(
        r"\\{(\w+)\\}",
        lambda found: rf"(?P<{found[1]}>{'[0-9,]+' if found[1] in NUMBERS else '.+'})",
        escaped,
    )
