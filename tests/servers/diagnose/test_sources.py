# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each place in which an application has its connection leads to the same cause as the argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.read_source import (
    SourceOptions,
    add_source,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionRequest
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.forms import FORMS, filled
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import WRONG, DiagnosisHost
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.services import service

#: Variables of a process, as templates.
URL = {"DATABASE_URL": "postgresql://appuser:<password>@127.0.0.1:<port>/<database>"}
PIECES = {
    "DB_HOST": "127.0.0.1",
    "DB_PORT": "<port>",
    "DB_NAME": "<database>",
    "DB_USER": "appuser",
    "DB_PASSWORD": "<password>",
}
OF_LIBPQ = {
    "PGHOST": "127.0.0.1",
    "PGPORT": "<port>",
    "PGDATABASE": "<database>",
    "PGUSER": "appuser",
    "PGPASSWORD": "<password>",
}
MIXED = {"DATABASE_URL": "postgresql://appuser@127.0.0.1/<database>", "PGPASSWORD": "<password>", "PGPORT": "<port>"}
SETS: Mapping[str, Mapping[str, str]] = {"URL": URL, "pieces": PIECES, "libpq": OF_LIBPQ, "mixed": MIXED}
ORIGINS = ("Environment", "EnvironmentFile", "process")
SOURCES = (
    *(
        f"file: {name}"
        for name in ("variable", "psql", "JSON", "Rails", "node-postgres", "Kubernetes", "lines of a unit")
    ),
    *(f"variables: {name}" for name in SETS),
    *(f"{origin}: {name}" for origin in ORIGINS for name in SETS),
)

Cause = Callable[..., dict[str, str]]


@pytest.fixture(name="causes")
def _causes(office: DiagnosisHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cause:
    """The cause of each source."""

    def causes(*, password: str = "", port: int = 0, database: str = "appdb") -> dict[str, str]:
        parts = {"password": password or office.secret, "port": str(port or office.server.port), "database": database}
        return {name: cause(name, parts) for name in SOURCES}

    def cause(name: str, parts: Mapping[str, str]) -> str:
        place, _colon, chosen = name.partition(": ")
        path = tmp_path / "source"
        if place == "file":
            path.write_text(filled(FORMS[chosen], dict(parts)) + "\n", encoding="utf-8")
            return _seen(office, SourceOptions(dsn_file=str(path)))
        variables = {key: filled(value, dict(parts)) for key, value in SETS[chosen].items()}
        if place == "variables":
            path.write_text("".join(f"{key}='{value}'\n" for key, value in variables.items()), encoding="utf-8")
            return _seen(office, SourceOptions(env_file=str(path)))
        with monkeypatch.context() as patch:
            service(place, variables, tmp_path, patch)
            return _seen(office, SourceOptions(unit="app"))

    return causes


def _seen(office: DiagnosisHost, options: SourceOptions) -> str:
    request = add_source(ConnectionRequest(), options)
    return office.cause(request.dsn or " ", source=request.source)


def test_it_works(causes: Cause) -> None:
    assert causes() == dict.fromkeys(SOURCES, "")


def test_wrong_password(causes: Cause) -> None:
    assert causes(password=WRONG) == dict.fromkeys(SOURCES, "password.wrong")


def test_missing_database(causes: Cause) -> None:
    assert causes(database="ghost") == dict.fromkeys(SOURCES, "database.missing")


def test_no_connect(office: DiagnosisHost, causes: Cause) -> None:
    office.execute("REVOKE CONNECT ON DATABASE appdb FROM PUBLIC")
    assert causes() == dict.fromkeys(SOURCES, "database.no_connect")


def test_wrong_port(causes: Cause) -> None:
    assert causes(port=1) == dict.fromkeys(SOURCES, "port.wrong")


def test_role_limit(office: DiagnosisHost, causes: Cause) -> None:
    office.execute("ALTER ROLE appuser CONNECTION LIMIT 0")
    assert causes() == dict.fromkeys(SOURCES, "role.limit")


def test_no_matching_rule(office: DiagnosisHost, causes: Cause) -> None:
    office.rules("host postgres all 127.0.0.1/32 scram-sha-256")
    assert causes() == dict.fromkeys(SOURCES, "hba.no_rule")


def test_server_is_down(office: DiagnosisHost, causes: Cause) -> None:
    with office.stopped():
        assert causes() == dict.fromkeys(SOURCES, "server.down")


def test_options_override_a_source(office: DiagnosisHost, tmp_path: Path) -> None:
    (tmp_path / "env").write_text(f"DATABASE_URL={office.uri()}\n", encoding="utf-8")
    request = add_source(ConnectionRequest(), SourceOptions(env_file=str(tmp_path / "env")))
    assert office.cause(" ", source=request.source, database="ghost") == "database.missing"
    assert office.cause(" ", source=request.source, password=WRONG) == "password.wrong"


def test_a_variable_that_was_not_filled_in(office: DiagnosisHost, tmp_path: Path) -> None:
    (tmp_path / "env").write_text("DATABASE_URL=postgresql://${DB_USER}@127.0.0.1/appdb\n", encoding="utf-8")
    request = add_source(ConnectionRequest(), SourceOptions(env_file=str(tmp_path / "env")))
    assert office.cause(" ", source=request.source) == "dsn.unexpanded"
