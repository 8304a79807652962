"""The question before many predictions become labels at once: how many, of which classes."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QWidget

_MAX_CLASSES = 12


class AcceptDialog(QMessageBox):
    """`accepted` if the person agrees. `counts` is by class name; `unsure` pictures stay as they are."""

    def __init__(self, parent: QWidget, counts: Mapping[str, int], unsure: int, threshold: float) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(self.tr("Accept predictions"))
        total = sum(counts.values())
        words = (
            self.tr("Label 1 picture as predicted?")
            if total == 1
            else self.tr("Label {n} pictures as predicted?")
        )
        self.setText(words.format(n=f"{total:,}"))
        ranked = sorted(counts.items(), key=lambda item: -item[1])
        lines = [f"{name}: {count:,}" for name, count in ranked[:_MAX_CLASSES]]
        if left_out := ranked[_MAX_CLASSES:]:
            rest = sum(count for _, count in left_out)
            lines.append(self.tr("{n} other classes: {rest}").format(n=len(left_out), rest=f"{rest:,}"))
        if unsure:
            words = self.tr("{n} below {percent} % in view stay without a label.")
            lines += ["", words.format(n=f"{unsure:,}", percent=round(100 * threshold))]
        self.setInformativeText("\n".join(lines))
        self._accept = self.addButton(
            self.tr("&Label {n}").format(n=f"{total:,}"), QMessageBox.ButtonRole.AcceptRole
        )
        self.setDefaultButton(self._accept)
        self.addButton(QMessageBox.StandardButton.Cancel).setIcon(QIcon())
