"""What the program knows of a picture, in words: the history of its label, and the facts about its file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from engine.images import PictureFacts
from engine.workspace.rows import UNKNOWN_NAME, FileFacts, LabelEvent

_CONTEXT = "Inspector"
_MEGA = 1_000_000
_MODES = {
    "1": "black and white",
    "L": "grey",
    "LA": "grey with transparency",
    "La": "grey with transparency",
    "I;16": "grey, 16 bits",
    "I;16B": "grey, 16 bits",
    "I": "grey, up to 32 bits",
    "F": "grey, floating point",
    "P": "palette of colours",
    "PA": "palette with transparency",
    "RGB": "colour (RGB)",
    "RGBA": "colour with transparency (RGBA)",
    "RGBa": "colour with transparency (RGBA)",
    "CMYK": "colour for print (CMYK)",
    "YCbCr": "colour (YCbCr)",
    "LAB": "colour (Lab)",
}
_SOURCES = {"human": "by hand", "model": "accepted from a run", "import": "by its folder"}


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def moment(time: datetime, now: datetime) -> str:
    """A time in local words; both with their time zones."""
    local, today = time.astimezone(), now.astimezone().date()
    clock = QLocale().toString(_for_qt(local).time(), QLocale.FormatType.ShortFormat)
    if local.date() == today:
        return _tr("today, {clock}").format(clock=clock)
    if local.date() == today - timedelta(days=1):
        return _tr("yesterday, {clock}").format(clock=clock)
    day = QLocale().toString(_for_qt(local).date(), "d MMMM yyyy")
    return f"{day}, {clock}"


def history_in_words(events: Sequence[LabelEvent], now: datetime) -> list[tuple[str, str]]:
    """For each event, the latest first, what happened, and when and by which gesture."""
    return [_event_in_words(event, now) for event in reversed(events)]


def _event_in_words(event: LabelEvent, now: datetime) -> tuple[str, str]:
    if event.class_name is None:
        what = _tr("Label removed")
    else:
        name = _tr("Unknown") if event.class_name == UNKNOWN_NAME else event.class_name
        who = _tr(_SOURCES[event.source]) if event.source else ""
        if event.source == "model" and event.run_id is not None:
            who = _tr("accepted from run {n}").format(n=event.run_id)
        what = f"{name} – {who}" if who else name
    when = _tr("at an unknown time") if event.time is None else moment(event.time, now)
    return what, f"{when} · {event.gesture}" if event.gesture else when


def facts_in_words(path: Path, file: FileFacts | None, facts: PictureFacts | None) -> list[tuple[str, str]]:
    """What is known of the file: names of facts, with the facts."""
    rows = [(_tr("Name"), path.name), (_tr("Folder"), str(path.parent))]
    if facts is not None:
        size = f"{facts.width:,} × {facts.height:,}"
        if facts.pixels >= _MEGA / 10:
            size += _tr(" ({n} megapixels)").format(n=f"{facts.pixels / _MEGA:,.1f}")
        rows += [
            (_tr("Pixels"), size),
            (_tr("Format"), facts.format),
            (_tr("Colours"), _tr(_MODES.get(facts.mode, facts.mode))),
        ]
    if file is not None:
        changed = QDateTime.fromMSecsSinceEpoch(file.mtime_ns // 1_000_000)
        rows += [
            (_tr("Size"), QLocale().formattedDataSize(file.size)),
            (_tr("Changed"), QLocale().toString(changed, "d MMMM yyyy, hh:mm")),
        ]
    return rows


def _for_qt(local: datetime) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(local.timestamp()))
