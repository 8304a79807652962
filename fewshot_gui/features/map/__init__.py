"""The live map of the pictures, its layouts, and the curve of the adaptation."""
