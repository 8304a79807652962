"""The inspector: one picture large, with its classes, similar examples, history and file."""
