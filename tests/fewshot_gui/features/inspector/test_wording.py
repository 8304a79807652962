"""What is known of a picture, as a person would say it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale

from engine.files import FileFacts
from engine.images import PictureFacts
from engine.messages import Message
from engine.workspace.rows import LabelEvent
from fewshot_gui.features.inspector.wording import facts_in_words, history_in_words, moment

NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nine hours ahead of UTC, in a language that is known."""
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
    QLocale.setDefault(before)


def test_times_are_local_and_near_ones_by_the_day() -> None:
    assert moment(NOON, NOON) == "today, 21:00"
    assert moment(NOON.replace(hour=16), NOON.replace(hour=17)) == "today, 01:00"
    assert moment(NOON.replace(hour=14), NOON.replace(hour=16)) == "yesterday, 23:00"
    assert moment(NOON.replace(day=1), NOON) == "1 June 2026, 21:00"


def test_the_history_says_who_what_and_when_the_latest_first() -> None:
    events = [
        LabelEvent("ant", "import", None, None, Message("")),
        LabelEvent("bee", "model", 3, NOON, Message("Accept 12 predictions")),
        LabelEvent(None, None, None, NOON, Message("Label 1 picture")),
        LabelEvent("unknown", "human", None, NOON, Message("Label 1 picture")),
    ]
    assert history_in_words(events, NOON) == [
        ("Unknown – by hand", "today, 21:00 · Label 1 picture"),
        ("Label removed", "today, 21:00 · Label 1 picture"),
        ("bee – accepted from run 3", "today, 21:00 · Accept 12 predictions"),
        ("ant – by its folder", "at an unknown time"),
    ]


def test_the_facts_about_a_file_have_units() -> None:
    file = FileFacts(3_000_000, int(NOON.timestamp()) * 10**9)
    facts = dict(facts_in_words(Path("folder/a_b.png"), file, PictureFacts("PNG", "I;16", 8000, 6000)))
    assert facts == {
        "Name": "a_b.png",
        "Folder": "folder",
        "Pixels": "8,000 × 6,000 (48.0 megapixels)",
        "Format": "PNG",
        "Colours": "grey, 16 bits",
        "Size": "2.86 MiB",
        "Changed": "15 June 2026, 21:00",
    }


def test_what_was_found_out_about_the_pixels_is_among_the_facts() -> None:
    found = PictureFacts(
        "TIFF",
        "I;16",
        80,
        60,
        4,
        2,
        bits_used=12,
        bits_stored=16,
        missing=0.0025,
        profile="Wide",
        on_black=True,
    )
    facts = dict(facts_in_words(Path("a.tif"), None, found))
    assert facts["Colours"] == "grey, 16 bits, 12 of 16 bits used"
    assert facts["Page"] == "2 of 4"
    assert facts["Colour profile"] == "Wide"
    assert facts["Background"] == "transparent, shown black"
    assert facts["Missing"] == "1 % of the pixels"


def test_a_file_that_cannot_be_seen_has_a_name_and_a_folder_all_the_same() -> None:
    assert facts_in_words(Path("folder/a.png"), None, None) == [("Name", "a.png"), ("Folder", "folder")]
