# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the server accepts writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...finding import CRITICAL, WARNING
from ...text import age
from ..check import SERVER, Measured, check
from ..context import ServerContext

_SET = """
SELECT d.datname::text AS database, split_part(s.setting, '=', 2) AS value
  FROM pg_catalog.pg_db_role_setting x
 CROSS JOIN unnest(x.setconfig) AS s (setting)
  LEFT JOIN pg_catalog.pg_database d ON d.oid = x.setdatabase
 WHERE x.setrole = 0 AND s.setting LIKE 'default_transaction_read_only=%'
 ORDER BY 1
"""
_FILES = """
SELECT setting, format('%s, line %s', sourcefile, sourceline) AS place
  FROM pg_catalog.pg_file_settings
 WHERE lower(name) = 'default_transaction_read_only' AND applied
 ORDER BY seqno DESC
 LIMIT 1
"""
# The functions refuse to answer outside of recovery.
_RECOVERY = """
SELECT pg_is_in_recovery() AS running, CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() END AS paused,
       extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 AS last_s
"""
_COMMAND_LINE = re.compile(r"\bdefault[-_]transaction[-_]read[-_]only=(\w+)")


@check(
    "service.writable",
    sop="4",
    title="readiness to write",
    scope=SERVER,
    ok_message="the server takes what is written",
    hint="find out who set default_transaction_read_only and why, and set it to off there",
)
def writable(here: ServerContext) -> Iterator[Measured]:
    """Yield what keeps sessions from writing: recovery (CRITICAL), or default_transaction_read_only (WARNING).

    Every session of this program is read-only, and its own setting hides the server's (also as reset_val in pg_settings). So the
    setting is read from its sources: for databases and for all roles, which any role may read, and from files and the command line,
    which only a superuser may. That of a single role concerns no other role and is often intended.

    Raises:
        HiddenError: after the last one, if the role is no superuser.
    """
    recovery = here.session.rows(_RECOVERY)[0]
    if recovery["running"]:
        yield _recovery(recovery)
    for row in here.session.rows(_SET):
        if _on(row["value"]):
            where = f"database {row['database']}" if row["database"] else "all roles"
            message = f"default_transaction_read_only is on for {where}, so transactions there only read"
            yield Measured(where, None, message, WARNING)
    yield from _server_wide(here)


def _recovery(row: Mapping[str, Any]) -> Measured:
    """Return the state of the recovery: whether it is paused, and how old the last transaction that it replayed is."""
    message = "the server is in recovery: it only reads, as a standby does"
    message += (
        f"; the last transaction that it replayed is {age(row['last_s'])} old" if row["last_s"] is not None else ""
    )
    hint = (
        "if it is meant to be the primary, run 'pg_ctlcluster VERSION CLUSTER promote' when the old one is surely down"
    )
    if row["paused"]:
        message += "; the replay is paused"
        hint = f"the server's log has the reason of the pause; go on with SELECT pg_wal_replay_resume(); {hint}"
    return Measured("recovery", None, message, CRITICAL, hint)


def _server_wide(here: ServerContext) -> Iterator[Measured]:
    """Yield the value from the files, unless the command line overrides it."""
    here.need_superuser("whether default_transaction_read_only is on for the whole server")
    given = _COMMAND_LINE.findall(here.session.value("SELECT pg_catalog.pg_read_file('postmaster.opts')"))
    places = [(given[-1], "on the command line")] if given else []
    places += [(row["setting"], f"in {row['place']}") for row in here.session.rows(_FILES)]
    if places and _on(places[0][0]):
        message = f"default_transaction_read_only is on for the whole server, {places[0][1]}, so transactions only read"
        yield Measured("server", None, message, WARNING)


def _on(value: str) -> bool:
    """Whether the server reads it as true (parse_bool of PostgreSQL: beginnings of the words are enough)."""
    word = value.lower()
    return word in {"1", "on"} or (word != "" and ("true".startswith(word) or "yes".startswith(word)))
