"""Write labels and predictions to files. A new format is a new module here that defines `FORMAT`."""

from engine.exports.base import ExportFormat, Row
from engine.exports.writing import export, formats

__all__ = ["ExportFormat", "Row", "export", "formats"]
