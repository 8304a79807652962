"""Which project is open: new, open, recent, the demo."""
