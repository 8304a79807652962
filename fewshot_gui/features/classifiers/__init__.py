"""A classifier is kept in a file, and applied to other pictures than those of the project."""
