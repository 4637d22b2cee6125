# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why an application could not connect, each made for real: what it was configured with, while it is so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import WRONG, DiagnosisHost
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.test_causes_network import listening

#: Values of a connection that differ from those that work: host, port, user, password, database and sslmode.
Changed = Mapping[str, str]
#: Cause by cause, the statement that makes it and the one that ends it.
STATEMENTS = {
    "role.expired": ("ALTER ROLE appuser VALID UNTIL '2020-01-01'", "ALTER ROLE appuser VALID UNTIL 'infinity'"),
    "role.no_password": ("ALTER ROLE appuser PASSWORD NULL", ""),
    "role.limit": ("ALTER ROLE appuser CONNECTION LIMIT 0", "ALTER ROLE appuser CONNECTION LIMIT -1"),
    "role.nologin": ("ALTER ROLE appuser NOLOGIN", "ALTER ROLE appuser LOGIN"),
    "database.no_connect": (
        "REVOKE CONNECT ON DATABASE appdb FROM PUBLIC",
        "GRANT CONNECT ON DATABASE appdb TO PUBLIC",
    ),
    "database.limit": ("ALTER DATABASE appdb CONNECTION LIMIT 0", "ALTER DATABASE appdb CONNECTION LIMIT -1"),
    "database.closed": ("ALTER DATABASE appdb ALLOW_CONNECTIONS false", "ALTER DATABASE appdb ALLOW_CONNECTIONS true"),
}
VALUES: Mapping[str, Changed] = {
    "password.wrong": {"password": WRONG},
    "role.missing": {"user": "ghost"},
    "database.missing": {"database": "absent"},
    "port.wrong": {"port": "1"},
    "name.unresolved": {"host": "db.invalid"},
    "ssl.off": {"sslmode": "require"},
}
RULES = {
    "hba.no_rule": "host other all 127.0.0.1/32 scram-sha-256",
    "hba.reject": "host appdb all 127.0.0.1/32 reject",
}


@contextmanager
def _statement(office: DiagnosisHost, cause: str) -> Iterator[Changed]:
    before, after = STATEMENTS[cause]
    office.execute(before)
    yield {}
    if after:
        office.execute(after)


@contextmanager
def _rule(office: DiagnosisHost, cause: str) -> Iterator[Changed]:
    office.rules(RULES[cause])
    yield {}


@contextmanager
def _value(_office: DiagnosisHost, cause: str) -> Iterator[Changed]:
    yield VALUES[cause]


@contextmanager
def _full(office: DiagnosisHost, _cause: str) -> Iterator[Changed]:
    with office.sessions(9):
        yield {}


@contextmanager
def _stranger(_office: DiagnosisHost, _cause: str) -> Iterator[Changed]:
    with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        yield {"port": str(port)}


SCENES = {
    **dict.fromkeys(STATEMENTS, _statement),
    **dict.fromkeys(VALUES, _value),
    **dict.fromkeys(RULES, _rule),
    "slots.full": _full,
    "port.not_postgresql": _stranger,
}
