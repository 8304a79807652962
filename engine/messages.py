"""A message is a template with parameters, never a finished sentence.

The engine writes its templates in English. `str(message)` is the English sentence, for a terminal or a log; a
window gives `render` a function that translates templates, and the parameters are filled in afterwards. So no
reader of a message has to take a sentence apart.

`make translations` finds every template by its place in the source: it is the literal first argument of
`Message`, `FewshotError` or `UnusableProjectError`. Two kinds have no such place: what algorithms, backbones
and formats declare of themselves, and what the operating system says (`engine.errors.reason_of`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final, TypeAlias, Union

Parameter: TypeAlias = Union[str, int, PurePath, "Message"]
"""A number gets separators for thousands; a message is translated by itself."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MOST_NESTED = 3
_LONGEST = 100_000
"""Characters of a message that is read from a file, and of what it says when it is filled in."""


@dataclass(frozen=True, init=False)
class Message:
    """`Message("{path} holds {n} pictures.", path=path, n=3)`.

    `{name}` stands for the parameter of that name; braces around anything else are ordinary characters, so a
    template that comes from a file can do no harm. Equal templates with equal parameters are equal. A message
    with an empty template is false.
    """

    template: str
    parameters: tuple[tuple[str, Parameter], ...]

    def __init__(self, template: str, /, **parameters: Parameter) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "parameters", tuple(parameters.items()))

    def __bool__(self) -> bool:
        return bool(self.template)

    def __str__(self) -> str:
        return self.render(lambda template: template)

    def render(self, translate: Callable[[str], str]) -> str:
        """The sentence: templates as `translate` returns them, with the parameters filled in."""
        texts = {name: _text(value, translate) for name, value in self.parameters}
        return _PLACEHOLDER.sub(lambda found: texts.get(found[1], found[0]), translate(self.template))

    def filled(self, **parameters: Parameter) -> Message:
        """The same template with these parameters, for messages that are kept as constants."""
        return Message(self.template, **parameters)

    @classmethod
    def joined(cls, messages: Iterable[Message], separator: str) -> Message:
        """Several messages as one, each of which is translated by itself."""
        parameters = {f"part_{place}": message for place, message in enumerate(messages)}
        return cls(separator.join(f"{{{name}}}" for name in parameters), **parameters)

    def to_json(self) -> str:
        """The message as text that `from_json` reads, to be kept in a file: plain where that is enough."""
        text = self.template
        is_plain = not self.parameters and text.isascii() and not text.lstrip().startswith("[")
        return text if is_plain else json.dumps(_plain(self))

    @classmethod
    def from_json(cls, text: str) -> Message:
        """The message that was kept. Any other text, as earlier versions kept, is a template of its own."""
        if len(text) <= _LONGEST:
            with suppress(ValueError, RecursionError):
                message = _message(json.loads(text), _MOST_NESTED)
                if _length(message) <= _LONGEST:
                    return message
        return cls(text)


NOTHING: Final = Message("")


def _text(value: Parameter, translate: Callable[[str], str]) -> str:
    match value:
        case Message():
            return value.render(translate)
        case int():
            return f"{value:,}"
        case _:
            return str(value)


def _length(value: Parameter) -> int:
    """About how long a text is, found without making it: it may be far longer than what it is made of."""
    if not isinstance(value, Message):
        return len(str(value))
    lengths = {name: _length(parameter) for name, parameter in value.parameters}
    return len(value.template) + sum(lengths.get(name, 0) for name in _PLACEHOLDER.findall(value.template))


def _plain(message: Message) -> list[Any]:
    """A message as a list, which distinguishes it from a text."""
    values = {
        name: _plain(value) if isinstance(value, Message) else value if isinstance(value, int) else str(value)
        for name, value in message.parameters
    }
    return [message.template, values]


def _message(kept: Any, nested: int) -> Message:
    match kept:
        case [str(template), dict(values)] if nested:
            parameters = {
                name: _message(value, nested - 1) if isinstance(value, list) else value
                for name, value in values.items()
            }
            if all(isinstance(value, str | int | Message) for value in parameters.values()):
                return Message(template, **parameters)
    raise ValueError("no message")
