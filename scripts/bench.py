"""Measurements on one host, run serially on an idle machine: medians in one table and in build/bench.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import tempfile
from pathlib import Path

import bench_backup
import bench_engine
import bench_health
from measure import MEASUREMENTS, ROOT, Bench, Numbers, measurement, wall_seconds

REPORT = ROOT / "build" / "bench.json"
BUSY = 0.5


@measurement("no-change run of playbooks/site.yml", repetitions=5)
def no_change_run(bench: Bench) -> Numbers:
    """A run that finds everything in place."""
    return {"wall [s]": wall_seconds(bench.playbook)}


@measurement("no-change run of playbooks/site.yml, --check", repetitions=5)
def no_change_check(bench: Bench) -> Numbers:
    """The same, asked only."""
    return {"wall [s]": wall_seconds(lambda: bench.playbook("--check"))}


@measurement("no-change run of playbooks/site.yml, modules", repetitions=1)
def no_change_modules(bench: Bench) -> Numbers:
    """How many modules a run that finds everything in place executes on the host."""
    done = bench.playbook("-vvv")
    if re.search(r" changed=[1-9]", done.stdout):
        raise SystemExit(f"The host was expected to be in place already:\n{done.stdout[-2000:]}")
    return {"remote modules": len(re.findall("Using module file", done.stdout))}


@measurement("start of pgsop, beside python3's own", repetitions=9)
def start(bench: Bench) -> Numbers:
    """Each module that a command needs is loaded before anything is done."""
    nothing = wall_seconds(lambda: bench.run("python3", "-I", "-c", "import argparse, json, subprocess"))
    helping = wall_seconds(lambda: bench.run("pgsop", "backup", "--help"))
    return {"pgsop backup --help [s]": helping, "times python3": helping / nothing}


measurement("backup of 1 GB, beside the SOP's pg_dump -F c", repetitions=3)(bench_backup.backup)
measurement("restore of 1 GB, beside the SOP's pg_restore -c", repetitions=3)(bench_backup.restore)
measurement("health of a small idle host, beside 0.4.0", repetitions=9)(bench_health.beside_baseline)
measurement("health of 50 databases, 200 connections, 10,000 tables in one", repetitions=5)(bench_health.heaped)
measurement("health of 50 databases, 200 connections, 200 tables in each", repetitions=5)(bench_health.spread)
measurement("pure functions of the engine on twice the input", repetitions=3)(bench_engine.engine)


def run(bench: Bench, chosen: str) -> list[dict[str, object]]:
    """All measurements whose name contains the chosen text, one after the other."""
    rows: list[dict[str, object]] = []
    for item in MEASUREMENTS:
        if chosen not in item.name:
            continue
        print(f"measuring: {item.name} ({item.repetitions}x)", flush=True)
        samples = [item.measure(bench) for repetition in range(item.repetitions)]
        for number in samples[0]:
            values = [sample[number] for sample in samples]
            rows.append(
                {"measurement": item.name, "number": number, "median": statistics.median(values), "samples": values}
            )
    return rows


def table(rows: list[dict[str, object]]) -> str:
    """The medians as aligned text."""
    lines: list[tuple[str, ...]] = [("measurement", "number", "median", "lowest", "highest", "runs")]
    for row in rows:
        samples = row["samples"]
        assert isinstance(samples, list)
        numbers = (
            f"{value:.3g}" for value in (row["median"], min(samples), max(samples)) if isinstance(value, float | int)
        )
        lines.append((str(row["measurement"]), str(row["number"]), *numbers, str(len(samples))))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def write_inventory(folder: Path, host: str) -> Path:
    """An inventory with the one container."""
    variables = {"ansible_connection": "community.docker.docker", "ansible_python_interpreter": "/usr/bin/python3"}
    path = folder / "hosts.json"
    path.write_text(json.dumps({"postgresql": {"hosts": {host: variables}}}), encoding="utf-8")
    return path


def main() -> None:
    """Converge the host, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True, help="container to measure on")
    parser.add_argument("--only", default="", help="measure only what has this text in its name")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    if load > BUSY * (os.cpu_count() or 1):
        print(f"WARNING: the machine is busy (load {load:.1f}); numbers will be too high")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.host, write_inventory(Path(folder), options.host))
        print("bringing the host to the procedure first", flush=True)
        first = wall_seconds(bench.playbook)
        rows = run(bench, options.only)
    rows.insert(
        0, {"measurement": "first run on a bare host", "number": "wall [s]", "median": first, "samples": [first]}
    )
    report = {"cores": os.cpu_count(), "load": load, "python": platform.python_version(), "results": rows}
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"\n{table(rows)}\n\nwritten to {REPORT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
