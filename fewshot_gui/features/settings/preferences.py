"""The settings that a person can change, each described once; the settings dialog is made from these.

A setting takes effect at once, unless its note says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QLocale
from PySide6.QtGui import QAction

from engine.embeddings import clearing
from engine.embeddings.limit import GIGABYTE, MOST, choose_limit, chosen_limit
from engine.learners import user_checkpoints
from engine.learners.user_checkpoints import split_name, user_checkpoint_path
from engine.paths import embeddings_dir
from engine.runs.catalogue import AlgorithmEntry
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.engine_link.kinds import ENGINE, PREPARATION
from fewshot_gui.engine_link.tasks import Tasks
from fewshot_gui.project.picture_grid import CELL_SIZES, PictureGrid
from fewshot_gui.shell.actions import Actions
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.languages import ENGLISH, KEY, SYSTEM, translate, translations, without_mnemonic
from fewshot_gui.shell.saved_settings import at_start, remember, remembered

LIMITS = tuple(size * GIGABYTE for size in (1, 2, 5, 10, 20, 50, 100))
"""The sizes of the cache to choose from, in bytes."""


@dataclass(frozen=True)
class Choice:
    """A choice of one of `options`, each a value and its title. `write` may raise `FewshotError`."""

    title: str
    options: Sequence[tuple[str, str]]
    read: Callable[[], str]
    write: Callable[[str], None]
    note: str = ""


@dataclass(frozen=True)
class Switch:
    """The checkable `action` of a menu, as a setting."""

    action: QAction
    note: str = ""


@dataclass(frozen=True)
class MaintenanceAction:
    """A description, and a button for an action that asks first.

    `unavailable_reason` returns why the action is not possible now, and an empty string if it is. `perform`
    may raise `FewshotError`.
    """

    title: str
    describe: Callable[[], str]
    button: str
    question: str
    perform: Callable[[], None]
    unavailable_reason: Callable[[], str]


Setting: TypeAlias = Choice | Switch | MaintenanceAction


@dataclass(frozen=True)
class Section:
    title: str
    settings: Sequence[Setting]


def settings_of(
    do: Actions,
    grid: PictureGrid,
    bridge: Bridge,
    tasks: Tasks,
    choosable: Mapping[str, Sequence[tuple[str, str]]],
    own: Sequence[AlgorithmEntry],
) -> list[Section]:
    """All settings, in sections."""
    themes = do.themes.actions()
    sections = [
        Section(
            translate("Settings", "Look"),
            [
                Choice(
                    translate("Settings", "&Theme"),
                    [(action.data(), without_mnemonic(action.text())) for action in themes],
                    lambda: str(do.themes.checkedAction().data()),
                    lambda theme: next(a for a in themes if a.data() == theme).trigger(),
                ),
                Choice(
                    translate("Settings", "Si&ze of the pictures"),
                    [(str(size), translate("Settings", "{n} pixels").format(n=size)) for size in CELL_SIZES],
                    lambda: str(grid.cell_size),
                    lambda size: grid.set_cell_size(int(size)),
                ),
                Choice(
                    translate("Settings", "&Language"),
                    [
                        (SYSTEM, translate("Settings", "System")),
                        (ENGLISH, "English"),
                        *translations().items(),
                    ],
                    partial(remembered, KEY, SYSTEM),
                    partial(remember, KEY),
                    translate("Settings", "Takes effect when Fewshot is started again."),
                ),
            ],
        ),
        Section(
            translate("Settings", "Runs"),
            [
                _at_start(
                    "algorithm", translate("Settings", "&Algorithm at the start"), choosable["algorithm"]
                ),
                _at_start("device", translate("Settings", "De&vice at the start"), choosable["device"]),
                Switch(do.run_again),
                Switch(do.prepare),
            ],
        ),
        Section(translate("Settings", "Labelling"), [Switch(do.advance)]),
        Section(
            translate("Settings", "Disk usage"),
            [
                _cache_limit(),
                MaintenanceAction(
                    translate("Settings", "Cached embeddings make later runs faster:"),
                    _cache_in_words,
                    translate("Settings", "&Clear the cache…"),
                    translate(
                        "Settings",
                        "Clear the cache? Labels and projects stay; the next run reads all pictures again.",
                    ),
                    partial(_clear_cache, tasks),
                    partial(_engine_busy_reason, tasks),
                ),
            ],
        ),
    ]
    if mine := [_own_checkpoint(entry, bridge, tasks) for entry in own]:
        sections.append(Section(translate("Settings", "Meta-trained by you"), mine))
    return sections


def _own_checkpoint(entry: AlgorithmEntry, bridge: Bridge, tasks: Tasks) -> MaintenanceAction:
    algorithm, name = split_name(entry.name)
    title = translated(entry.title)

    def is_there() -> bool:
        return any(user_checkpoint_path(algorithm, backbone, name).exists() for backbone in entry.backbones)

    def remove() -> None:
        for backbone in entry.backbones:
            user_checkpoints.remove(algorithm, backbone, name)
        bridge.reload_catalogue()

    return MaintenanceAction(
        title,
        lambda: translated(entry.summary) if is_there() else translate("Settings", "Removed."),
        translate("Settings", "Remove…"),
        translate("Settings", "Remove “{title}”? What it has labelled stays. This cannot be undone.").format(
            title=title
        ),
        remove,
        partial(_engine_busy_reason, tasks),
    )


def _clear_cache(tasks: Tasks) -> None:
    """Nothing is prepared into the cache meanwhile, nor again before something changes."""
    tasks.cancel(PREPARATION)
    clearing.clear()


def _engine_busy_reason(tasks: Tasks) -> str:
    """Why no checkpoint or cache can be removed now; empty if one can. Preparing in the
    background does not count."""
    taken = tasks.is_running(*(kind for kind in ENGINE if kind is not PREPARATION))
    return translate("Settings", "The engine is working: wait until it has finished.") if taken else ""


def _at_start(menu: str, title: str, offered: Sequence[tuple[str, str]]) -> Choice:
    key = at_start(menu)
    kept = remembered(key)
    options = [("", translate("Settings", "The one used last")), *offered]
    if kept not in dict(options):  # the engine is still loading, or it is no longer there
        options.append((kept, kept))
    return Choice(title, options, partial(remembered, key), partial(remember, key))


def _cache_limit() -> Choice:
    set_to = _limit_set()
    sizes = sorted({*LIMITS, *([int(set_to)] if set_to else [])})
    automatic = translate("Settings", "A tenth of the free disk, at most {n} GB").format(n=MOST // GIGABYTE)
    return Choice(
        translate("Settings", "Li&mit of the cache"),
        [("", automatic), *((str(size), f"{size / GIGABYTE:g} GB") for size in sizes)],
        _limit_set,
        lambda size: choose_limit(int(size) if size else None),
        translate("Settings", "What was used longest ago is removed first, never what is in use."),
    )


def _limit_set() -> str:
    chosen = chosen_limit()
    return "" if chosen is None else str(chosen)


def _cache_in_words() -> str:
    size = QLocale().formattedDataSize(clearing.size_on_disk())
    return translate("Settings", "{size} in {folder}").format(size=size, folder=embeddings_dir())
