# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and texts that all databases share, and that database postgres, in which a restore writes them, does not accept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...connection import Session
from ...encoding import is_utf8
from ...sql import quote_identifier
from .obstacle import Obstacle

_ENCODING = "SELECT pg_catalog.getdatabaseencoding()"
#: Kept for each database, and written by statements that hold the text.
_TEXTS = ("settings", "labels", "comment")


def find_shared(shared: Session, database: str, properties: Mapping[str, Any], roles: Sequence[str]) -> list[Obstacle]:
    """Return names and texts that a restore cannot write, because they were written in a database with another encoding.

    Args:
        shared: session in database postgres.
        database: name of the database that is dumped.
        properties: of it, as database_properties.py reads them.
        roles: names of the roles that it needs.
    """
    found = list(_obstacles(database, properties, roles))
    return found if found and shared.value(_ENCODING) == "UTF8" else []


def _obstacles(database: str, properties: Mapping[str, Any], roles: Sequence[str]) -> Iterator[Obstacle]:
    for role in roles:
        if not is_utf8(role):
            message = (
                "the name of this role is not valid in database postgres, in which a restore creates and grants roles"
            )
            hint = f"in a database with the encoding of the name: ALTER ROLE {quote_identifier(role)} RENAME TO ..."
            yield Obstacle("role", quote_identifier(role), message, hint)
    for key in _TEXTS:
        if not _valid(properties[key]):
            message = f"the {key} of this database cannot be written in database postgres, as a restore does"
            hint = f"write the {key} again in database postgres, in UTF-8"
            yield Obstacle("database", quote_identifier(database), message, hint)


def _valid(value: Any) -> bool:
    return is_utf8(json.dumps(value, ensure_ascii=False))
