"""The choices for a run: algorithm, its options, backbone and device, from the catalogue."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction, QStandardItem
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from engine.backbones import DEFAULT_BACKBONE
from engine.learners import DEFAULT_ALGORITHM
from engine.learners.user_checkpoints import split_name
from engine.runs.catalogue import AlgorithmEntry, Catalogue
from fewshot_gui.features.runs.options_button import OptionsButton
from fewshot_gui.features.runs.unavailable import in_words
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.languages import without_mnemonic
from fewshot_gui.shell.saved_settings import at_start, remember, remembered
from fewshot_gui.widgets.choice_menu import ChoiceMenu, entry, heading

_DEFAULTS = {"algorithm": DEFAULT_ALGORITHM, "backbone": DEFAULT_BACKBONE, "device": "auto"}


class RunBar(QWidget):
    """Three menus and a button. Before the catalogue arrives they show the remembered choice, disabled.

    An algorithm and a backbone that cannot run together are never chosen together. Backbones that the
    algorithm cannot use are disabled with the reason. Choosing an algorithm that cannot use the present
    backbone also switches the backbone, and `switched` reports it; the person's backbone comes back with the
    next algorithm that can use it. A click on a disabled entry emits `explained`: the reason, and what to do
    about it.
    """

    switched = Signal(str)
    """A sentence: the backbone was changed because of the algorithm."""
    explained = Signal(str, str)
    """Why a pair cannot run, and the command that would change that; empty if none would."""
    device_chosen = Signal()

    def __init__(self, ask_options: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue: Catalogue | None = None
        self._preferred_backbone = remembered("run/backbone", _DEFAULTS["backbone"])
        self._suited_backbone = ""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4, 0, 4, 0)
        self.algorithm = self._menu(
            "algorithm",
            self.tr("&Algorithm"),
            self.tr("How to learn from the examples.\nHelp ▸ About the algorithm explains the chosen one."),
        )
        self.options_button = OptionsButton(ask_options, self)
        self._row.addWidget(self.options_button)
        self._row.addSpacing(8)
        self.backbone = self._menu(
            "backbone",
            self.tr("&Backbone"),
            self.tr(
                "The network that looks at the pictures: it makes an embedding of each,\n"
                "numbers that are near each other where pictures look alike.\n"
                "Choose one that was trained on pictures like yours."
            ),
        )
        self._row.addSpacing(8)
        self.device = self._menu("device", self.tr("&Device"), self.tr("What the run is computed on"))
        self._row.addSpacing(8)
        self.algorithm.refused.connect(self._explain_algorithm)
        self.backbone.refused.connect(lambda backbone: self.explain(self.algorithm_name, backbone))

    @property
    def algorithm_name(self) -> str:
        return self.algorithm.name

    @property
    def backbone_name(self) -> str:
        return self.backbone.name

    @property
    def device_name(self) -> str:
        return self.device.name

    @property
    def options(self) -> dict[str, float | bool]:
        """The options of the algorithm that are not at their defaults."""
        return dict(self.options_button.values)

    @property
    def device_title(self) -> str:
        """The title of the chosen device; for the automatic choice, of the device it selects."""
        if self._catalogue is None:
            return ""
        titles = {device.name: device.title for device in self._catalogue.devices}
        return translated(titles.get(self.device_name, self._catalogue.devices[0].title))

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Fill the menus, and keep the choices that still exist."""
        is_first, self._catalogue = self._catalogue is None, catalogue
        standing = {self.algorithm: self.algorithm.name, self.device: self.device.name}
        standing[self.backbone] = self._wanted_backbone
        # Filling the menu is not a choice of the person.
        blockers = [QSignalBlocker(menu) for menu in (self.algorithm, self.backbone, self.device)]
        self.algorithm.fill(self._algorithm_items(catalogue))
        self.backbone.fill(
            [entry(translated(one.title), one.name, translated(one.summary)) for one in catalogue.backbones]
        )
        automatic = self.tr("Automatic ({device})").format(device=translated(catalogue.devices[0].title))
        self.device.fill(
            [
                entry(automatic, "auto", self.tr("The fastest device that works")),
                *(entry(translated(device.title), device.name, device.name) for device in catalogue.devices),
            ]
        )
        if standing[self.algorithm] not in {one.name for one in catalogue.algorithms}:
            # For a user's checkpoint that was removed, take the algorithm that it was trained from.
            standing[self.algorithm], _ = split_name(standing[self.algorithm])
        for menu, name in standing.items():
            menu.choose(name)
            menu.setEnabled(True)
        for blocker in blockers:
            blocker.unblock()
        self._on_algorithm_chosen()
        self._remember_titles()
        if is_first:
            self._listen()

    def choosable(self) -> dict[str, list[tuple[str, str]]]:
        """Name and title of each algorithm and device that can be chosen; empty before the catalogue
        arrives."""
        return {menu.objectName(): menu.choosable() for menu in (self.algorithm, self.device)}

    @property
    def user_algorithms(self) -> list[AlgorithmEntry]:
        """The algorithms that the person has meta-trained."""
        algorithms = () if self._catalogue is None else self._catalogue.algorithms
        return [one for one in algorithms if split_name(one.name)[1]]

    def suit(self, backbone: str) -> None:
        """Choose the backbone that suits the pictures of this project; an empty name chooses the person's own
        again. It is not remembered, and stands until a person chooses another."""
        self._suited_backbone = backbone
        if self._catalogue is not None:
            self._on_algorithm_chosen()

    def choose(self, algorithm: str, backbone: str) -> None:
        """Choose these, as if the person had."""
        self._preferred_backbone, self._suited_backbone = backbone, ""
        self.algorithm.choose(algorithm)
        self.backbone.choose(backbone)

    def _listen(self) -> None:
        self.algorithm.currentIndexChanged.connect(self._on_algorithm_chosen)
        self.backbone.currentIndexChanged.connect(self._prefer_backbone)
        for menu in (self.algorithm, self.device):
            menu.currentIndexChanged.connect(self._remember)
        self.device.currentIndexChanged.connect(self.device_chosen)

    def explain(self, algorithm: str, backbone: str) -> None:
        """Emit why these two cannot run together."""
        unavailable = self._entry(algorithm).unavailable[backbone]
        self.explained.emit(in_words(unavailable), unavailable.command)

    def _explain_algorithm(self, algorithm: str) -> None:
        """Explain it with the present backbone, or with one for which something can be done."""
        reasons = self._entry(algorithm).unavailable
        candidates = [self.backbone_name, *reasons]
        mendable = (name for name in candidates if reasons[name].command)
        self.explain(algorithm, next(mendable, candidates[0]))

    def _menu(self, name: str, label: str, meaning: str) -> ChoiceMenu:
        menu = ChoiceMenu(self)
        menu.setObjectName(name)
        menu.setAccessibleName(without_mnemonic(label))
        menu.setToolTip(meaning)
        chosen = remembered(at_start(name)) or remembered(_key(menu), _DEFAULTS[name])
        menu.addItem(remembered(_title_key(menu)) or self.tr("Loading…"), chosen)
        menu.setEnabled(False)
        caption = QLabel(label, self)
        caption.setBuddy(menu)
        self._row.addWidget(caption)
        self._row.addWidget(menu)
        return menu

    def _algorithm_items(self, catalogue: Catalogue) -> list[QStandardItem]:
        items = []
        for family, algorithms in groupby(catalogue.algorithms, key=lambda algorithm: algorithm.family):
            items.append(heading(translated(family)))
            for algorithm in algorithms:
                about = [*self._unavailable_reasons(algorithm), *self._about(algorithm)]
                item = entry(translated(algorithm.title), algorithm.name, *about)
                item.setEnabled(bool(algorithm.backbones))
                items.append(item)
        return items

    def _unavailable_reasons(self, algorithm: AlgorithmEntry) -> list[str]:
        """Why the algorithm cannot run at all, and what can be done about it; empty if it can run."""
        reasons = [] if algorithm.backbones else list(algorithm.unavailable.values())
        help_ = self.tr("Click to get the command.") if any(reason.command for reason in reasons) else ""
        return [*map(in_words, reasons), help_]

    def _about(self, algorithm: AlgorithmEntry) -> list[str]:
        limits = translated(algorithm.limits)
        about_limits = self.tr("Limits: {limits}").format(limits=limits) if limits else ""
        return [translated(algorithm.summary), about_limits, algorithm.paper]

    def _entry(self, algorithm: str) -> AlgorithmEntry:
        assert self._catalogue is not None
        return next(found for found in self._catalogue.algorithms if found.name == algorithm)

    def _on_algorithm_chosen(self) -> None:
        """Enable only backbones that the algorithm can use, choose one of them, and load its options."""
        assert self._catalogue is not None
        algorithm = self._entry(self.algorithm_name)
        self.options_button.set_algorithm(algorithm)
        for backbone in self._catalogue.backbones:
            missing = algorithm.unavailable.get(backbone.name)
            about = translated(backbone.summary) if missing is None else in_words(missing)
            words = self.tr("{algorithm} has not been meta-trained for it.")
            is_untrained = backbone.name in algorithm.untrained
            note = words.format(algorithm=translated(algorithm.title)) if is_untrained else ""
            self.backbone.set_entry_enabled(backbone.name, missing is None, about, note)
        wanted = self._wanted_backbone
        if wanted not in algorithm.backbones:
            wanted = next(iter(algorithm.backbones), "")
        if wanted and self.backbone_name != wanted:
            missing = algorithm.unavailable.get(self.backbone_name)
            reason = translated(missing.reason) if missing else ""
            with QSignalBlocker(self.backbone):  # not a choice of the person's
                self.backbone.choose(wanted)
            title = self.backbone.currentText()
            words = self.tr("Backbone switched to {title}. {reason}")
            self.switched.emit(words.format(title=title, reason=reason).rstrip())

    @property
    def _wanted_backbone(self) -> str:
        return self._suited_backbone or self._preferred_backbone

    def _prefer_backbone(self) -> None:
        self._preferred_backbone, self._suited_backbone = self.backbone_name, ""
        self._remember()

    def _remember_titles(self) -> None:
        """What the menus show at the next start, until the engine is there."""
        for menu in (self.algorithm, self.backbone, self.device):
            remember(_title_key(menu), menu.currentText().strip())

    def _remember(self) -> None:
        remember("run/algorithm", self.algorithm_name)
        remember("run/backbone", self._preferred_backbone)
        remember("run/device", self.device_name)
        self._remember_titles()


def _title_key(menu: ChoiceMenu) -> str:
    return f"run/{menu.objectName()} title"


def _key(menu: ChoiceMenu) -> str:
    return f"run/{menu.objectName()}"
