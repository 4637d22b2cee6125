# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles and memberships as statements."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.roles import creation, memberships

ROLE: dict[str, Any] = {
    "name": 'A "b"',
    "superuser": False,
    "inherit": True,
    "createrole": False,
    "createdb": True,
    "login": True,
    "replication": False,
    "bypassrls": False,
    "connection_limit": -1,
    "verifier": "SCRAM-SHA-256$4096:x$y:z",
    "valid_until": "infinity",
    "settings": ['search_path="x y", "Q"', "work_mem=7MB", "my.thing=a=b, c"],
    "comment": "it's",
}


def test_role_is_made_with_all_it_has() -> None:
    name = '"A ""b"""'
    words = "NOSUPERUSER INHERIT NOCREATEROLE CREATEDB LOGIN NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1"
    assert list(creation(ROLE)) == [
        f"CREATE ROLE {name} {words} PASSWORD 'SCRAM-SHA-256$4096:x$y:z' VALID UNTIL 'infinity'",
        f"ALTER ROLE {name} SET search_path TO 'x y', 'Q'",
        f"ALTER ROLE {name} SET work_mem TO '7MB'",
        f"ALTER ROLE {name} SET my.thing TO 'a=b, c'",
        f"COMMENT ON ROLE {name} IS 'it''s'",
    ]


def grant(role: str, member: str, grantor: str, admin: bool = False, options: bool | None = None) -> dict[str, Any]:
    return {"role": role, "member": member, "grantor": grantor, "admin": admin, "inherit": options, "set": options}


@pytest.mark.parametrize(
    ("grants", "major", "texts"),
    [
        ([grant("g", "m", "boss", admin=True)], 15, ["GRANT g TO m WITH ADMIN OPTION GRANTED BY boss"]),
        ([grant("g", "m", "gone")], 15, ["GRANT g TO m"]),
        (
            [grant("g", "m", "boss", options=False)],
            16,
            ["GRANT g TO m WITH ADMIN False, INHERIT False, SET False GRANTED BY boss"],
        ),
        ([grant("g", "m", "boss")], 17, ["GRANT g TO m WITH ADMIN False GRANTED BY boss"]),
        (
            [grant("g", "a", "m"), grant("g", "m", "boss", admin=True)],
            16,
            ["GRANT g TO m WITH ADMIN True GRANTED BY boss", "GRANT g TO a WITH ADMIN False GRANTED BY m"],
        ),
        (
            [grant("g", "a", "x"), grant("g", "x", "a")],
            16,
            ["GRANT g TO a WITH ADMIN False", "GRANT g TO x WITH ADMIN False"],
        ),
    ],
)
def test_membership_follows_what_its_grantor_needs(grants: list[dict[str, Any]], major: int, texts: list[str]) -> None:
    assert list(memberships(grants, {"g", "m", "a", "x", "boss"}, {"boss"}, major)) == texts
