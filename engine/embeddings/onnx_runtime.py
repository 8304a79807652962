"""ONNX Runtime without its telemetry. It is imported here and nowhere else.

From version 1.29 on, ONNX Runtime starts to report to Microsoft while it is imported: it asks the DNS for an
event server and keeps a device id and a queue of events in the user's cache folder. Only this variable, set
before the import, prevents that. It overrules what the user has set, because the program promises that
nothing leaves the computer. Child processes inherit it. See docs/adr/0011-nothing-leaves-the-computer.md.
"""

from __future__ import annotations

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

# On Windows, versions up to 1.32 ignore the variable and write trace events that the system may collect.
onnxruntime.disable_telemetry_events()

__all__ = ["onnxruntime"]
