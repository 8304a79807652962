"""Ways to lay out embeddings in the plane. A new one is a new module here that defines `PROJECTION`."""

from engine.projections.base import Frame, Points, Projection, projections

__all__ = ["Frame", "Points", "Projection", "projections"]
