"""Messages: templates with parameters."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import FewshotError
from engine.messages import Message, Parameter

PARAMETERS = st.recursive(
    st.text() | st.integers(-(2**40), 2**40),
    lambda inner: st.builds(
        lambda template, values: Message(template, **values),
        st.text(),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    ),
    max_leaves=3,
)


def test_parameters_take_the_places_of_their_names_and_numbers_get_separators() -> None:
    message = Message("{n} pictures in {path}: {n}", n=12345, path=Path("a") / "b")
    assert str(message) == f"12,345 pictures in {Path('a') / 'b'}: 12,345"


def test_templates_are_translated_and_parameters_are_not() -> None:
    korean = {"{path}: {reason}": "{reason} ({path})", "damaged": "손상됨"}
    message = Message("{path}: {reason}", path="damaged", reason=Message("damaged"))
    assert message.render(lambda template: korean.get(template, template)) == "손상됨 (damaged)"


@pytest.mark.parametrize(
    "template", ["{n.__class__}", "{n:9999999999}", "{0}", "{", "{}", "{other}", "{n!r}"]
)
def test_braces_around_anything_but_a_parameter_are_ordinary_characters(template: str) -> None:
    assert str(Message(template, n=1)) == template


def test_what_a_parameter_says_is_not_read_as_a_template() -> None:
    assert str(Message("{a}{b}", a="{b}", b="{a}")) == "{b}{a}"


@given(st.text(), st.dictionaries(st.sampled_from("abc"), PARAMETERS, max_size=3))
def test_a_message_can_be_kept_and_sent(template: str, parameters: dict[str, Parameter]) -> None:
    message = Message(template, **parameters)
    again = pickle.loads(pickle.dumps(message))
    assert again == message
    assert hash(again) == hash(message)
    kept = Message.from_json(message.to_json())
    assert str(kept) == str(message)


@given(
    st.text() | st.sampled_from(['["a", {"b": null}]', '["a", {"b": [["c"]]}]', "[]", "[" * 10_000, '"a"'])
)
def test_a_text_of_an_earlier_version_is_a_template_of_its_own(text: str) -> None:
    assert str(Message.from_json(text)) == text


def test_an_error_has_its_message_and_says_it() -> None:
    error = FewshotError("{path} is empty: choose another.", path=Path("a"))
    assert error.message == Message("{path} is empty: choose another.", path=Path("a"))
    assert str(error) == "a is empty: choose another."
    assert str(FewshotError(error.message)) == str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_messages_are_joined_and_each_is_translated_by_itself() -> None:
    joined = Message.joined([Message("{n} dogs", n=2), Message("no cat")], ", ")
    german = {"{n} dogs": "{n} Hunde", "no cat": "keine Katze"}
    assert joined.render(lambda template: german.get(template, template)) == "2 Hunde, keine Katze"
    assert str(joined) == "2 dogs, no cat"


def test_a_text_that_would_become_far_longer_than_it_is_stays_as_it_is() -> None:
    text = json.dumps("x" * 999)
    for _ in range(3):
        text = json.dumps(["{a}" * 333, {"a": json.loads(text)}])
    assert str(Message.from_json(text)) == text


@pytest.mark.parametrize("message", [Message("truncated"), Message('["a", {}]'), Message(' ["a", {}]')])
def test_what_needs_no_form_of_its_own_is_kept_as_plain_text(message: Message) -> None:
    assert (message.to_json() == message.template) == ("[" not in message.template)
    assert Message.from_json(message.to_json()) == message
