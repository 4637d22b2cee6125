# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server for one test alone, for what would spoil the others: damage, restarts, settings of the postmaster."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from ansible_collections.aerovista.postgresql.tests.servers.health.conftest import SETTINGS
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.server import running

#: Roles with which checks are tried besides the superuser: one that may see much, and one that may see nothing.
OTHERS = ("mon", "plain")
MAKE_OTHERS = ("CREATE ROLE mon LOGIN IN ROLE pg_monitor", "CREATE ROLE plain LOGIN")


@contextmanager
def alone(
    major: int, folder: Path, settings: Mapping[str, str] | None = None, initdb: Sequence[str] = ("--data-checksums",)
) -> Iterator[IsolatedServer]:
    """A server of its own that is as well as the common one, with both roles."""
    with running(major, {**SETTINGS, **(settings or {})}, initdb) as server:
        patient = IsolatedServer(server, folder)
        patient.admit()
        patient.execute(*MAKE_OTHERS)
        yield patient


@contextmanager
def others(patient: IsolatedServer) -> Iterator[None]:
    """Both roles on the common server, as long as they are needed."""
    try:
        patient.execute(*MAKE_OTHERS)
        yield
    finally:
        for role in OTHERS:
            patient.execute(f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def seen_by(patient: IsolatedServer, name: str, **declared: Any) -> dict[str, str]:
    """What a check says to each of the two."""
    return {role: patient.look(name, dsn=patient.as_role(role), **declared)[name].status for role in OTHERS}


def arrives(patient: IsolatedServer, condition: str) -> None:
    """Wait until a query in its database answers with true: what is counted arrives late, until 14."""
    patient.wait(lambda: bool(patient.server.rows(condition, "clinic")[0][0]), condition)


@contextmanager
def working(patient: IsolatedServer, statement: str) -> Iterator[None]:
    """A statement that takes no transaction around it, at work in a session of its own until the end, when it is cancelled."""
    connection = psycopg2.connect(**patient.server.address("clinic"))
    connection.autocommit = True
    thread = threading.Thread(target=_run, args=(connection, statement), daemon=True)
    thread.start()
    try:
        yield
    finally:
        connection.cancel()
        thread.join(10)
        connection.close()


def _run(connection: Any, statement: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except psycopg2.Error:
        connection.reset()
