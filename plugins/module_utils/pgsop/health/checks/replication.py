# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replication slots: a stand-alone server rarely needs one, and each keeps WAL until it is dropped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from ...finding import CRITICAL, WARNING
from ...text import size
from ..check import SERVER, HiddenError, Measured, check
from ..context import ServerContext

# A slot that was never reserved, or is lost, keeps nothing. The newer columns are there or not.
_SLOTS = """
SELECT to_jsonb(s) AS slot,
       pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, s.restart_lsn)::float8
           AS kept,
       quote_literal(s.slot_name) AS quoted
  FROM pg_catalog.pg_replication_slots s
 ORDER BY s.slot_name
"""
#: The plugin of the slot with which REPACK (CONCURRENTLY) reads what changes while it works, since 19. The server drops it at the end.
_REPACK = "pgrepack"
_STOP_REPACK = (
    "let REPACK (CONCURRENTLY) finish, or stop it with SELECT pg_cancel_backend(pid) FROM pg_stat_progress_repack"
)
#: Values of wal_status: WAL it needs may be removed at the next checkpoint, or is.
_LOSING = ("unreserved", "lost")


@check(
    "replication.slots",
    sop="4",
    title="WAL that replication slots keep, of the file system",
    scope=SERVER,
    unit="%",
    crit=25,
    ok_message="no replication slot is in the way",
    hint="start what reads from it, or drop it with SELECT pg_drop_replication_slot(NAME)",
)
def slots(here: ServerContext) -> Iterator[Measured]:
    """Yield each replication slot with the WAL that it keeps, in percent of the file system of pg_wal.

    WARNING for inactive slots, such as that of a standby that is gone; CRITICAL for slots that have lost WAL they need.
    """
    found = here.session.rows(_SLOTS)
    room = _room(here) if found else 0.0
    for row in found:
        kept = max(0.0, row["kept"] or 0.0)
        drop = f"start what reads from it, or drop it with SELECT pg_drop_replication_slot({row['quoted']})"
        yield Measured(
            row["slot"]["slot_name"],
            100.0 * kept / room if room else None,
            _format_slot(row["slot"], kept),
            _status(row["slot"]),
            _STOP_REPACK if row["slot"]["plugin"] == _REPACK else drop,
        )
    if found and not room:
        raise HiddenError(f"how large the file system of {here.cluster.data_directory}/pg_wal is may not be seen")


def _status(slot: dict[str, Any]) -> str:
    if slot["wal_status"] in _LOSING:
        return CRITICAL
    return "" if slot["active"] else WARNING


def _format_slot(slot: dict[str, Any], kept: float) -> str:
    of = f" of {slot['database']}" if slot["database"] else ""
    since = f" since {slot['inactive_since']}" if slot.get("inactive_since") else ""
    state = "is active" if slot["active"] else f"has been inactive{since}" if since else "is inactive"
    lost = f" and has {slot['wal_status']} WAL" if slot["wal_status"] in _LOSING else ""
    why = f" ({slot['invalidation_reason']})" if slot.get("invalidation_reason") else ""
    return f"{slot['slot_type']} replication slot {slot['slot_name']}{of} {state}{lost}{why}, and keeps {size(kept)} of WAL"


def _room(here: ServerContext) -> float:
    """Return the size in bytes of the file system of pg_wal; 0 if it may not be seen."""
    try:
        system = os.statvfs(os.path.join(here.cluster.data_directory, "pg_wal"))
    except PermissionError:
        return 0.0
    return float(system.f_blocks * system.f_frsize)
