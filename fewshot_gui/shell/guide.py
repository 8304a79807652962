"""The guide: the documents that come with the program, in a window. Nothing in them is fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QIcon, QImage, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
)

from engine.paths import docs_dir
from fewshot_gui.shell.project_dialogs import mark_project_independent

_FILE = Qt.ItemDataRole.UserRole
_MARGIN = 32
"""The width that a picture leaves to the margins and the scroll bar, in pixels."""

TOUR = "tour"


def algorithm_page(algorithm: str) -> str:
    """The name of the page about an algorithm."""
    return f"algorithms/{algorithm}"


class GuideDialog(QDialog):
    """A list of pages, and the page that is chosen; a link to another page leads there."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        mark_project_independent(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Guide"))
        self.resize(window.size().boundedTo(window.screen().availableSize()) * 0.85)
        self.pages = QListWidget(self)
        self.pages.setAccessibleName(self.tr("Pages"))
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for name in (TOUR, "glossary", *_algorithms(), "benchmarks"):
            self._add(name)
        self.text = _Browser(self)
        self.text.setAccessibleName(self.tr("Page"))
        self.text.sourceChanged.connect(self._choose_row)
        self.pages.currentItemChanged.connect(self._show_item)
        parts = QSplitter(self)
        parts.addWidget(self.pages)
        parts.addWidget(self.text)
        parts.setStretchFactor(1, 1)
        parts.setSizes([220, 600])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(parts, 1)
        column.addWidget(buttons)

    def show_page(self, name: str) -> None:
        """Show the page of this name, or the first one if there is none."""
        files = [self.pages.item(row).data(_FILE) for row in range(self.pages.count())]
        file = str(docs_dir() / f"{name}.md")
        self.pages.setCurrentRow(files.index(file) if file in files else 0)

    def _add(self, name: str) -> None:
        file = docs_dir() / f"{name}.md"
        if file.is_file():
            item = QListWidgetItem(_title_of(file), self.pages)
            item.setData(_FILE, str(file))

    def _show_item(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.text.show_file(Path(item.data(_FILE)))

    def _choose_row(self, source: QUrl) -> None:
        """Choose the page to which a link has led."""
        for row in range(self.pages.count()):
            if Path(self.pages.item(row).data(_FILE)) == Path(source.toLocalFile()):
                self.pages.setCurrentRow(row)


class _Browser(QTextBrowser):
    """Shows the files of the documents' folder alone; addresses on the web are opened by the web browser."""

    def __init__(self, parent: QDialog) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._follow)

    def show_file(self, file: Path) -> None:
        if Path(self.source().toLocalFile()) != file:
            self.setSource(QUrl.fromLocalFile(str(file)), QTextDocument.ResourceType.MarkdownResource)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        url = self.source().resolved(QUrl(name))
        file = Path(url.toLocalFile()).resolve() if url.isLocalFile() else Path()
        if not file.is_relative_to(docs_dir().resolve()):
            return QByteArray()
        if kind == QTextDocument.ResourceType.ImageResource.value:
            return self._fitting(QImage(str(file)))
        return super().loadResource(kind, url)

    def _fitting(self, picture: QImage) -> QImage:
        """The picture, made smaller if it is wider than the page."""
        width = self.viewport().width() - _MARGIN
        if picture.width() <= width:
            return picture
        ratio = self.devicePixelRatioF()
        scaled = picture.scaledToWidth(round(width * ratio), Qt.TransformationMode.SmoothTransformation)
        scaled.setDevicePixelRatio(ratio)
        return scaled

    def _follow(self, link: QUrl) -> None:
        url = self.source().resolved(link)
        if url.isLocalFile():
            self.show_file(Path(url.toLocalFile()))
        elif url.scheme() == "https":
            QDesktopServices.openUrl(url)


def _algorithms() -> list[str]:
    files = (docs_dir() / "algorithms").glob("*.md")
    return [algorithm_page(file.stem) for file in sorted(files, key=_title_of)]


def _title_of(file: Path) -> str:
    """The heading of a page, without the name in code that an algorithm's has."""
    with file.open(encoding="utf-8") as lines:
        return lines.readline().removeprefix("#").partition(" (`")[0].strip()
