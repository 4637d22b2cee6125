# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of our own sessions, by their purpose."""

from __future__ import annotations

#: Seconds a connection may take, and milliseconds a statement or a lock may take, before it counts as failed.
CONNECT_TIMEOUT_S = 5
STATEMENT_TIMEOUT_MS = 30_000
LOCK_TIMEOUT_MS = 5_000
#: Seconds a connection may take for work that lasts hours: a busy server is slow, not gone.
PATIENT_TIMEOUT_S = 60

#: Settings of a database or of the administrator apply to this session, too, unless it has its own: the search path may
#: lead to another role's functions, and with another role, or read-only, nothing can be read or repaired.
OPTIONS = (
    f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} -c search_path=pg_catalog"
    " -c role=none -c default_transaction_read_only=off -c quote_all_identifiers=off"
    # Queries of catalogs are long and read little: compiling one takes seconds, running it takes milliseconds.
    " -c jit=off"
)
#: What only a superuser may ask for.
OWNER_OPTIONS = f"{OPTIONS} -c lc_messages=C"

#: Settings that keep a statement with a password verifier out of the server's log, its statistics and pg_stat_activity.
NOT_LOGGED = {
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_min_error_statement": "panic",
    "debug_print_parse": "off",
    "debug_print_rewritten": "off",
    "debug_print_plan": "off",
    "track_activities": "off",
    "pg_stat_statements.track_utility": "off",
    "pgaudit.log": "none",
}


def not_logged() -> str:
    """Return the statement that puts NOT_LOGGED in force until the end of the transaction."""
    return "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in NOT_LOGGED.items())


def reader_options(statement_timeout_ms: int = 5000) -> str:
    """Return options of a session that only reads, and waits at most 1 s for a lock.

    Args:
        statement_timeout_ms: milliseconds for one statement.
    """
    return f"-c default_transaction_read_only=on -c statement_timeout={statement_timeout_ms} -c lock_timeout=1000 -c jit=off"
