"""The settings dialog, and the settings it shows."""
