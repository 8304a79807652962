"""The settings dialog, and what it is made of."""
