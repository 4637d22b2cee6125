# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles that log in by password, and what Molecule's own steps said before the tests began."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from testinfra.backend.base import CommandResult
    from testinfra.host import Host

RIGHT, WRONG = "canary-Right-7f3a9c", "canary-Wrong-0b8e2d"

# As psql's \password does: the server is sent a verifier, never the password.
CREATE_ROLES = """
import psycopg2, psycopg2.extensions, sys
connection = psycopg2.connect("host=/var/run/postgresql dbname=postgres")
connection.autocommit = True
for role in sys.argv[2:]:
    verifier = psycopg2.extensions.encrypt_password(sys.argv[1], role, connection, "scram-sha-256")
    cursor = connection.cursor()
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
    verb = "ALTER" if cursor.rowcount else "CREATE"
    cursor.execute(f'{verb} ROLE "{role}" LOGIN PASSWORD %s', [verifier])
    # Everybody may no more, where databases are declared.
    cursor.execute(f'GRANT CONNECT ON DATABASE postgres TO "{role}"')
"""


@dataclass(frozen=True)
class Logins:
    """Tries to log in over TCP with psql, as any program of this host would."""

    host: Host

    def attempt(
        self, role: str, *, password: str = RIGHT, database: str = "postgres", address: str = "127.0.0.1"
    ) -> CommandResult:
        target = f"host={address} port=5432 dbname='{database}' user='{role}' application_name=login_test"
        return self.host.run("PGPASSWORD=%s psql -XAtw %s -c 'SELECT current_user'", password, target)


@pytest.fixture(scope="module")
def logins(host: Host) -> Logins:
    """Roles app and Reporter exist and have the password RIGHT."""
    host.check_output("runuser -u postgres -- python3 -c %s %s app Reporter", CREATE_ROLES, RIGHT)
    return Logins(host)


@pytest.fixture(scope="module")
def first_runs(host: Host) -> list[list[dict[str, Any]]]:
    """Task results of Molecule's steps on this host, run by run: check on the bare host, converge, idempotence."""
    name = host.check_output("hostname")
    runs: list[list[dict[str, Any]]] = []
    for line in Path(os.environ["PGSOP_RECORD"]).read_text(encoding="utf-8").splitlines():
        task = json.loads(line)
        if task["host"] == name:
            if task["task"] == "Gathering Facts":
                runs.append([])
            runs[-1].append(task)
    return runs
