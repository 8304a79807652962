"""Networks that turn a picture into an embedding: one file each, which publishes `BACKBONE` (see `base`)."""

DEFAULT_BACKBONE = "efficientnet-lite0"
"""The default backbone."""
