"""The way to the engine: its worker thread, and the one registry of tasks."""
