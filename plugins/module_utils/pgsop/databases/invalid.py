# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases that an interrupted DROP DATABASE left: the server rejects all connections, and all changes but a DROP."""

from __future__ import annotations

from ..sql import quote_identifier

#: Connection limit of such a database (src/include/catalog/pg_database.h, DATCONNLIMIT_INVALID_DB); in statements, datconnlimit = -2.
INVALID = -2


def sentence(name: str) -> str:
    """Return a sentence on the state of an invalid database."""
    return f"database {name} is invalid: its DROP DATABASE was interrupted, and it accepts no connections"


def remedy(name: str) -> str:
    """Return the statement that completes the interrupted DROP DATABASE."""
    return f"DROP DATABASE {quote_identifier(name)}"
