# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A login over TCP with a role's own password, as an application makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .cluster import Cluster
from .server_error import error_text
from .session_options import CONNECT_TIMEOUT_S, LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS

LOOPBACK = "127.0.0.1"

#: The search path is ours, for the role's own may hold functions that answer in the server's place.
_OPTIONS = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} -c search_path=pg_catalog"


@dataclass(frozen=True)
class Login:
    """A role, its password and database, and what to ask there.

    Attributes:
        role: the role.
        password: never shown, not even in a representation.
        database: the database.
        schemas: schemas of the database to ask about; public is asked about in any case.
        elsewhere: databases to ask about from there.
    """

    role: str
    password: str = field(repr=False)
    database: str
    schemas: Sequence[str]
    elsewhere: Sequence[str]


def open_session(
    driver: Any, driver_error: Any, cluster: Cluster, login: Login, host: str = LOOPBACK
) -> tuple[Any, list[str]]:
    """Open a connection, in clear first, and return it (None if refused) with the answer to each refused attempt.

    It is encrypted only if the server's rules ask for that. Messages are translated, the name pg_hba.conf in them is not. libpq's
    own sslmode=allow would repeat every refused login.

    Args:
        driver: psycopg2.
        driver_error: its base exception.
        cluster: of the server.
        login: role, password and database.
        host: loopback address.
    """
    refusals: list[str] = []
    arguments = {
        "host": host,
        "port": cluster.port,
        "dbname": login.database,
        "user": login.role,
        "password": login.password,
        "connect_timeout": CONNECT_TIMEOUT_S,
        "application_name": "pgsop",
        "client_encoding": "utf8",
        "options": _OPTIONS,
    }
    for sslmode in ("disable", "require"):
        try:
            raw = driver.connect(sslmode=sslmode, **arguments)
        except driver_error as error:
            refusals.append(format_refusal(error, login))
        except ValueError:
            refusals.append("the name or the password has a character that no client can send")
        else:
            return raw, refusals
        if "pg_hba.conf" not in refusals[0]:
            break
    return None, refusals


def format_refusal(error: Exception, login: Login) -> str:
    """Return the driver's answer in one line, with the password masked if it should ever be in there."""
    text = error_text(error)
    return text.replace(login.password, "********") if login.password else text
