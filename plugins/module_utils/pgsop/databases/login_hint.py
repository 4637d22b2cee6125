# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reason of a refused login: the server gives few details to the client, on purpose, and all to the cluster's owner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from .. import scram
from ..cluster import Cluster
from ..connection import connect
from ..errors import PgsopError

#: Parameters: database, role.
QUESTION = """
SELECT r.rolcanlogin AS may_login, r.rolpassword AS stored, coalesce(r.rolvaliduntil < now(), false) AS expired,
    CASE WHEN r.rolsuper THEN -1 ELSE r.rolconnlimit END AS role_limit,
    CASE WHEN r.rolsuper THEN -1 ELSE d.datconnlimit END AS database_limit,
    d.oid IS NOT NULL AS database_there, coalesce(d.datallowconn, false) AS database_open,
    coalesce(has_database_privilege(r.oid, d.oid, 'CONNECT'), false) AS may_connect,
    (SELECT count(*) FROM pg_stat_activity s WHERE s.usesysid = r.oid AND s.backend_type = 'client backend') AS role_sessions,
    (SELECT count(*) FROM pg_stat_activity s WHERE s.datid = d.oid AND s.backend_type = 'client backend') AS database_sessions,
    current_setting('listen_addresses') AS listen_addresses, current_setting('ssl')::boolean AS encrypts
FROM pg_authid r LEFT JOIN pg_database d ON d.datname = %s
WHERE r.rolname = %s
"""

#: Entries of listen_addresses that include loopback.
_LOOPBACK = {"*", "localhost", "127.0.0.1", str(IPv4Address(0))}

#: Signs of SQLSTATE 53300, which the driver does not pass on, in answers that are not translated.
_CROWDED = ("too many", "connection slots")


def login_hint(cluster: Cluster, role: str, database: str, password: str, answers: Sequence[str]) -> str:
    """Return the next step after a refused login, from facts that the server gives its owner.

    Args:
        cluster: the cluster.
        role: the role that was refused.
        database: the database that it asked for.
        password: the declared one, compared with the stored verifier.
        answers: the server's refusals: of the plain login and, if no rule matched that, of the encrypted one.
    """
    try:
        with connect(cluster) as session:
            rows = session.rows(QUESTION, (database, role))
    except PgsopError:
        return f"look at 'systemctl status {cluster.unit}' and the end of {cluster.log_file}"
    if not rows:
        return f"look for {role} in pg_roles: there is no such role"
    for applies, step in _reasons(rows[0], role, database, answers):
        if applies:
            return step
    if not scram.matches(password, rows[0]["stored"]):
        return f"set the declared password: what the server has stored for {role} is no SCRAM verifier of it"
    return f"look at the end of {cluster.log_file}; the stored password is the declared one"


def _reasons(facts: Mapping[str, Any], role: str, database: str, answers: Sequence[str]) -> Iterator[tuple[bool, str]]:
    """Yield whether a reason applies, and its next step, about in the order in which the server checks them."""
    # The server's last answer: if it does not encrypt, the second answer is the driver's.
    answer = answers[-1] if facts["encrypts"] else answers[0]
    listening = {address.strip() for address in facts["listen_addresses"].split(",")}
    yield (
        not listening & _LOOPBACK,
        f"add localhost to listen_addresses; {facts['listen_addresses']!r} leaves loopback out",
    )
    yield (
        "pg_hba.conf" in answer,
        f"add a rule that lets {role} in from 127.0.0.1 to {database}; pg_hba_file_rules shows those there are",
    )
    yield not facts["may_login"], f"declare {role} with login, or without a password"
    yield facts["stored"] is None, f"set a password for {role}: the server has none stored"
    yield facts["expired"], f"set valid_until of {role} to a later time: its password has expired"
    yield facts["role_limit"] == 0, f"raise connection_limit of {role}: 0 lets nobody in"
    yield not facts["database_there"], f"look for {database} in pg_database: there is no such database"
    yield not facts["database_open"], f"look at datallowconn of {database} in pg_database: nobody may connect to it"
    yield not facts["may_connect"], f"declare CONNECT on {database} for {role}"
    yield facts["database_limit"] == 0, f"raise connection_limit of {database}: 0 lets nobody in but superusers"
    yield (
        _reached(facts["database_sessions"], facts["database_limit"]),
        _wait(f"connection_limit of {database} ({facts['database_limit']})"),
    )
    yield (
        _reached(facts["role_sessions"], facts["role_limit"]),
        _wait(f"connection_limit of {role} ({facts['role_limit']})"),
    )
    yield any(sign in answer for sign in _CROWDED), _wait("a connection limit, or max_connections,")


def _reached(sessions: int, limit: int) -> bool:
    return 0 <= limit <= sessions


def _wait(limit: str) -> str:
    return f"wait for sessions in pg_stat_activity to end, or raise it: {limit} is reached"
