"""The grid with its tabs, search and order; missing and replaced pictures; what an empty project shows."""
