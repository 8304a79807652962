"""Pictures on disk: find them, read them, and say why one cannot be read. No torch, no Qt."""

from engine.images.content import MAX_BYTES, content_hash, file_hash, read_picture
from engine.images.decode import decode, examine
from engine.images.describe import describe
from engine.images.errors import REASONS, Reason, UnreadablePictureError
from engine.images.facts import PictureFacts
from engine.images.find import PictureScan, UnreadableFolder, find_classes, find_loose, find_pictures
from engine.images.formats import READABLE_SUFFIXES
from engine.images.limits import MAX_PIXELS
from engine.images.skipped import SkippedFile
from engine.images.thumbnails import thumbnail

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "READABLE_SUFFIXES",
    "REASONS",
    "PictureFacts",
    "PictureScan",
    "Reason",
    "SkippedFile",
    "UnreadableFolder",
    "UnreadablePictureError",
    "content_hash",
    "decode",
    "describe",
    "examine",
    "file_hash",
    "find_classes",
    "find_loose",
    "find_pictures",
    "read_picture",
    "thumbnail",
]
