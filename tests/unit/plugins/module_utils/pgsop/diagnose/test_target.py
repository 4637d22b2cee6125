# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every default as libpq has it, and where a value is from."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.connection_source import (
    ConnectionSource,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.os_user import OsUser
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import (
    ConnectionRequest,
    ConnectionTarget,
    shown,
    targets,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError


def made(request: ConnectionRequest, home: Path, **environment: str) -> ConnectionTarget:
    return made_all(request, home, **environment)[0]


def made_all(request: ConnectionRequest, home: Path, **environment: str) -> tuple[ConnectionTarget, ...]:
    account = pwd.getpwuid(os.geteuid())
    return targets(request, OsUser("ada", account.pw_uid, account.pw_gid, str(home), environment))


def test_nothing_given(tmp_path: Path) -> None:
    found = made(ConnectionRequest(), tmp_path)
    assert found.as_dict() == {"host": "/var/run/postgresql", "port": 5432, "database": "ada", "user": "ada"}
    assert found.socket == "/var/run/postgresql/.s.PGSQL.5432"
    assert found.origins == {}
    assert found.sslmode == "prefer"


def test_pieces_count_more_than_the_string_and_that_more_than_the_environment(tmp_path: Path) -> None:
    request = ConnectionRequest(dsn="host=a port=1 user=u", port="2")
    found = made(request, tmp_path, PGHOST="b", PGDATABASE="d", PGPASSWORD="p", PGSSLMODE="disable")
    assert found.as_dict() == {"host": "a", "port": 2, "database": "d", "user": "u"}
    assert found.origins["dbname"] == "PGDATABASE"
    assert (found.password_source.password, found.password_source.origin) == ("p", "PGPASSWORD")
    assert (found.socket, found.sslmode) == ("", "disable")


def test_the_environment_of_a_process_stands_for_the_string(tmp_path: Path) -> None:
    request = ConnectionRequest(source=ConnectionSource({"DATABASE_URL": "postgresql://u:p@h/d"}), port="2")
    assert request.given
    assert "postgresql:" not in repr(request)
    found = made(request, tmp_path, PGHOST="b")
    assert found.as_dict() == {"host": "h", "port": 2, "database": "d", "user": "u"}
    assert ["DATABASE_URL" in note for note in found.notes] == [True]


def test_a_service_stands_between(tmp_path: Path) -> None:
    (tmp_path / ".pg_service.conf").write_text("[app]\nhost=a\nport=1\npassword=p\n", encoding="utf-8")
    found = made(ConnectionRequest(dsn="service=app port=2"), tmp_path, PGHOST="b")
    assert (found.host, found.port, found.password_source.password) == ("a", 2, "p")
    assert found.password_source.origin == f"service app in {tmp_path}/.pg_service.conf"
    assert "service" not in found.parameters


@pytest.mark.parametrize(
    ("host", "wanted"), [("", "localhost"), ("/var/run/postgresql", "localhost"), ("/tmp", "/tmp"), ("h", "h")]
)
def test_the_password_file_knows_a_socket_as_localhost(tmp_path: Path, host: str, wanted: str) -> None:
    path = tmp_path / "pass"
    path.write_text(f"{wanted}:5432:ada:ada:p\n", encoding="utf-8")
    path.chmod(0o600)
    assert made(ConnectionRequest(host=host), tmp_path, PGPASSFILE=str(path)).password_source.password == "p"


@pytest.mark.parametrize(
    ("dsn", "places"),
    [
        ("postgresql://a:1,b:2/d", ["a port 1", "b port 2"]),
        ("host=a,b port=7", ["a port 7", "b port 7"]),
        ("host=a,b port=7,", ["a port 7", "b port 5432"]),
        ("host=a,,/s", ["a port 5432", "/var/run/postgresql/.s.PGSQL.5432", "/s/.s.PGSQL.5432"]),
        ("hostaddr=127.0.0.1,::1 port=1,2", ["127.0.0.1 port 1", "::1 port 2"]),
        ("host=a,b hostaddr=127.0.0.1,", ["a port 5432", "b port 5432"]),
        ("port=7", ["/var/run/postgresql/.s.PGSQL.7"]),
    ],
)
def test_several_hosts(tmp_path: Path, dsn: str, places: list[str]) -> None:
    found = made_all(ConnectionRequest(dsn=dsn), tmp_path)
    assert [each.place for each in found] == places
    assert [(each.number, each.hosts) for each in found] == [(n, len(places)) for n in range(1, len(places) + 1)]


def test_each_host_has_its_own_line_of_a_password_file(tmp_path: Path) -> None:
    path = tmp_path / "pass"
    path.write_text("a:5432:*:*:p\nb:5432:*:*:q\n", encoding="utf-8")
    path.chmod(0o600)
    found = made_all(ConnectionRequest(host="a,b"), tmp_path, PGPASSFILE=str(path))
    assert [each.password_source.password for each in found] == ["p", "q"]


@pytest.mark.parametrize("dsn", ["host=a,b port=1,2,3", "host=a port=1,2", "host=a,b hostaddr=127.0.0.1", "port=1,2"])
def test_lists_that_do_not_fit(tmp_path: Path, dsn: str) -> None:
    """Libpq refuses them, too."""
    with pytest.raises(DsnError, match=r"values for \d hosts"):
        made(ConnectionRequest(dsn=dsn), tmp_path)


def test_an_address_spares_the_name(tmp_path: Path) -> None:
    found = made(ConnectionRequest(dsn="host=db hostaddr=127.0.0.1"), tmp_path)
    assert (found.host, found.hostaddr, found.socket) == ("db", "127.0.0.1", "")


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "٣"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    with pytest.raises(DsnError, match="port is not a number"):
        made(ConnectionRequest(port=port), tmp_path)


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("database", False), ("", False)])
def test_replication(tmp_path: Path, value: str, expected: bool) -> None:
    assert made(ConnectionRequest(dsn=f"replication={value}" if value else ""), tmp_path).replication is expected


def test_no_password_is_shown(tmp_path: Path) -> None:
    request = ConnectionRequest(dsn="password=hush", password="hush")
    assert "hush" not in repr(request) + repr(made(request, tmp_path)) + str(made(request, tmp_path).as_dict())


def refused(request: ConnectionRequest, home: Path, **environment: str) -> str:
    with pytest.raises(DsnError) as caught:
        made(request, home, **environment)
    assert "hush" not in str(caught.value)
    return str(caught.value)


def test_what_is_refused_is_named_with_its_origin(tmp_path: Path) -> None:
    assert refused(ConnectionRequest(database="u:hush@h/d"), tmp_path).startswith("its database is not a plain name")
    assert refused(ConnectionRequest(dsn="host=h|hush"), tmp_path).startswith("its host is not a host name")
    assert refused(ConnectionRequest(), tmp_path, PGHOST="h;hush").startswith("its host (from PGHOST) ")
    assert refused(ConnectionRequest(), tmp_path, PGSERVICE="a;hush").startswith("its service (from PGSERVICE) ")
    assert refused(ConnectionRequest(), tmp_path, PGOPTIONS="hush").startswith("PGOPTIONS is not a list")
    assert made(ConnectionRequest(host="h"), tmp_path, PGHOST="h;hush").host == "h"


def test_a_service_file_is_judged_too(tmp_path: Path) -> None:
    path = tmp_path / ".pg_service.conf"
    for line, error_is in [
        ("postgresql://u:hush@h/d?a=b", "has a line whose keyword libpq does not know"),
        ("host=h;password=hush", f"its host (from service app in {path}) is not"),
    ]:
        path.write_text(f"[app]\n{line}\n", encoding="utf-8")
        assert error_is in refused(ConnectionRequest(dsn="service=app"), tmp_path)


def test_which_options_may_be_shown() -> None:
    assert shown(ConnectionRequest(host="h", port="1", database="d", user="u", as_user="ada")) == {
        "h",
        "1",
        "d",
        "u",
        "ada",
    }
    assert shown(ConnectionRequest(host="h;x", port="1;x", database="d;x", user="u;x", as_user="a;x")) == set()
    assert shown(ConnectionRequest(database="same", password="same")) == set()
    assert shown(ConnectionRequest()) == set()
