"""Algorithm, backbone, options and device; a run from button to labels; the confidence threshold."""
