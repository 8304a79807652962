"""The grid with its tabs, search and order; missing and replaced files; the page of an empty project."""
