# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of client libraries, as option --as-client takes them."""

from __future__ import annotations

from collections.abc import Mapping

from ..nearest import did_you_mean

#: Client libraries, in the order of lists; clients/catalogue.py has an entry for each.
NAMES = (
    *("psycopg", "psycopg2", "asyncpg", "pg8000", "sqlalchemy-asyncpg", "django", "peewee", "connectorx", "odbc"),
    *("node-postgres", "postgres.js", "knex", "sequelize", "typeorm", "prisma", "pgx", "lib-pq", "jdbc"),
    *("php-pdo", "ruby-pg", "dbd-pg"),
)
#: Other names of the same clients.
ALIASES: Mapping[str, str] = {
    "psycopg3": "psycopg",
    "psycopg2-binary": "psycopg2",
    "sqlalchemy+asyncpg": "sqlalchemy-asyncpg",
    "dj-database-url": "django",
    "psqlodbc": "odbc",
    "pyodbc": "odbc",
    "pg": "node-postgres",
    "node": "node-postgres",
    "nodejs": "node-postgres",
    "postgresjs": "postgres.js",
    "postgres": "postgres.js",
    "go": "pgx",
    "lib/pq": "lib-pq",
    "libpq-go": "lib-pq",
    "pq": "lib-pq",
    "pgjdbc": "jdbc",
    "java": "jdbc",
    "php": "php-pdo",
    "pdo": "php-pdo",
    "ruby": "ruby-pg",
    "perl": "dbd-pg",
    "dbi": "dbd-pg",
    "dbd::pg": "dbd-pg",
}


def canonical(name: str) -> str:
    """Return the name in NAMES for a name or another name of it.

    Raises:
        ValueError: no client has that name; the message lists the names, and has no part of the given one.
    """
    key = name.strip().lower()
    found = ALIASES.get(key, key)
    if found not in NAMES:
        raise ValueError(f"choose one of {', '.join(NAMES)}{did_you_mean(key, (*NAMES, *ALIASES))}")
    return found
