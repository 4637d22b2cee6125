# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that are good each for itself and with which a server does not start together, or not with what it keeps on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..connection import Session
from .start_obstacle import StartObstacle

_NAMES = (
    "archive_mode",
    "hba_file",
    "max_connections",
    "max_prepared_transactions",
    "max_replication_slots",
    "max_wal_senders",
    "reserved_connections",
    "ssl",
    "ssl_ca_file",
    "ssl_cert_file",
    "ssl_crl_file",
    "ssl_key_file",
    "ssl_passphrase_command",
    "summarize_wal",
    "superuser_reserved_connections",
    "wal_level",
)
# A line that was removed from the files leaves the built-in value, and the command line comes before the files. A source of override is
# a path that the server has made up for want of a line. The view has the lines of all files as they are now, in the order in which they are read.
_NEXT = """
WITH filed AS (SELECT DISTINCT ON (lower(name)) lower(name) AS name, setting FROM pg_catalog.pg_file_settings ORDER BY lower(name), seqno DESC)
SELECT s.name, CASE WHEN s.source IN ('command line', 'environment variable') THEN s.setting
                    ELSE coalesce(f.setting, CASE WHEN s.source = 'override' THEN s.setting END, s.boot_val, '') END AS value
  FROM pg_catalog.pg_settings s LEFT JOIN filed f USING (name)
 WHERE s.name = ANY (%s)
"""
# Since 19, wal_level = replica is enough for logical slots: the server raises it by itself (effective_wal_level).
_RETAINED = """
SELECT (SELECT count(*) FROM pg_catalog.pg_prepared_xacts)::int AS prepared,
       (SELECT count(*) FROM pg_catalog.pg_replication_slots WHERE NOT temporary)::int AS slots,
       (SELECT count(*) FROM pg_catalog.pg_replication_slots WHERE NOT temporary AND slot_type = 'logical'
          AND current_setting('server_version_num')::int < 190000)::int AS logical,
       extract(epoch FROM pg_postmaster_start_time())::float8 AS started_at
"""
#: Texts that are a boolean (src/backend/utils/adt/bool.c), as far as they are true.
_TRUE = ("on", "true", "yes", "1", "t", "y", "tr", "tru", "ye")
_OFF = ("off", "false", "no", "0", "f", "n", "of", "fa", "fal", "fals")


@dataclass(frozen=True)
class RetainedObjects:
    """What a server keeps over a restart.

    Attributes:
        prepared: number of prepared transactions.
        slots: number of replication slots that are not temporary.
        logical: number of those among them that need wal_level = logical.
        started_at: when it was started, in seconds since the epoch.
    """

    prepared: int = 0
    slots: int = 0
    logical: int = 0
    started_at: float = 0.0


def next_values(session: Session) -> dict[str, str]:
    """Return settings as the next start would read them, without those that this major version does not have.

    Raises:
        ServerError: the role may not see pg_file_settings (SQLSTATE 42501).
    """
    return {row["name"]: str(row["value"]) for row in session.rows(_NEXT, (list(_NAMES),))}


def retained_objects(session: Session) -> RetainedObjects:
    """Return what the server keeps over a restart."""
    row = session.rows(_RETAINED)[0]
    return RetainedObjects(row["prepared"], row["slots"], row["logical"], row["started_at"])


def is_true(value: str) -> bool:
    """Return whether a text is the boolean true, as the server reads it."""
    return value.strip().lower() in _TRUE


def combination_obstacles(values: Mapping[str, str], retained: RetainedObjects) -> Iterator[StartObstacle]:
    """Yield combinations that a start refuses (PostmasterMain of postmaster.c, slot.c and twophase.c).

    Args:
        values: settings of the next start; without a setting, nothing about it.
        retained: what the server keeps.
    """
    yield from _wal_level(values, retained)
    reserved = sum(_number(values, name) or 0 for name in ("superuser_reserved_connections", "reserved_connections"))
    connections = _number(values, "max_connections")
    if connections is not None and reserved >= connections:
        message = f"max_connections will be {connections}, and {reserved} of them are reserved: a start needs more"
        yield _obstacle("max_connections", message, "raise max_connections")
    prepared = _number(values, "max_prepared_transactions")
    if prepared is not None and retained.prepared > prepared:
        message = f"max_prepared_transactions will be {prepared}, and {retained.prepared} transactions are prepared: a start fails"
        yield _obstacle("max_prepared_transactions", message, "raise it, or end these transactions (pg_prepared_xacts)")
    slots = _number(values, "max_replication_slots")
    if slots is not None and retained.slots > slots:
        message = (
            f"max_replication_slots will be {slots}, and there are {retained.slots} replication slots: a start fails"
        )
        yield _obstacle("max_replication_slots", message, "raise it, or drop slots (pg_replication_slots)")


def _wal_level(values: Mapping[str, str], retained: RetainedObjects) -> Iterator[StartObstacle]:
    """Yield what needs a higher wal_level than that of the next start."""
    level = values.get("wal_level", "").lower()
    needs = {
        "max_wal_senders": (_number(values, "max_wal_senders") or 0) > 0,
        "archive_mode": values.get("archive_mode", "off").lower() not in _OFF,
        "summarize_wal": is_true(values.get("summarize_wal", "off")),
    }
    if level == "minimal":
        for name, needed in needs.items():
            if needed:
                message = f"wal_level will be minimal, and {name} {values[name]}: a start refuses them together"
                yield _obstacle(
                    "wal_level",
                    message,
                    f"set wal_level to replica, or {name} to {'0' if name == 'max_wal_senders' else 'off'}",
                )
    if (level == "minimal" and retained.slots) or (level in ("replica", "archive", "hot_standby") and retained.logical):
        message = f"wal_level will be {level}, and there are replication slots that need a higher one: a start fails"
        yield _obstacle("wal_level", message, "raise wal_level, or drop these slots (pg_replication_slots)")


def _obstacle(name: str, message: str, remedy: str) -> StartObstacle:
    return StartObstacle(
        name, message, f"before the next start, {remedy}; the view pg_file_settings shows the lines of the files"
    )


def _number(values: Mapping[str, str], name: str) -> int | None:
    try:
        return int(values.get(name, ""))
    except ValueError:
        return None
