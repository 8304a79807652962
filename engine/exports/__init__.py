"""Write labels and predictions to files. A new format is a new module here that defines `FORMAT`."""

from engine.exports.base import ExportFormat, Row
from engine.exports.writing import (
    Exported,
    check_options,
    check_target,
    export,
    export_in_steps,
    formats,
    get_format,
)

__all__ = [
    "ExportFormat",
    "Exported",
    "Row",
    "check_options",
    "check_target",
    "export",
    "export_in_steps",
    "formats",
    "get_format",
]
