# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths that Debian's packages, systemd and this collection choose on a host; no other file of the engine spells one of them."""

from __future__ import annotations

# postgresql-common, postgresql-MAJOR and pgbouncer (pg_createcluster(1), pg_wrapper(1)); COMMON_CONFIG and SOCKET_DIRECTORY are compiled into libpq.
CONFIG_ROOT = "/etc/postgresql"
COMMON_CONFIG = "/etc/postgresql-common"
DATA_ROOT = "/var/lib/postgresql"
LOG_ROOT = "/var/log/postgresql"
SOCKET_DIRECTORY = "/var/run/postgresql"
_PROGRAM_ROOT = "/usr/lib/postgresql"
PGBOUNCER_CONFIG = "/etc/pgbouncer/pgbouncer.ini"

# apt and dpkg lock these while they work, with fcntl(2).
APT_LOCKS = (
    "/var/lib/dpkg/lock-frontend",
    "/var/lib/dpkg/lock",
    "/var/lib/apt/lists/lock",
    "/var/cache/apt/archives/lock",
)

# systemd (systemd.unit(5)) and cron (crontab(5)).
UNIT_ROOT = "/etc/systemd/system"
UNIT_FOLDERS = (UNIT_ROOT, "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system")
CRON_ROOT = "/etc/cron.d"
PYTHON = "/usr/bin/python3"

# This collection.
OWN_CONFIG = "/etc/pgsop"
OWN_STATE = "/var/lib/pgsop"
#: How the first line of every file of this collection begins; the name of the caller follows.
MANAGED = "# Managed by Ansible, aerovista.postgresql, for "
BACKUP_ROOT = "/var/backups/postgresql"


def program_directory(version: int) -> str:
    """Return the folder of the programs of a major version."""
    return f"{_PROGRAM_ROOT}/{version}/bin"


def is_packaged(config_directory: str) -> bool:
    """Return whether the configuration of a cluster is where pg_createcluster puts it, so that pg_ctlcluster starts its server."""
    return config_directory.startswith(f"{CONFIG_ROOT}/")
