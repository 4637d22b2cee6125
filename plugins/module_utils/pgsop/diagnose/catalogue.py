# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server knows of a role and a database, and shows only to its owner."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import scram
from ..cluster import Cluster
from ..connection import EVENT_TRIGGERS_SINCE, Session, connect, without_event_triggers
from ..errors import PgsopError
from .target import ConnectionTarget

#: Parameters: role, database.
_SUBJECTS = """
SELECT r.oid IS NOT NULL AS role, r.rolcanlogin AS may_login, r.rolsuper AS superuser, r.rolreplication AS replication,
    r.rolpassword AS stored, r.rolvaliduntil::text AS valid_until, coalesce(r.rolvaliduntil < now(), false) AS expired,
    r.rolconnlimit AS role_limit,
    d.oid IS NOT NULL AS database, d.datallowconn AS open, d.datconnlimit AS database_limit,
    coalesce(has_database_privilege(r.oid, d.oid, 'CONNECT'), false) AS may_connect,
    (SELECT count(*) FROM pg_stat_activity s WHERE s.usesysid = r.oid AND s.backend_type = 'client backend'
        AND s.pid <> pg_backend_pid()) AS role_sessions,
    (SELECT count(*) FROM pg_stat_activity s WHERE s.datid = d.oid AND s.backend_type = 'client backend'
        AND s.pid <> pg_backend_pid()) AS database_sessions
FROM (VALUES (%s, %s)) AS asked (role, name)
LEFT JOIN pg_authid r ON r.rolname = asked.role
LEFT JOIN pg_database d ON d.datname = asked.name
"""
#: Parameter: role.
_GROUPS = """
WITH RECURSIVE member AS (
    SELECT oid FROM pg_authid WHERE rolname = %s
    UNION
    SELECT m.roleid FROM member JOIN pg_auth_members m ON m.member = member.oid
)
SELECT r.rolname::text AS name FROM member JOIN pg_authid r USING (oid)
"""
#: Parameters: role, database. Settings for one of them, for both, or for all.
_SETTINGS = """
SELECT s.setrole <> 0 AS of_role, s.setdatabase <> 0 AS of_database, unnest(s.setconfig) AS setting
  FROM pg_db_role_setting s
 WHERE s.setrole IN (SELECT 0 UNION ALL SELECT oid FROM pg_authid WHERE rolname = %s)
   AND s.setdatabase IN (SELECT 0 UNION ALL SELECT oid FROM pg_database WHERE datname = %s)
"""
_SERVER = """
SELECT current_setting('max_connections')::int AS slots,
    current_setting('superuser_reserved_connections')::int AS kept,
    coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS used,
    current_setting('ssl')::boolean AS ssl, current_setting('listen_addresses') AS listen_addresses,
    current_setting('unix_socket_directories') AS socket_directories, current_setting('hba_file') AS hba_file,
    current_setting('ident_file') AS ident_file, current_setting('data_directory') AS data_directory,
    extract(epoch FROM pg_conf_load_time())::float8 AS loaded, pg_is_in_recovery() AS standby,
    current_setting('server_version_num')::int AS version
"""
#: Since 16 there may be several files.
_RULES = """
SELECT line_number, type, database, user_name, address, netmask, auth_method, options, error, {file} AS file_name, {number} AS number
  FROM pg_hba_file_rules ORDER BY {order}
"""
_MAPS = "SELECT map_name, sys_name, pg_username, error, line_number FROM pg_ident_file_mappings ORDER BY {order}"
_TRIGGERS = (
    "SELECT evtname::text AS name FROM pg_event_trigger WHERE evtevent = 'login' AND evtenabled <> 'D' ORDER BY 1"
)
FILES_SINCE, MAPS_SINCE = 16, 15

SCRAM, MD5, NONE = "SCRAM-SHA-256", "md5", "none"


@dataclass(frozen=True)
class Catalogue:
    """Rows of the server's catalogue that decide about one connection.

    Attributes:
        subjects: the role and the database; columns of _SUBJECTS without the verifier.
        server: columns of _SERVER.
        rules: rows of pg_hba_file_rules: the files as they are now, not the rules in force.
        maps: rows of pg_ident_file_mappings; None before PostgreSQL 15, which has no such view.
        settings: rows of pg_db_role_setting for the role, the database, or both, applied when a session begins.
        groups: every role that the role is a member of, directly or not, itself included.
        verifier: `SCRAM`, `MD5` or `NONE`.
        iterations: of a SCRAM verifier; 0 without one.
        matches: whether the password that was given fits the verifier; None if either is missing or this host has no MD5.
    """

    subjects: Mapping[str, Any]
    server: Mapping[str, Any]
    rules: tuple[Mapping[str, Any], ...]
    maps: tuple[Mapping[str, Any], ...] | None
    settings: tuple[Mapping[str, Any], ...]
    groups: frozenset[str]
    verifier: str
    iterations: int = 0
    matches: bool | None = field(default=None)

    @property
    def role_full(self) -> bool:
        """Return whether the role is at its CONNECTION LIMIT; False for superusers, to whom no limit applies."""
        limit, used = self.subjects["role_limit"], self.subjects["role_sessions"]
        return bool(self.subjects["role"] and not self.subjects["superuser"] and 0 <= limit <= used)

    @property
    def database_full(self) -> bool:
        """Return whether the database is at its CONNECTION LIMIT; False for superusers, to whom no limit applies."""
        limit, used = self.subjects["database_limit"], self.subjects["database_sessions"]
        return bool(self.subjects["database"] and not self.subjects["superuser"] and 0 <= limit <= used)

    @property
    def free(self) -> int:
        """Return the number of free connection slots for ordinary roles.

        max_connections less superuser_reserved_connections, reserved_connections and client backends (this session not counted);
        never below 0.
        """
        server = self.server
        return max(0, int(server["slots"] - server["kept"] - server["reserved"] - server["used"]))


def catalogue(cluster: Cluster, target: ConnectionTarget) -> Catalogue:
    """Read what decides about a connection, as the server's owner.

    Raises:
        PgsopError: the server does not answer, or this process is neither root nor the owner.
    """
    with connect(cluster) as session:
        server = session.rows(_SERVER)[0]
        subjects = dict(session.rows(_SUBJECTS, (target.user, target.database))[0])
        stored = subjects.pop("stored")
        groups = frozenset(row["name"] for row in session.rows(_GROUPS, (target.user,)))
        many = server["version"] >= FILES_SINCE * 10_000
        return Catalogue(
            subjects=subjects,
            server=server,
            rules=tuple(session.rows(_rules(many=many))),
            maps=_maps(session, server["version"] // 10_000),
            settings=tuple(session.rows(_SETTINGS, (target.user, target.database))),
            groups=groups,
            verifier=kind_of(stored),
            iterations=scram.iterations(stored),
            matches=_matches(target, stored),
        )


def elsewhere(cluster: Cluster, target: ConnectionTarget) -> dict[str, bool]:
    """Return whether another server has the role and the database of a target.

    Returns:
        Keys role and database; empty if the server does not answer.
    """
    try:
        with connect(cluster) as session:
            row = session.rows(_SUBJECTS, (target.user, target.database))[0]
    except PgsopError:
        return {}
    return {"role": bool(row["role"]), "database": bool(row["database"])}


def login_triggers(cluster: Cluster, target: ConnectionTarget) -> tuple[str, ...]:
    """Return the enabled login event triggers of the database, sorted by name; each can refuse a session.

    Returns:
        Empty before PostgreSQL 17 and if the database does not accept the connection.
    """
    if cluster.version < EVENT_TRIGGERS_SINCE:
        return ()
    try:
        with connect(cluster, target.database, without_event_triggers(cluster)) as session:
            return tuple(str(row["name"]) for row in session.rows(_TRIGGERS))
    except PgsopError:
        return ()


def kind_of(stored: str | None) -> str:
    """Return the kind of a stored verifier: `SCRAM`, `MD5`, or `NONE` if the role has no password."""
    if not stored:
        return NONE
    return MD5 if stored.startswith("md5") else SCRAM


def _matches(target: ConnectionTarget, stored: str | None) -> bool | None:
    """As the server would compare, without asking it: a failed attempt would be counted and noted."""
    password = target.password_source.password
    if not password or not stored:
        return None
    if not stored.startswith("md5"):
        return scram.matches(password, stored)
    salted = (password + target.user).encode("utf-8", "surrogateescape")
    try:
        # What the server stores is not ours to choose (src/common/md5_common.c).
        return stored == MD5 + hashlib.new(MD5, salted).hexdigest()
    except ValueError:
        # This host allows no MD5.
        return None


def _rules(*, many: bool) -> str:
    file, number, order = (
        ("file_name", "rule_number", "rule_number, line_number") if many else ("NULL", "NULL", "line_number")
    )
    return _RULES.format(file=file, number=number, order=order)


def _maps(session: Session, major: int) -> tuple[Mapping[str, Any], ...] | None:
    if major < MAPS_SINCE:
        return None
    rows: list[dict[str, Any]] = session.rows(
        _MAPS.format(order="map_number" if major >= FILES_SINCE else "line_number")
    )
    return tuple(rows)
