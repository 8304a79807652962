"""Algorithm, backbone, options and device; a run from button to predictions; the confidence threshold."""
