"""The connection to the engine: its worker thread, and the registry of tasks."""
