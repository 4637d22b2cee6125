"""Adds up what every test runner of this run wrote to build/junit; the last line of `make test`."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

REPORTS = Path(__file__).resolve().parent.parent / "build" / "junit"


def main() -> int:
    """Print the totals and say by the exit code whether all is well."""
    total: Counter[str] = Counter()
    for report in sorted(REPORTS.glob("*.xml")):
        for suite in ET.parse(report).getroot().iter("testsuite"):
            total.update({key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")})
    failed = total["failures"] + total["errors"]
    passed = total["tests"] - failed - total["skipped"]
    print(f"{passed} passed, {failed} failed" + (f", {total['skipped']} skipped" if total["skipped"] else ""))
    return 0 if passed and not failed else 1


raise SystemExit(main())
