# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts where somebody else is at home: refused with what was found, and not one byte of theirs is touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Container, PlayRunner
    from other_hosts.tests.conftest import Lab

SITE = "aerovista.postgresql.site"

#: A server that does nothing by itself, so that whatever moves was moved by us.
QUIET = "-o autovacuum=off -o wal_level=minimal -o max_wal_senders=0 -o checkpoint_timeout=1d"

#: All that a run would leave behind on a host that has nothing of PostgreSQL yet.
TRACES = """
dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' '*postgresql*' '*psycopg*' 2>/dev/null | grep ^i
ls -d /etc/postgresql /etc/postgresql-common /var/lib/postgresql 2>/dev/null
ls /var/lib/apt/lists
true
"""


@pytest.fixture(scope="module")
def bare(one_platform: str, fresh_container: Callable[..., Container]) -> Container:
    return fresh_container(one_platform, systemd=False)


@pytest.fixture
def ready(
    one_platform: str, fresh_container: Callable[..., Container], with_packages: Callable[[str], str]
) -> Container:
    return fresh_container(with_packages(one_platform), systemd=False)


def test_a_foreign_process_on_the_port_is_named(bare: Container, play: PlayRunner, lab: Lab) -> None:
    lab.run(bare, "setsid python3 -m http.server 5432 --bind 127.0.0.1 >/dev/null 2>&1 </dev/null & echo $! >/root/pid")
    pid = lab.run(
        bare, "for i in $(seq 50); do ss -Hlnt sport = :5432 | grep -q . && break; sleep 0.1; done; cat /root/pid"
    )

    message = lab.refused(play(SITE, on=bare))

    assert f"process {pid} (python3) listens on 127.0.0.1:5432" in message
    assert lab.run(bare, TRACES) == ""
    assert lab.run(bare, f"kill {pid} && echo still running") == "still running"


def test_a_locale_that_does_not_exist_is_refused_before_anything_is_installed(
    bare: Container, play: PlayRunner, lab: Lab
) -> None:
    message = lab.refused(play(SITE, on=bare, extra_vars={"pg_install_locale": "tlh_QO.UTF-8"}))
    assert "locale tlh_QO.UTF-8 is not among those of 'locale -a'" in message
    assert lab.run(bare, TRACES) == ""


def test_another_major_that_runs_on_the_port(ready: Container, play: PlayRunner, lab: Lab) -> None:
    theirs = lab.major(ready)
    lab.run(ready, f"pg_createcluster {theirs} main -p 5432 {QUIET} --start")
    lab.sql(ready, "CREATE TABLE treasure AS SELECT generate_series(1, 1000) AS coin; CHECKPOINT")
    started = lab.sql(ready, "SELECT pg_postmaster_start_time()")
    data, configuration = f"/var/lib/postgresql/{theirs}", "/etc/postgresql"
    before = lab.fingerprint(ready, data, configuration)

    # From a repository that has the version: else the version alone is refused.
    wanted = {"postgresql_version": theirs + 1, "pg_install_repository": "pgdg"}
    message = lab.refused(play(SITE, on=ready, extra_vars=wanted))

    assert f"cluster {theirs}/main (data in {data}/main, running) is configured for port 5432" in message
    assert lab.fingerprint(ready, data, configuration) == before
    assert lab.sql(ready, "SELECT pg_postmaster_start_time()") == started
    assert lab.sql(ready, "SELECT count(*) FROM treasure") == "1000"


def test_another_major_whose_server_package_is_gone(ready: Container, play: PlayRunner, lab: Lab) -> None:
    lab.run(
        ready,
        """
        install -d -o postgres -g postgres /etc/postgresql/14/main
        install -d -o postgres -g postgres -m 0700 /var/lib/postgresql/14/main
        echo 14 >/var/lib/postgresql/14/main/PG_VERSION
        head -c 100000 /dev/urandom >/var/lib/postgresql/14/main/relation
        printf "%s\\n" "data_directory = '/var/lib/postgresql/14/main'" "port = 5432" \\
            "unix_socket_directories = '/var/run/postgresql'" >/etc/postgresql/14/main/postgresql.conf
        chown -R postgres: /etc/postgresql/14 /var/lib/postgresql/14
        """,
    )
    before = lab.fingerprint(ready, "/var/lib/postgresql", "/etc/postgresql")

    message = lab.refused(play(SITE, on=ready))

    assert "cluster 14/main (data in /var/lib/postgresql/14/main, down) is configured for port 5432" in message
    assert lab.fingerprint(ready, "/var/lib/postgresql", "/etc/postgresql") == before


def test_another_cluster_of_the_same_major(ready: Container, play: PlayRunner, lab: Lab) -> None:
    version = lab.major(ready)
    lab.run(ready, f"pg_createcluster {version} other -p 5432 {QUIET} --start")
    lab.sql(ready, "CHECKPOINT")
    before = lab.fingerprint(ready, "/var/lib/postgresql", "/etc/postgresql")

    message = lab.refused(play(SITE, on=ready))

    data = f"/var/lib/postgresql/{version}/other"
    assert f"cluster {version}/other (data in {data}, running) is configured for port 5432" in message
    assert lab.fingerprint(ready, "/var/lib/postgresql", "/etc/postgresql") == before
    assert lab.run(ready, "pg_lsclusters -h | awk '{print $2, $4}'") == "other online"


def test_a_cluster_in_another_encoding(ready: Container, play: PlayRunner, lab: Lab) -> None:
    version = lab.major(ready)
    lab.run(ready, f"pg_createcluster {version} main -p 5432 --locale=C --encoding=SQL_ASCII {QUIET} --start")
    lab.sql(ready, "CREATE TABLE letters AS SELECT chr(200 + i) AS letter FROM generate_series(1, 50) AS i; CHECKPOINT")
    rows = lab.sql(ready, "SELECT md5(string_agg(letter, '' ORDER BY ctid)) FROM letters")
    started = lab.sql(ready, "SELECT pg_postmaster_start_time()")
    before = lab.fingerprint(ready, "/var/lib/postgresql", "/etc/postgresql")

    message = lab.refused(play(SITE, on=ready))

    assert f"cluster {version}/main has encoding SQL_ASCII, not UTF8" in message
    assert lab.fingerprint(ready, "/var/lib/postgresql", "/etc/postgresql") == before
    assert lab.sql(ready, "SELECT pg_postmaster_start_time()") == started
    assert lab.sql(ready, "SELECT md5(string_agg(letter, '' ORDER BY ctid)) FROM letters") == rows
