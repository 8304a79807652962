"""`python -m tests.faults [CAMPAIGN…]`: try the campaigns and print what became of their cases."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import get_args

from tqdm import tqdm

from tests.faults.base import FAILURES, Outcome, Result, Unavailable
from tests.faults.campaigns import Campaign, campaigns

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns 1 if a case failed, 0 if none did or a campaign had to be skipped."""
    known = campaigns()
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="What the program does when things go wrong. Campaigns: "
        + "; ".join(f"{campaign.name} ({campaign.title})" for campaign in known.values()),
    )
    parser.add_argument("campaigns", nargs="*", metavar="CAMPAIGN", help="default: all of them")
    parser.add_argument("--count", type=int, metavar="N", help="cases of each; default: as many as it has")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print every result as JSON")
    options = parser.parse_args(arguments)
    if unknown := set(options.campaigns) - known.keys():
        parser.error(f"no campaign {', '.join(sorted(unknown))}; choose from {', '.join(known)}")
    chosen = [known[name] for name in options.campaigns or known]
    results: dict[str, list[Result]] = {}
    skipped: dict[str, str] = {}
    for campaign in chosen:
        try:
            results[campaign.name] = _try(campaign, options.count or campaign.count, options.seed)
        except Unavailable as lack:
            skipped[campaign.name] = str(lack)
    if options.json:
        tried = {name: [asdict(result) for result in some] for name, some in results.items()}
        print(json.dumps({"seed": options.seed, "results": tried, "skipped": skipped}, indent=1))
    else:
        _print_table(results, skipped)
    return int(any(result.outcome in FAILURES for some in results.values() for result in some))


def _try(campaign: Campaign, count: int, seed: int) -> list[Result]:
    tried = campaign.run(count, seed)
    return list(tqdm(tried, campaign.name, count, unit="case", disable=None, file=sys.stderr))


def _print_table(results: dict[str, list[Result]], skipped: dict[str, str]) -> None:
    print("| campaign | tried | " + " | ".join(OUTCOMES) + " |")
    print("|---|" + "---|" * (1 + len(OUTCOMES)))
    for name, some in results.items():
        counts = Counter(result.outcome for result in some)
        print(f"| {name} | {len(some)} | " + " | ".join(str(counts[outcome]) for outcome in OUTCOMES) + " |")
    for name, reason in skipped.items():
        print(f"\n{name} was skipped: {reason}.")
    for name, some in results.items():
        for result in some:
            if result.outcome in FAILURES:
                print(f"\n{name}, {result.case}: {result.outcome}: {result.detail}")


if __name__ == "__main__":
    sys.exit(main())
