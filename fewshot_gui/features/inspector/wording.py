"""Texts about a picture: the history of its label, and the facts about its file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale

from engine.files import FileFacts
from engine.images import PictureFacts
from engine.workspace.rows import UNKNOWN_NAME, LabelEvent
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.languages import QT_TRANSLATE_NOOP, translate

_MEGA = 1_000_000
_MODES = {
    "1": QT_TRANSLATE_NOOP("Inspector", "black and white"),
    "L": QT_TRANSLATE_NOOP("Inspector", "grey"),
    "LA": QT_TRANSLATE_NOOP("Inspector", "grey with transparency"),
    "La": QT_TRANSLATE_NOOP("Inspector", "grey with transparency"),
    "I;16": QT_TRANSLATE_NOOP("Inspector", "grey, 16 bits"),
    "I;16B": QT_TRANSLATE_NOOP("Inspector", "grey, 16 bits"),
    "I": QT_TRANSLATE_NOOP("Inspector", "grey, up to 32 bits"),
    "F": QT_TRANSLATE_NOOP("Inspector", "grey, floating point"),
    "P": QT_TRANSLATE_NOOP("Inspector", "palette of colours"),
    "PA": QT_TRANSLATE_NOOP("Inspector", "palette with transparency"),
    "RGB": QT_TRANSLATE_NOOP("Inspector", "colour (RGB)"),
    "RGBA": QT_TRANSLATE_NOOP("Inspector", "colour with transparency (RGBA)"),
    "RGBa": QT_TRANSLATE_NOOP("Inspector", "colour with transparency (RGBA)"),
    "CMYK": QT_TRANSLATE_NOOP("Inspector", "colour for print (CMYK)"),
    "YCbCr": QT_TRANSLATE_NOOP("Inspector", "colour (YCbCr)"),
    "LAB": QT_TRANSLATE_NOOP("Inspector", "colour (Lab)"),
}
_SOURCES = {
    "human": QT_TRANSLATE_NOOP("Inspector", "by hand"),
    "model": QT_TRANSLATE_NOOP("Inspector", "accepted from a run"),
    "import": QT_TRANSLATE_NOOP("Inspector", "by its folder"),
}


def moment(time: datetime, now: datetime) -> str:
    """A time in the format of the person's language; both are timezone-aware."""
    local, today = time.astimezone(), now.astimezone().date()
    clock = QLocale().toString(_for_qt(local).time(), QLocale.FormatType.ShortFormat)
    if local.date() == today:
        return translate("Inspector", "today, {clock}").format(clock=clock)
    if local.date() == today - timedelta(days=1):
        return translate("Inspector", "yesterday, {clock}").format(clock=clock)
    day = QLocale().toString(_for_qt(local).date(), translate("Inspector", "d MMMM yyyy"))
    return f"{day}, {clock}"


def history_in_words(events: Sequence[LabelEvent], now: datetime) -> list[tuple[str, str]]:
    """A line for each event, the latest first: what happened, when, and by which gesture."""
    return [_event_in_words(event, now) for event in reversed(events)]


def _event_in_words(event: LabelEvent, now: datetime) -> tuple[str, str]:
    if event.class_name is None:
        what = translate("Inspector", "Label removed")
    else:
        name = translate("Inspector", "Unknown") if event.class_name == UNKNOWN_NAME else event.class_name
        who = translate("Inspector", _SOURCES[event.source]) if event.source else ""
        if event.source == "model" and event.run_id is not None:
            who = translate("Inspector", "accepted from run {n}").format(n=event.run_id)
        what = f"{name} – {who}" if who else name
    when = translate("Inspector", "at an unknown time") if event.time is None else moment(event.time, now)
    return what, f"{when} · {translated(event.gesture)}" if event.gesture else when


def facts_in_words(path: Path, file: FileFacts | None, facts: PictureFacts | None) -> list[tuple[str, str]]:
    """The facts about the file, each with its name."""
    rows = [(translate("Inspector", "Name"), path.name), (translate("Inspector", "Folder"), str(path.parent))]
    if facts is not None:
        size = f"{facts.width:,} × {facts.height:,}"
        if facts.pixels >= _MEGA / 10:
            size += translate("Inspector", " ({n} megapixels)").format(n=f"{facts.pixels / _MEGA:,.1f}")
        rows += [
            (translate("Inspector", "Pixels"), size),
            (translate("Inspector", "Format"), facts.format),
            (translate("Inspector", "Colours"), _colours_in_words(facts)),
            *_decoding_in_words(facts),
        ]
    if file is not None:
        changed = QDateTime.fromMSecsSinceEpoch(file.mtime_ns // 1_000_000)
        rows += [
            (translate("Inspector", "Size"), QLocale().formattedDataSize(file.size)),
            (
                translate("Inspector", "Changed"),
                QLocale().toString(changed, translate("Inspector", "d MMMM yyyy, hh:mm")),
            ),
        ]
    return rows


def _colours_in_words(facts: PictureFacts) -> str:
    colours = translate("Inspector", _MODES.get(facts.mode, facts.mode))
    if facts.bits_used:
        bits = translate("Inspector", "{used} of {stored} bits used")
        colours += ", " + bits.format(used=facts.bits_used, stored=facts.bits_stored)
    return colours


def _decoding_in_words(facts: PictureFacts) -> Iterator[tuple[str, str]]:
    """A row for each fact about decoding that is not as usual."""
    if facts.pages > 1:
        place = translate("Inspector", "{page} of {count}")
        yield translate("Inspector", "Page"), place.format(page=f"{facts.page:,}", count=f"{facts.pages:,}")
    if facts.profile:
        yield translate("Inspector", "Colour profile"), facts.profile
    if facts.on_black:
        yield translate("Inspector", "Background"), translate("Inspector", "transparent, shown black")
    if facts.missing:
        share = translate("Inspector", "{n} % of the pixels")
        yield translate("Inspector", "Missing"), share.format(n=math.ceil(100 * facts.missing))


def _for_qt(local: datetime) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(local.timestamp()))
