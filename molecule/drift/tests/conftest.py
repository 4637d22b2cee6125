# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One round of drift: somebody alters the host by hand, --check --diff looks at it, converge repairs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server
    from testinfra.host import Host

SITE = "aerovista.postgresql.site"
#: A function for the hand's commands. A reload is over when a new session knows of it, not when systemd has sent the signal.
RELOAD = """
loaded() { runuser -u postgres -- psql -XAtw -c 'SELECT pg_conf_load_time()'; }
reload() {
    before=$(loaded)
    systemctl reload $unit
    while [ "$(loaded)" = "$before" ]; do sleep 0.1; done
}
"""
State = dict[str, str]


@dataclass(frozen=True)
class DriftCycle:
    """The host before anybody touched it, altered, after the check run, after converge; and what the two runs said."""

    declared: State
    altered: State
    checked: State
    repaired: State
    check: PlayResult
    converge: PlayResult

    @property
    def named(self) -> set[str]:
        """Every file, unit or other place that the check run says it would change."""
        places: set[str] = set()
        for task in self.check.with_status("changed"):
            for result in task.result.get("results", [task.result]):
                item, diffs = result.get("item"), result.get("diff") or []
                if result.get("changed"):
                    places |= {str(item["path"] if isinstance(item, dict) else item)} - {"None"}
                    for diff in [diffs] if isinstance(diffs, dict) else diffs:
                        places |= {diff["after_header"]} if "after_header" in diff else set()
        return places

    @property
    def lines(self) -> list[str]:
        """Every line that the check run says it would take away or add."""
        return changed_lines(self.check)

    @property
    def lines_of_converge(self) -> list[str]:
        return changed_lines(self.converge)

    @property
    def left_over(self) -> dict[str, tuple[str | None, str | None]]:
        """What is not as it was before somebody altered it: then and now. When the server started is no drift."""
        return {
            key: (self.declared.get(key), self.repaired.get(key))
            for key in (self.declared.keys() | self.repaired.keys()) - {"loaded", "started"}
            if self.declared.get(key) != self.repaired.get(key)
        }

    @property
    def touched(self) -> set[str]:
        """What the hand really altered."""
        return {key for key in self.declared | self.altered if self.declared.get(key) != self.altered.get(key)}


def changed_lines(result: PlayResult) -> list[str]:
    return [line for line in result.stdout.splitlines() if line[:1] in ("-", "+") and line[:3] not in ("---", "+++")]


def look(host: Host, server: Server) -> State:
    """All that is managed, of a server that may be down: files, modes, units, settings in force."""
    state = server.files()
    folders = (
        f"{server.data} {server.log} /var/lib/postgresql /var/lib/postgresql/.p* /var/log/postgresql /run/postgresql"
    )
    modes = host.run(f"stat -c '%n|%U:%G %a' {folders} /usr/share/postgresql/{server.version}/extension").stdout
    state |= dict(line.split("|") for line in modes.splitlines())
    for unit in (server.unit, "postgresql.service"):
        state[unit] = host.run(f"systemctl is-enabled {unit}").stdout + host.run(f"systemctl is-active {unit}").stdout
    if server.exists("/run/postgresql/.s.PGSQL.5432"):
        state |= server.settings() | {"loaded": server.sql("SELECT pg_conf_load_time()")}
    return state


@pytest.fixture(scope="module")
def drift(host: Host, server: Server, play: PlayRunner) -> Callable[[str], DriftCycle]:
    """`drift("what somebody does as root")` -> Round."""

    def run(alteration: str) -> DriftCycle:
        declared = look(host, server)
        names = (
            f"config={server.config} data={server.data} log={server.log} sandbox={server.sandbox} unit={server.unit}"
        )
        host.check_output("bash -euc %s", f"{names} version={server.version}\n{RELOAD}{alteration}")
        altered = look(host, server)
        check = play(SITE, on=host, check=True, diff=True)
        checked = look(host, server)
        converge = play(SITE, on=host, diff=True)
        return DriftCycle(declared, altered, checked, look(host, server), check, converge)

    return run
