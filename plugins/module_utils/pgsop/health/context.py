# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What checks read: the host, the server, one database. Everything is read once, and only when a check asks for it."""

from __future__ import annotations

import functools
import glob
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .. import command
from ..activity.sessions import Backend, backends
from ..backup.config import BackupConfig
from ..backup.config import load as load_backup_config
from ..backup.listing import listing
from ..cluster import Cluster, list_clusters
from ..connection import Session
from ..debian import CONFIG_ROOT
from ..next_start.rehearsal import Rehearsal
from ..service import has_systemd
from .check import HiddenError
from .config import HealthConfig
from .history import History, Window

#: By the identifier of a check: its limits by name, as declared or by default.
Limits: TypeAlias = "Mapping[str, Mapping[str, float | None]]"

_MAIN_FILE = "postgresql.conf"
_PROPERTIES = "ActiveState,SubState,Result,NRestarts,UnitFileState,LoadState"
_SETTINGS = "SELECT name, setting, unit, source, sourcefile, pending_restart FROM pg_catalog.pg_settings"
_DATABASES = """
SELECT oid::bigint, datname AS name, datallowconn AND datconnlimit <> -2 AS connectable, datistemplate AS template, datconnlimit AS connection_limit,
       has_database_privilege(oid, 'CONNECT') AS open
  FROM pg_catalog.pg_database
 ORDER BY datname
"""
_DATABASE_STATISTICS = "SELECT to_jsonb(s) AS counted FROM pg_catalog.pg_stat_database s WHERE s.datname IS NOT NULL"
_ME = """
SELECT current_user::text AS name, current_setting('is_superuser') = 'on' AS superuser,
       pg_has_role(current_user, 'pg_monitor', 'USAGE') AS monitor
"""


@dataclass(frozen=True)
class ServerSetting:
    """A setting in force (pg_settings).

    Attributes:
        value: in the unit.
        unit: as in pg_settings; empty for settings without a unit.
        source: the column source of pg_settings, such as configuration file.
        pending_restart: whether the files have another value that a restart would bring into force.
    """

    value: str
    unit: str
    source: str
    pending_restart: bool

    @property
    def on(self) -> bool:
        """Return whether a boolean setting is on."""
        return self.value == "on"

    @property
    def number(self) -> float:
        """Return the value of a numeric setting, in bytes for units of size and in seconds for units of time.

        Raises:
            ValueError: the setting is not numeric.
        """
        return float(self.value) * _UNITS.get(self.unit, 1.0)


_UNITS = {
    "B": 1.0,
    "kB": 1024.0,
    "8kB": 8192.0,
    "MB": 1048576.0,
    "16MB": 16777216.0,
    "ms": 0.001,
    "s": 1.0,
    "min": 60.0,
}


class HostContext:
    """The host, whether or not a server answers.

    Args:
        cluster: the examined cluster.
        config: the declaration.
        limits: of all checks.
        now: seconds since the epoch.
    """

    def __init__(self, cluster: Cluster, config: HealthConfig, limits: Limits, now: float) -> None:
        self.cluster = cluster
        self.config = config
        self.limits = limits
        self.now = now
        self._units: dict[str, dict[str, str]] = {}
        self.rehearsal = Rehearsal(cluster)

    def unit(self, name: str) -> dict[str, str]:
        """Return properties of a systemd unit: LoadState, ActiveState, SubState, UnitFileState, Result, NRestarts.

        Raises:
            HiddenError: systemd is not the service manager.
        """
        if not has_systemd():
            raise HiddenError("this host has no systemd")
        if name not in self._units:
            answer = command.run(["systemctl", "show", f"--property={_PROPERTIES}", "--", name], timeout=10)
            self._units[name] = dict(line.split("=", 1) for line in answer.output.splitlines() if "=" in line)
        return self._units[name]

    def backup_config(self) -> BackupConfig:
        """Return the configuration of backups.

        Raises:
            HiddenError: backups are not configured, their configuration cannot be read, or it is about another cluster.
            PgsopError: the configuration is invalid.
        """
        path, cluster = self.config.backup_config, self.cluster
        if not os.path.lexists(path):
            raise HiddenError(f"backups are not set up: there is no {path}; run role pg_backup")
        try:
            with open(path, "rb"):
                pass
        except PermissionError as error:
            raise HiddenError(f"{path} may only be read by root and {cluster.owner}") from error
        declared = load_backup_config(path)
        if (declared.version, declared.cluster) != (cluster.version, cluster.name):
            raise HiddenError(
                f"backups are set up for cluster {declared.version}/{declared.cluster}, not for {cluster.label}"
            )
        return declared

    @functools.cached_property
    def backup_findings(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the findings about backups by identifier, as `pgsop backups` reports them.

        Raises:
            HiddenError, PgsopError: as backup_config does.
        """
        return {
            str(finding["id"]): finding for finding in listing(self.backup_config(), cluster=self.cluster)["findings"]
        }

    @functools.cached_property
    def other_clusters(self) -> Sequence[Cluster]:
        """Return the other clusters of this host; they are listed only if there is a configuration of another one.

        Raises:
            PgsopError: pg_lsclusters fails.
        """
        own = os.path.join(self.cluster.config_directory, _MAIN_FILE)
        if all(path == own for path in glob.glob(f"{CONFIG_ROOT}/*/*/{_MAIN_FILE}")):
            return ()
        mine = (self.cluster.version, self.cluster.name)
        return [each for each in list_clusters() if (each.version, each.name) != mine]


class ServerContext:
    """A server that answers.

    Args:
        host: of the server.
        session: on the database for server-wide checks, read-only.
        history: counters of earlier runs.
        latency_s: time of the connection and a first query, in seconds.
    """

    def __init__(self, host: HostContext, session: Session, history: History, latency_s: float) -> None:
        self.host = host
        self.cluster = host.cluster
        self.config = host.config
        self.limits = host.limits
        self.session = session
        self.latency_s = latency_s
        self._history = history

    @functools.cached_property
    def settings(self) -> dict[str, ServerSetting]:
        """Return all settings that the role may see, by name."""
        return {
            row["name"]: ServerSetting(row["setting"] or "", row["unit"] or "", row["source"], row["pending_restart"])
            for row in self.session.rows(_SETTINGS)
        }

    def setting(self, name: str) -> ServerSetting:
        """Return one setting.

        Raises:
            HiddenError: the role may not see it, or this major version does not have it.
        """
        if name not in self.settings:
            raise HiddenError(f"{self.me['name']} may not see the setting {name}")
        return self.settings[name]

    @property
    def version_num(self) -> int:
        """Return the version as server_version_num, such as 170012."""
        return int(self.settings["server_version_num"].value)

    @property
    def version(self) -> int:
        """Return the major version."""
        return self.version_num // 10_000

    @functools.cached_property
    def me(self) -> dict[str, Any]:
        """Return the role of the session: name, superuser, monitor (whether it has pg_monitor)."""
        return self.session.rows(_ME)[0]

    @functools.cached_property
    def databases(self) -> list[dict[str, Any]]:
        """Return all databases: oid, name, connectable, template, connection_limit, open (whether the role has CONNECT)."""
        return self.session.rows(_DATABASES)

    @functools.cached_property
    def database_statistics(self) -> list[dict[str, Any]]:
        """Return the rows of pg_stat_database, with the columns of this major version."""
        return [row["counted"] for row in self.session.rows(_DATABASE_STATISTICS)]

    @functools.cached_property
    def backends(self) -> list[Backend]:
        """Return all processes of the server but that of this session.

        Raises:
            HiddenError: the role may not see the activity of other sessions.
        """
        found = backends(self.session)
        masked = [backend for backend in found if backend.masked]
        if masked:
            raise HiddenError(
                f"{self.me['name']} may not see what {len(masked)} of {len(found)} sessions do; grant it pg_monitor"
            )
        return found

    def need_superuser(self, what: str) -> None:
        """Refuse to read data that the server hides from other roles without an error.

        Args:
            what: the data, for the message.

        Raises:
            HiddenError: the role is no superuser.
        """
        if not self.me["superuser"]:
            raise HiddenError(f"only a superuser sees {what}, and {self.me['name']} is none")

    def window(self, topic: str, counters: Mapping[str, float], since: object) -> Window:
        """Return the growth of counters since an earlier run; see History.window."""
        return self._history.window(topic, counters, str(since))


class DatabaseContext:
    """One database of a server that answers.

    Args:
        server: of the database.
        name: of the database.
        session: on it, read-only.
    """

    def __init__(self, server: ServerContext, name: str, session: Session) -> None:
        self.server = server
        self.name = name
        self.session = session
        self.config = server.config
        self.limits = server.limits
        self.version = server.version
