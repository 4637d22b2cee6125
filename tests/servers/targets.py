# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything in the small world that privileges can be granted on, as SQL names it."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.aerovista.postgresql.tests.servers.world import (
    APP,
    DATABASE,
    ODD,
    ROUTINES,
    SCHEMAS,
    SEQUENCES,
    TABLES,
    TYPES,
    quote,
)

COLUMNS = {
    (APP, "t_plain"): ("id", "Odd col", "a", "ctid"),
    (APP, "t_identity"): ("id", "Odd col"),
    (APP, "t_parted"): ("a",),
    (APP, "v_plain"): ("a",),
    (ODD, "select"): ("a", "$1; --"),
    (ODD, "t_foreign"): ("a",),
}
COLUMN_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "REFERENCES")


@dataclass(frozen=True)
class Target:
    """Something privileges can be granted on."""

    kind: str
    sql: str
    schema: str
    alter: str
    columns: tuple[str, ...] = ()


def _targets() -> list[Target]:
    def within(kind: str, word: str, schema: str, rest: str, alter: str = "", columns: tuple[str, ...] = ()) -> Target:
        return Target(
            kind, f"{word} {quote(schema)}.{rest}", schema, f"{alter or word} {quote(schema)}.{rest}", columns
        )

    special = {"v_plain": "VIEW", "m_plain": "MATERIALIZED VIEW", "t_foreign": "FOREIGN TABLE"}
    found = [
        within("r", "TABLE", schema, quote(name), special.get(name, ""), COLUMNS.get((schema, name), ()))
        for schema, name in TABLES
    ]
    found += [within("s", "SEQUENCE", schema, quote(name)) for schema, name in SEQUENCES]
    found += [within("f", "ROUTINE", schema, f"{quote(name)}({arguments})") for schema, name, arguments in ROUTINES]
    found += [within("T", "TYPE", schema, quote(name)) for schema, name in TYPES]
    found += [within("T", "TYPE", APP, "t_plain")]
    found += [
        Target("n", f"SCHEMA {quote(name)}", "", f"SCHEMA {quote(name)}") for name in (*SCHEMAS, *SCHEMAS, "public")
    ]
    database = f"DATABASE {quote(DATABASE)}"
    return found + [Target("d", database, "", database)] * 2


TARGETS = _targets()
PARTED = next(target for target in TARGETS if target.sql.endswith('"t_parted"'))
