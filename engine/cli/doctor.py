"""`fewshot doctor`: what a run and the window need, whether it is there, and what to do where it is not."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from engine.cli.base import Command
from engine.cli.checkup import Finding, look_at_everything
from engine.cli.terminal import write_json, write_result
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
        write_result(*(f"Removed {path}" for path in removed))
    for finding in look_at_everything():
        findings.append(finding)
        if not options.json:
            write_result(f"{finding.state:<8} {finding.name:<17} {finding.found}")
            if finding.to_do:
                write_result(f"{'':<26} → {finding.to_do}")
    healthy = all(finding.state != "problem" for finding in findings)
    if options.json:
        checks = [asdict(finding) for finding in findings]
        write_json({"healthy": healthy, "removed": removed, "checks": checks}, indent=2)
    return 0 if healthy else 2


COMMAND = Command("doctor", "Check what runs and the window need, and say what to do.", _configure, _run)
