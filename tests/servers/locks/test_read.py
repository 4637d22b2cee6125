# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of locks: of whoever waits, who is in the way, be it a process, its leader or nobody who lives."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.locks.read import Lock, read
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major

MODES = (
    "AccessShare",
    "RowShare",
    "RowExclusive",
    "ShareUpdateExclusive",
    "Share",
    "ShareRowExclusive",
    "Exclusive",
    "AccessExclusive",
)


def lock(mode: str, **facts: Any) -> Lock:
    plain = dict.fromkeys(
        (
            "pid",
            "relation",
            "page",
            "tuple_number",
            "virtualxid",
            "transaction",
            "classid",
            "objid",
            "objsubid",
            "prepared",
        )
    )
    return Lock(
        **{
            **plain,
            "kind": "relation",
            "mode": f"{mode}Lock",
            "database": 1,
            "wait_age_s": None,
            "blocked_by": (),
            **facts,
        }
    )


@pytest.mark.parametrize("held", MODES)
def test_which_locks_exclude_each_other(patient: IsolatedServer, held: str) -> None:
    """As the server says it, of all pairs."""
    names = {mode: " ".join(part.upper() for part in _words(mode)) for mode in MODES}
    patient.execute("CREATE TABLE t ()")
    with patient.session(f"LOCK TABLE t IN {names[held]} MODE"), patient.server.connect("clinic") as other:
        for wanted in MODES:
            with other.cursor() as cursor:
                cursor.execute("BEGIN")
                try:
                    cursor.execute(f"LOCK TABLE t IN {names[wanted]} MODE NOWAIT")
                    refused = False
                except psycopg2.Error as error:
                    refused = error.pgcode == "55P03"
                cursor.execute("ROLLBACK")
            assert lock(held, relation=1).excludes(lock(wanted, relation=1)) == refused
            assert not lock(held, relation=1).excludes(lock(wanted, relation=2))


def _words(mode: str) -> list[str]:
    return "".join(f" {sign}" if sign.isupper() else sign for sign in mode).split()


@every_major
def test_who_waits_and_who_is_in_the_way(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE t ()")
    with patient.session("LOCK TABLE t", name="A") as first, patient.waiting("LOCK TABLE t", name="B"):
        patient.until("SELECT count(*) = 1 FROM pg_locks WHERE NOT granted")
        with connect(patient.server.cluster) as session:
            scene = read(session)
        ((waiter, wanted),) = scene.waited_for.items()
        assert scene.backends[waiter].application == "B"
        assert scene.blockers == {waiter: [first.info.backend_pid]}
        assert (wanted.kind, wanted.mode) == ("relation", "AccessExclusiveLock")
        assert (wanted.wait_age_s is not None) == (patient.major >= 14)
        assert {each.pid for each in scene.held} == {first.info.backend_pid}
        assert scene.databases[wanted.database] == "clinic"
        assert set(scene.connectable) == {"clinic", "postgres"}


def test_of_prepared_transactions_the_one_that_is_in_the_way(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE t ()", "CREATE TABLE u ()")
    for name in "tu":
        patient.execute(f"BEGIN; LOCK TABLE {name} IN SHARE MODE; SELECT txid_current(); PREPARE TRANSACTION '{name}'")
    try:
        with patient.waiting("LOCK TABLE u", name="B"):
            patient.until("SELECT count(*) = 1 FROM pg_locks WHERE NOT granted")
            with connect(patient.server.cluster) as session:
                scene = read(session)
            ((key,),) = scene.blockers.values()
            assert scene.prepared[-key]["gid"] == "u"
    finally:
        patient.execute("ROLLBACK PREPARED 't'", "ROLLBACK PREPARED 'u'")
