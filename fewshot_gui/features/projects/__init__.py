"""Opening projects: new, open, recent, the demo."""
