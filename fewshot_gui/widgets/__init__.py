"""Reusable widgets and their helpers; they know nothing of a project."""
