"""Write labels and predictions to files. A new format is a new module here that defines `FORMAT`."""

from engine.exports.base import ExportFormat, Row
from engine.exports.writing import check_target, export, formats, get_format

__all__ = ["ExportFormat", "Row", "check_target", "export", "formats", "get_format"]
