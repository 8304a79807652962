"""Watching a folder: every new picture is labelled once, as soon as it is whole."""
