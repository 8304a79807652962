"""One picture closely: large, its classes, neighbours, history and file."""
