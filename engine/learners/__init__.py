"""The algorithms, in families: one file each, which publishes `LEARNER` (see `base`)."""

DEFAULT_ALGORITHM = "auto"
"""The default algorithm."""
