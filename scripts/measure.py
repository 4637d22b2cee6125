"""What measurements have in common: the host they run on, and the list of them.

A measurement is a function that measures once and returns its numbers by name; `@measurement` registers it.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Bench:
    """The host under measurement and how to reach it."""

    host: str
    inventory: Path

    def playbook(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the whole procedure; a failure ends the benchmark."""
        done = subprocess.run(
            ["ansible-playbook", "-i", self.inventory, "playbooks/site.yml", *arguments],
            cwd=ROOT,
            env=os.environ | {"ANSIBLE_NOCOLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"playbooks/site.yml failed:\n{done.stdout[-4000:]}{done.stderr[-2000:]}")
        return done

    def run(self, *command: str, user: str = "root") -> str:
        """What a command on the host writes; its failure ends the benchmark."""
        done = subprocess.run(
            ["docker", "exec", "-u", user, self.host, *command], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout


Numbers = dict[str, float]


@dataclass(frozen=True)
class Measurement:
    """One registered function and how often it is run."""

    name: str
    repetitions: int
    measure: Callable[[Bench], Numbers]


MEASUREMENTS: list[Measurement] = []


def measurement(name: str, repetitions: int) -> Callable[[Callable[[Bench], Numbers]], Callable[[Bench], Numbers]]:
    """Register a measurement under the name that the table shows."""

    def register(measure: Callable[[Bench], Numbers]) -> Callable[[Bench], Numbers]:
        MEASUREMENTS.append(Measurement(name, repetitions, measure))
        return measure

    return register


def wall_seconds(act: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
