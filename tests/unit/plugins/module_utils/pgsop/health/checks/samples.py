# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that is made up, for checks that look at one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.check import (
    Check,
    HiddenError,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.context import HostContext
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.judge import judge
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.parts import gather

CLUSTER = Cluster(
    version=17,
    name="main",
    port=5432,
    running=True,
    owner="postgres",
    data_directory="/nowhere/data",
    config_directory="/nowhere/etc",
    log_file="/nowhere/log/postgresql.log",
    socket_directory="/nowhere/run",
)


class SampleHost(HostContext):
    """What systemd says is made up; without units it is a host without systemd."""

    def __init__(
        self, units: dict[str, dict[str, str]] | None = None, *, day: str = "2026-11-23", **facts: Any
    ) -> None:
        config = HealthConfig(
            version=facts.get("version", 17), backup_config=str(facts.pop("backup_config", "/nowhere/backup.json"))
        )
        now = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
        super().__init__(replace(CLUSTER, **facts), config, {}, now)
        self._said = units

    def unit(self, name: str) -> dict[str, str]:
        if self._said is None:
            raise HiddenError("this host has no systemd")
        return self._said.get(name, {"LoadState": "not-found"})


def there(folder: Path) -> dict[str, Any]:
    """A data folder as the server leaves it, with what goes with it."""
    for name in ("data/pg_wal", "data/pg_tblspc", "etc", "log"):
        (folder / name).mkdir(parents=True)
    (folder / "log" / "postgresql.log").write_text("LOG:  ready\n", encoding="utf-8")
    return {
        "data_directory": str(folder / "data"),
        "config_directory": str(folder / "etc"),
        "log_file": str(folder / "log" / "postgresql.log"),
    }


def found(check: Check, host: HostContext) -> Finding:
    """What comes of a check, with its own limits."""
    return judge(check, check.limits, [gather(host.config, check.id, check.read(host))])
