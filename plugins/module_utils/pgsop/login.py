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
    """Who logs in where, and what is asked there.

    Attributes:
        role: who.
        password: never told, not even in a representation.
        database: where.
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
    """An open connection and the answers before it: in clear, and encrypted only where the server's rules ask for that.

    A message is translated, the file's name in it is not. libpq's own sslmode=allow would repeat every refused login.

    Args:
        host: loopback address.

    Returns:
        the driver's connection, None where it was refused; what was answered to each attempt that was refused.
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
    """What the driver said, in one line; it does not repeat passwords, and this keeps it so."""
    text = error_text(error)
    return text.replace(login.password, "********") if login.password else text
