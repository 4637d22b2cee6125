# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that is well, and what the command says when something is not."""

from __future__ import annotations

import contextlib
import json
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server
    from testinfra.backend.base import CommandResult
    from testinfra.host import Host

BACKUP_CONFIG = "/etc/pgsop/backup.json"
TEXTFILE = "/var/lib/prometheus/node-exporter/pgsop.prom"
#: What is remembered of earlier looks: other tests' restarts and drills are no fault of this one.
MEMORY = "/var/lib/pgsop/health.json"
#: How long an answer takes depends on what else this machine does; prepare.yml declares the same.
PATIENCE = {"service.readiness": {"warn": 60}}
ROLE = {
    "gather_facts": True,
    "gather_subset": ["!all", "!min", "distribution"],
    "roles": ["aerovista.postgresql.pg_monitoring"],
}


@dataclass(frozen=True)
class MonitoredHost:
    """A host whose health is looked at."""

    server: Server
    play: PlayRunner

    @property
    def host(self) -> Host:
        return self.server.host

    def run(self, *arguments: str, at: str = "") -> CommandResult:
        """`pgsop health` as root; `at` moves the clock, as in "+9 days"."""
        clock = f"faketime {shlex.quote(at)} " if at else ""
        return self.host.run(f"rm -f {MEMORY}; {clock}pgsop health {shlex.join(arguments)}")

    def look(self, *arguments: str, at: str = "") -> dict[str, dict[str, Any]]:
        """What the checks say, by identifier."""
        answer = self.run("--format", "json", *arguments, at=at)
        assert answer.rc in {0, 1, 2, 3}, answer
        assert not answer.stderr, answer.stderr
        return {finding["id"]: finding for finding in json.loads(answer.stdout)["findings"]}

    def turned(self, *arguments: str, at: str = "") -> dict[str, str]:
        """The checks that are not OK, with their status."""
        found = self.look(*arguments, at=at)
        return {name: finding["status"] for name, finding in found.items() if finding["status"] != "OK"}

    def says(self, check: str, *, at: str = "") -> str:
        """What one check says."""
        return str(self.look("--only", check, at=at)[check]["message"])

    @contextlib.contextmanager
    def backups_declared(self, **changes: Any) -> Iterator[None]:
        """Another configuration of backups for the length of the block."""
        before = self.server.read(BACKUP_CONFIG)
        self._write(json.dumps(json.loads(before) | changes))
        try:
            yield
        finally:
            self._write(before)

    @contextlib.contextmanager
    def mounted(self, path: str, options: str) -> Iterator[None]:
        """A small disk of its own at a folder for the length of the block."""
        owner = self.host.check_output("stat -c %%u %s", path)
        self.host.check_output(f"mount -t tmpfs -o {options},uid={owner},mode=0700 small %s", path)
        try:
            yield
        finally:
            self.host.check_output("umount -l %s", path)

    def backup(self, *arguments: str, at: str = "") -> str:
        """Name of a new set."""
        clock = f"faketime {shlex.quote(at)} " if at else ""
        report = self.host.check_output(f"{clock}pgsop backup --format json {shlex.join(arguments)}")
        return str(json.loads(report)["set"])

    def forget(self, *sets: str) -> None:
        """Remove sets, as if they had never been."""
        for name in sets:
            self.host.check_output("rm -r %s", f"/var/backups/postgresql/{name}")

    def monitoring(self, *, check: bool = False, **variables: Any) -> PlayResult:
        """Role pg_monitoring with these variables."""
        declared = {"pg_monitoring_thresholds": PATIENCE} | variables
        result = self.play(ROLE, on=self.host, check=check, diff=check, extra_vars=declared)
        assert result.rc == 0, result.output
        if not variables:
            self.wait(lambda: self.server.exists(TEXTFILE), "the first look of the timer")
        return result

    def wait(self, condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"it did not come about within {seconds} s: {what}"
            time.sleep(0.2)

    def _write(self, content: str) -> None:
        # Into the file that is there, so that owner and mode stay.
        self.host.check_output(f"printf %s %s > {BACKUP_CONFIG}", "%s", content)


@pytest.fixture(scope="module")
def clinic(server: Server, play: PlayRunner) -> MonitoredHost:
    """The host with a fresh, verified and drilled set."""
    there = MonitoredHost(server, play)
    if not server.host.check_output("ls /var/backups/postgresql"):
        server.host.check_output("pgsop backup && pgsop drill")
    return there
