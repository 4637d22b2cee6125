# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PgBouncer's files are read as it reads them, and its connection is the one that it makes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import pgbouncer
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.attempt import (
    ConnectionAttempt,
    kind_of,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.network import NetworkPath
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.pgbouncer import PgBouncer
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.listeners import Listener
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import GOOD

CONFIG = """
;; a comment
[databases]
appdb = host=127.0.0.1 port=5433 dbname=other user=fixed password='it''s = here'
"my db" = host=db.example
# another comment
* =
%include more.ini
[users]
appuser = pool_mode=session
[pgbouncer]
listen_port = 6432
auth_file = userlist.txt
ignore_startup_parameters = extra_float_digits, options
"""


def test_configuration(tmp_path: Path) -> None:
    (tmp_path / "pgbouncer.ini").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "more.ini").write_text("included = host=127.0.0.2\n", encoding="utf-8")
    found = pgbouncer.read_config(str(tmp_path / "pgbouncer.ini"), str(tmp_path))
    assert found["pgbouncer"]["ignore_startup_parameters"] == "extra_float_digits, options"
    assert list(found["databases"]) == ["appdb", "my db", "*", "included"]
    assert pgbouncer.pairs(found["databases"]["appdb"]) == {
        "host": "127.0.0.1",
        "port": "5433",
        "dbname": "other",
        "user": "fixed",
        "password": "it's = here",
    }


def test_files_that_include_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "pgbouncer.ini").write_text("[databases]\na =\n%include pgbouncer.ini\n", encoding="utf-8")
    assert pgbouncer.read_config(str(tmp_path / "pgbouncer.ini"), str(tmp_path)) == {"databases": {"a": ""}}


def test_auth_file(tmp_path: Path) -> None:
    path = tmp_path / "userlist.txt"
    path.write_text('"appuser" "a ""quoted"" secret"\n; nothing\n"other" "md5x" more\nbroken\n', encoding="utf-8")
    assert pgbouncer.read_secrets(str(path)) == {"appuser": 'a "quoted" secret', "other": "md5x"}
    assert pgbouncer.read_secrets(str(tmp_path / "absent")) == {}


SERVERS = {
    "as given": (
        "host=127.0.0.1 port=5433",
        {"appuser": "plain"},
        False,
        ("127.0.0.1", 5433, "appdb", "appuser", "plain"),
    ),
    "client's password": (
        "host=127.0.0.1",
        {"appuser": "plain"},
        True,
        ("127.0.0.1", 5432, "appdb", "appuser", "hush"),
    ),
    "verifier": (
        "host=127.0.0.1",
        {"appuser": "SCRAM-SHA-256$x"},
        False,
        ("127.0.0.1", 5432, "appdb", "appuser", "hush"),
    ),
    "looked up": ("host=127.0.0.1", {}, False, ("127.0.0.1", 5432, "appdb", "appuser", "hush")),
    "socket": ("dbname=other", {}, False, ("/run/pooler", 5432, "other", "appuser", "hush")),
    "fixed role": ("host=h user=fixed password=x", {}, True, ("h", 5432, "appdb", "fixed", "x")),
    "fixed role of auth_file": ("host=h user=fixed", {"fixed": "y"}, False, ("h", 5432, "appdb", "fixed", "y")),
    "fixed role, no password": ("host=h user=fixed", {}, False, ("h", 5432, "appdb", "fixed", None)),
    "first of several hosts": ("host=h1,h2 port=5433", {}, False, ("h1", 5433, "appdb", "appuser", "hush")),
}


@pytest.mark.parametrize("case", SERVERS)
def test_connection_to_the_server(case: str) -> None:
    entry, secrets, as_client, expected = SERVERS[case]
    settings = {"auth_file": "/u", "unix_socket_dir": "/run/pooler"}
    pooler = PgBouncer(7, "postgres", "/ini", settings, {"appdb": pgbouncer.pairs(entry)}, secrets)
    found = pooler.server(GOOD.target, as_client=as_client)
    assert found is not None
    assert (found.host, found.port, found.database, found.user, found.password_source.password) == expected


def test_entry_for_any_name() -> None:
    named = PgBouncer(7, "postgres", databases={"appdb": {"host": "h"}})
    assert named.entry("other") is None
    assert named.server(dataclasses.replace(GOOD.target, database="other"), as_client=False) is None
    assert PgBouncer(7, "postgres", databases={"*": {"host": "h"}}).entry("other") == {"host": "h"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("FATAL: SASL authentication failed", True),
        ("FATAL: password authentication failed", True),
        ('FATAL: password authentication failed for user "appuser"', False),
        ("FATAL: no such user", True),
        ("FATAL: no such user: appuser", True),
        ("timeout expired", False),
    ],
)
def test_who_refuses_a_password(said: str, *, expected: bool) -> None:
    assert pgbouncer.refuses(ConnectionAttempt(False, said, kind_of(said))) is expected


def test_one_that_does_not_run_is_known_by_its_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pgbouncer.ini"
    monkeypatch.setattr(pgbouncer, "PGBOUNCER_CONFIG", str(path))
    target, nobody = dataclasses.replace(GOOD.target, port=6432), NetworkPath()
    assert pgbouncer.find(target, nobody) is None
    path.write_text("[pgbouncer]\n", encoding="utf-8")
    found = pgbouncer.find(target, nobody)
    assert found is not None
    assert (found.pid, found.config_file) == (0, str(path))
    path.write_text("[pgbouncer]\nlisten_port = 6433\n", encoding="utf-8")
    assert pgbouncer.find(target, nobody) is None
    socket = dataclasses.replace(target, host="/run/pooler", port=6433)
    assert pgbouncer.find(socket, nobody) is None
    path.write_text("[pgbouncer]\nlisten_port = 6433\nunix_socket_dir = /run/pooler\n", encoding="utf-8")
    assert pgbouncer.find(socket, nobody) is not None


def test_another_program_is_no_pooler() -> None:
    assert pgbouncer.find(GOOD.target, NetworkPath(listening=(Listener("127.0.0.1", 6432, 7, "nc"),))) is None
