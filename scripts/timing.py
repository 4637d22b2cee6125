"""What `make test` took: seconds by stage, the slowest tests, the most memory in use, and the totals, which it ends with.

Reads what the stages left in build/ (stages, memory, junit/*.xml) and writes the same to build/timing.json.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / "build"
#: How many of the slowest tests are shown.
SHOWN = 20
#: How many lines of a stage that failed are said again at the end: a CI log is often cut off above.
SAID_AGAIN = 15


def stages() -> dict[str, dict[str, int]]:
    """By stage: when it began and ended, in seconds since the run began, and its exit status."""
    lines = (BUILD / "stages").read_text(encoding="utf-8").splitlines()
    found = {}
    for name, *numbers in map(str.split, lines):
        began, ended, status = map(int, numbers)
        found[name] = {"began": began, "seconds": ended - began, "status": status}
    return found


def tests() -> tuple[Counter[str], dict[str, float]]:
    """The totals of all reports, and the seconds of each test with all its fixtures."""
    total: Counter[str] = Counter()
    seconds: dict[str, float] = {}
    for report in sorted((BUILD / "junit").glob("*.xml")):
        for suite in ET.parse(report).getroot().iter("testsuite"):
            total.update({key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")})
            for case in suite.iter("testcase"):
                name = f"{case.get('classname')}::{case.get('name')}"
                seconds[name] = seconds.get(name, 0) + float(case.get("time", 0))
    return total, seconds


def errors_of(stage: str) -> list[str]:
    """The last lines of a stage's log that speak of an error; its last lines, whatever they are, where none does."""
    lines = (BUILD / "log" / stage).read_text(encoding="utf-8", errors="replace").splitlines()
    about = [line for line in lines if re.search(r"\b(ERROR|FAILED|FATAL|fatal)\b|error:|^E  ", line)]
    return (about or lines)[-SAID_AGAIN:]


def main() -> int:
    """Print it and say by the exit status whether all is well."""
    ran = stages()
    total, seconds = tests()
    memory = max(map(int, (BUILD / "memory").read_text(encoding="utf-8").split()), default=0)
    wall = max((stage["began"] + stage["seconds"] for stage in ran.values()), default=0)
    slowest = sorted(seconds.items(), key=lambda item: -item[1])
    timing = {"wall_s": wall, "peak_memory_mb": memory, "stages": ran, "tests_s": dict(slowest)}
    (BUILD / "timing.json").write_text(json.dumps(timing, indent=1) + "\n", encoding="utf-8")
    print(f"The {SHOWN} slowest tests, in seconds (all: build/timing.json)")
    for name, took in slowest[:SHOWN]:
        print(f"{took:7.1f}  {name}")
    print("Stages, in seconds: began, took")
    for name, stage in ran.items():
        print(f"{stage['began']:7d} {stage['seconds']:6d}  {name}{'  FAILED' * bool(stage['status'])}")
    print(f"{wall} s, at most {memory} MB of memory in use")
    failed = total["failures"] + total["errors"]
    passed = total["tests"] - failed - total["skipped"]
    print(f"{passed} passed, {failed} failed" + (f", {total['skipped']} skipped" if total["skipped"] else ""))
    broken = [name for name, stage in ran.items() if stage["status"]]
    for name in broken:
        print(f"{name}:", *errors_of(name), sep="\n  ")
    if broken:
        print(f"FAILED: {', '.join(broken)}")
    return 0 if passed and not failed and not broken else 1


raise SystemExit(main())
