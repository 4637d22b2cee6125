# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backend ends during a dump, so that the whole server recovers: that costs this database its dump; two of them end the dumps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults
    from conftest import Server

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"

#: By name before and after ledger, which is sound.
CRASHING = ("crash_1", "crash_2", "zz_crash", "zz_last")
#: pg_dump, for as long as this is mounted in its place: for such a database it first ends the backend that holds the snapshot.
KILLER = """#!/bin/sh
for argument; do last=$argument; done
for database in $(cat /var/tmp/crash); do
  [ "$last" = "--dbname=dbname=$database" ] || continue
  found="SELECT pid FROM pg_stat_activity WHERE datname = '$database' AND application_name = 'pgsop'"
  kill -s "$(cat /var/tmp/signal)" "$(PGAPPNAME=killer psql -XAtq -d postgres -c "$found")"
done
exec "$0.real" "$@"
"""


@pytest.fixture(scope="module")
def there(vault: Vaults, server: Server) -> Iterator[Vault]:
    """Databases, and a pg_dump that crashes the server for some of them."""
    made = vault("backend", databases=("ledger", *CRASHING))
    host, path = server.host, f"/usr/lib/postgresql/{server.version}/bin/pg_dump"
    for database in CRASHING:
        server.sql(f"CREATE DATABASE {database}")
    made.configure()
    host.check_output("install -m 0755 /dev/null /root/killer && printf %%s %s >/root/killer", KILLER)
    host.check_output("cp %s %s.real && mount --bind /root/killer %s", path, path, path)
    yield made
    host.check_output("umount %s; rm %s.real /root/killer /var/tmp/crash /var/tmp/signal", path, path)
    for database in CRASHING:
        server.sql(f"DROP DATABASE {database}")


def failing_run(there: Vault, signal: str, *crashing: str) -> tuple[str, list[str]]:
    """What a run says while the dumps of some databases end their backends, and the databases in its set."""
    there.host.check_output("echo %s >/var/tmp/crash; echo %s >/var/tmp/signal", " ".join(crashing), signal)
    there.server.sql("TRUNCATE mark; INSERT INTO mark VALUES ('before the crash')", "ledger")
    before = there.look().verified
    told = there.fails()
    look = there.look()
    assert look.verified[1:] == before
    assert not look.newest["complete"]
    assert there.restored() == ["before the crash"]
    return told, look.newest["databases"]


@pytest.mark.parametrize("signal", ["KILL", "SEGV"])
def test_crash_costs_one_database_its_dump(there: Vault, signal: str) -> None:
    told, held = failing_run(there, signal, "crash_1")
    assert held == ["crash_2", "ledger", "zz_crash", "zz_last"]
    assert "database crash_1" in told


def test_second_crash_ends_the_dumps_and_what_was_dumped_is_published(there: Vault) -> None:
    told, held = failing_run(there, "SEGV", "crash_1", "zz_crash")
    assert held == ["crash_2", "ledger"]
    for database in ("crash_1", "zz_crash", "zz_last"):
        assert f"database {database}" in told


def test_two_crashes_before_any_dump_leave_the_sets_there_are(there: Vault) -> None:
    there.host.check_output("echo crash_1 crash_2 >/var/tmp/crash")
    before = there.files()
    told = there.fails()
    for database in CRASHING:
        assert f"database {database}" in told
    assert there.files() == before
    there.host.check_output("echo >/var/tmp/crash")
    there.backup()
    assert there.look().finding("last_run")[0] == "OK"
    there.sound()
