"""Reusable widgets, and what they share; they know nothing of a project."""
