"""The arguments of the commands that export."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.errors import FewshotError
from engine.exports import ExportFormat, check_options, check_target, formats, get_format


def add_format(parser: argparse.ArgumentParser, out: str) -> None:
    """`--out`, whose help is `out`, `--format` and `--format-option`."""
    known = formats().values()
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help=out)
    names = ", ".join(form.name for form in known)
    parser.add_argument(
        "--format", metavar="NAME", help=f"one of: {names}; default: by the suffix of PATH, else csv"
    )
    options = [
        f"{choice.name}={'|'.join(choice.values)} ({form.name})" for form in known for choice in form.choices
    ]
    parser.add_argument(
        "--format-option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=f"a choice about the format: {', '.join(options)}; the first value is the default",
    )


def chosen_format(options: argparse.Namespace) -> tuple[ExportFormat, dict[str, str]]:
    """The format and its options.

    Raises `FewshotError` if there is none such, or `--out` cannot be written, before anything else is done.
    """
    by_suffix = {form.suffix: form.name for form in formats().values() if not form.is_folder}
    form = get_format(options.format or by_suffix.get(options.out.suffix.lower(), "csv"))
    given: dict[str, str] = {}
    for text in options.format_option:
        name, equals, value = text.partition("=")
        if not equals:
            raise FewshotError("--format-option takes NAME=VALUE, not “{text}”.", text=text)
        given[name.strip()] = value.strip()
    check_target(options.out, form)
    return form, check_options(form, given)
