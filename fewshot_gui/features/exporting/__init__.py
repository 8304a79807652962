"""The export dialog, and the export as a task."""
