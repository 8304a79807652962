"""`fewshot doctor`: what a run and the window need, whether it is there, and what to do where it is not."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from engine.cli.base import Command
from engine.cli.checkup import Finding, look_at_everything
from engine.telemetry import remove_leftovers


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print what was found as JSON on stdout")
    parser.add_argument(
        "--remove-telemetry",
        action="store_true",
        help="first remove what ONNX Runtime has left on this computer, for all programs that use it",
    )


def _run(options: argparse.Namespace) -> int:
    removed = remove_leftovers() if options.remove_telemetry else []
    findings: list[Finding] = []
    if not options.json:
        for path in removed:
            print(f"Removed {path}")
    for finding in look_at_everything():
        findings.append(finding)
        if not options.json:
            print(f"{finding.state:<8} {finding.name:<17} {finding.found}", flush=True)
            if finding.to_do:
                print(f"{'':<26} → {finding.to_do}", flush=True)
    healthy = all(finding.state != "problem" for finding in findings)
    if options.json:
        checks = [asdict(finding) for finding in findings]
        print(json.dumps({"healthy": healthy, "removed": removed, "checks": checks}, indent=2))
    return 0 if healthy else 2


COMMAND = Command("doctor", "Check what runs and the window need, and say what to do.", _configure, _run)
