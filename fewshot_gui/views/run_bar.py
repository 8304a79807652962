"""What a run is made with: algorithm, backbone and device, as the catalogue offers them."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from engine.labeling.catalogue import AlgorithmEntry, Catalogue
from fewshot_gui.fonts import bold
from fewshot_gui.settings import remember, remembered

_NAME = Qt.ItemDataRole.UserRole
_DEFAULTS = {"algorithm": "prototypical", "backbone": "efficientnet-lite0", "device": "auto"}


class RunBar(QWidget):
    """Three menus. Until the catalogue is there they show the remembered choice, disabled.

    A pair of algorithm and backbone that cannot work together is never left standing: backbones
    that the algorithm cannot use are disabled with the reason, and choosing an algorithm that
    cannot use the present backbone also switches the backbone, and says so. The backbone that the
    person chose comes back with the next algorithm that can use it.
    """

    switched = Signal(str)
    """A sentence: the backbone was changed because of the algorithm."""
    device_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue: Catalogue | None = None
        self._preferred_backbone = remembered("run/backbone", _DEFAULTS["backbone"])
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4, 0, 4, 0)
        self.algorithm = self._menu("algorithm", self.tr("&Algorithm"))
        self.backbone = self._menu("backbone", self.tr("&Backbone"))
        self.device = self._menu("device", self.tr("&Device"))
        self._below_heading = BelowHeading(self)
        self.algorithm.setItemDelegate(self._below_heading)

    @property
    def algorithm_name(self) -> str:
        return str(self.algorithm.currentData(_NAME))

    @property
    def backbone_name(self) -> str:
        return str(self.backbone.currentData(_NAME))

    @property
    def device_name(self) -> str:
        return str(self.device.currentData(_NAME))

    @property
    def device_title(self) -> str:
        """What the chosen device is called; for the automatic choice, the one it would come to."""
        if self._catalogue is None:
            return ""
        titles = {entry.name: entry.title for entry in self._catalogue.devices}
        return titles.get(self.device_name, self._catalogue.devices[0].title)

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Fill the menus, keeping the remembered choices where they still exist."""
        self._catalogue = catalogue
        _fill(self.algorithm, self._algorithm_items(catalogue))
        _fill(
            self.backbone,
            [_item(entry.title, entry.name, entry.summary) for entry in catalogue.backbones],
        )
        automatic = self.tr("Automatic ({device})").format(device=catalogue.devices[0].title)
        _fill(
            self.device,
            [
                _item(automatic, "auto", self.tr("The fastest device that works")),
                *(_item(entry.title, entry.name, entry.name) for entry in catalogue.devices),
            ],
        )
        for menu in (self.algorithm, self.backbone, self.device):
            _choose(menu, remembered(_key(menu), _DEFAULTS[menu.objectName()]))
            menu.setEnabled(True)
        self._match_backbone()
        self.algorithm.currentIndexChanged.connect(self._match_backbone)
        self.backbone.currentIndexChanged.connect(self._prefer_backbone)
        for menu in (self.algorithm, self.device):
            menu.currentIndexChanged.connect(self._remember)
        self.device.currentIndexChanged.connect(self.device_chosen)

    def _menu(self, name: str, label: str) -> QComboBox:
        menu = QComboBox(self)
        menu.setObjectName(name)
        menu.setAccessibleName(label.replace("&", ""))
        menu.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        chosen = remembered(_key(menu), _DEFAULTS[name])
        menu.addItem(chosen, chosen)
        menu.setEnabled(False)
        caption = QLabel(label, self)
        caption.setBuddy(menu)
        self._row.addWidget(caption)
        self._row.addWidget(menu)
        self._row.addSpacing(8)
        return menu

    def _algorithm_items(self, catalogue: Catalogue) -> list[QStandardItem]:
        items = []
        for family, entries in groupby(catalogue.algorithms, key=lambda entry: entry.family):
            heading = QStandardItem(family)
            heading.setFont(bold(self.font()))
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            items.append(heading)
            items += [self._algorithm_item(entry) for entry in entries]
        return items

    def _algorithm_item(self, entry: AlgorithmEntry) -> QStandardItem:
        item = _item(entry.title, entry.name, f"{entry.summary}\n{entry.paper}")
        if not entry.backbones:
            item.setEnabled(False)
            item.setToolTip("\n".join(entry.unavailable.values()))
        return item

    def _match_backbone(self) -> None:
        """Leave only backbones that the algorithm can use, and stand on one of them."""
        if self._catalogue is None:
            return
        algorithm = next(entry for entry in self._catalogue.algorithms if entry.name == self.algorithm_name)
        model = self.backbone.model()
        assert isinstance(model, QStandardItemModel)
        for row, entry in enumerate(self._catalogue.backbones):
            can_be_used = entry.name in algorithm.backbones
            reason = algorithm.unavailable.get(entry.name, "")
            model.item(row).setEnabled(can_be_used)
            model.item(row).setToolTip(entry.summary if can_be_used else reason)
        wanted = self._preferred_backbone
        if wanted not in algorithm.backbones:
            wanted = next(iter(algorithm.backbones), "")
        if wanted and self.backbone_name != wanted:
            reason = algorithm.unavailable.get(self.backbone_name, "")
            with QSignalBlocker(self.backbone):  # not a choice of the person's
                _choose(self.backbone, wanted)
            title = self.backbone.currentText()
            words = self.tr("Backbone switched to {title}. {reason}")
            self.switched.emit(words.format(title=title, reason=reason).rstrip())

    def _prefer_backbone(self) -> None:
        self._preferred_backbone = self.backbone_name
        self._remember()

    def _remember(self) -> None:
        remember("run/algorithm", self.algorithm_name)
        remember("run/backbone", self._preferred_backbone)
        remember("run/device", self.device_name)


class BelowHeading(QStyledItemDelegate):
    """Sets what can be chosen in from the headings, which name no algorithm."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if index.data(_NAME) is not None:
            option.text = f"    {option.text}"


def _key(menu: QComboBox) -> str:
    return f"run/{menu.objectName()}"


def _item(title: str, name: str, tool_tip: str) -> QStandardItem:
    item = QStandardItem(title)
    item.setData(name, _NAME)
    item.setToolTip(tool_tip)
    return item


def _fill(menu: QComboBox, items: list[QStandardItem]) -> None:
    model = QStandardItemModel(menu)
    for item in items:
        model.appendRow(item)
    menu.setModel(model)


def _choose(menu: QComboBox, name: str) -> None:
    """Stand on the item of that name, or on the first that can be chosen."""
    place = menu.findData(name, _NAME)
    model = menu.model()
    assert isinstance(model, QStandardItemModel)
    if place < 0 or not model.item(place).isEnabled():
        place = next((row for row in range(model.rowCount()) if model.item(row).isEnabled()), 0)
    menu.setCurrentIndex(place)
