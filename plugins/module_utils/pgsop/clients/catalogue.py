# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of client libraries: what each does differently from libpq, as measured by scripts/client_predictions.

The outcomes of the real clients are recorded beside the unit tests, which compare them with what this table predicts. Parameters that
were not measured come from the documentation of the version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .model import (
    ALWAYS,
    DBI,
    DIFFERS,
    FAILS,
    IGNORED,
    JDBC,
    LIBPQ,
    NORMAL_FORM_C,
    ODBC,
    OFF,
    PDO,
    PREFER,
    RAW,
    REQUIRE,
    SETTING,
    STRICT,
    VERIFY,
    Client,
)

#: Day of the measurement; PostgreSQL 17 without SSL.
MEASURED_ON = "2026-11-30"

_OVER_TCP = (DIFFERS, "goes to localhost by TCP")
_HOST_BY_TCP = (DIFFERS, "goes to the host before the ? by TCP, and ignores the folder")
_NO_URL = (FAILS, "refuses a URL without a host")
_NOT_DECODED = (FAILS, "does not read an encoded folder in the place of the host")

_SCHEMA = ("search_path", "schema", "currentSchema")
_LOGIN = ("host", "port", "user", "password", "database")
_FILES = ("sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword")

_LIBPQ = Client("libpq", "", pairs=True)
_PSYCOPG = replace(_LIBPQ, title="psycopg 3", measured="psycopg 3.3.9 (libpq 15)", attempts=1)

#: Of asyncpg.connect(), November 2026.
_ASYNCPG_ARGUMENTS = frozenset({
    *_LOGIN,
    *("passfile", "service", "servicefile", "timeout", "statement_cache_size", "max_cached_statement_lifetime"),
    *("max_cacheable_statement_size", "command_timeout", "ssl", "direct_tls", "server_settings", "target_session_attrs"),
    *("krbsrvname", "gsslib"),
})  # fmt: skip
_ASYNCPG = Client(
    title="asyncpg",
    measured="asyncpg 0.32.0",
    parameters=frozenset({
        *(*_LOGIN, *_FILES, "dbname", "sslmode", "passfile", "service", "servicefile", "target_session_attrs"),
        *("krbsrvname", "gsslib", "ssl_min_protocol_version", "ssl_max_protocol_version"),
    }),
    unknown=SETTING,
    plus_is_blank=True,
    sockets={"over_host": _HOST_BY_TCP},
    service="database",
)  # fmt: skip
_SQLALCHEMY = Client(
    title="SQLAlchemy with asyncpg",
    measured="SQLAlchemy 2.1.9, asyncpg 0.32.0",
    scheme="postgresql+asyncpg",
    schemes=("postgresql+asyncpg",),
    parameters=_ASYNCPG_ARGUMENTS | {"prepared_statement_cache_size", "prepared_statement_name_func", "async_fallback"},
    ssl_words={},
    plus_is_blank=True,
    sockets={"encoded": _NOT_DECODED},
    hosts=False,
    service="ignores a service in its URL",
)

_NODE = Client(
    title="node-postgres",
    measured="pg 8.23.1",
    schemes=(),
    parameters=frozenset({"sslmode", "ssl"}),
    unknown=IGNORED,
    ignores=frozenset(_SCHEMA),
    sslmodes={
        **dict.fromkeys(("prefer", "require", "verify-ca", "verify-full"), VERIFY),
        "disable": OFF,
        "": REQUIRE,
    },
    ssl_words={"0": OFF, "": REQUIRE},
    plus_is_blank=True,
    keeps_encoded="slash",
    sockets={"no_host": _OVER_TCP},
    hosts=False,
    password_sources=frozenset({"PGPASSWORD", "pgpass"}),
    service="ignores a service",
    preparation=ALWAYS,
    most_iterations=100_000,
)

CLIENTS: Mapping[str, Client] = {
    "psycopg": _PSYCOPG,
    "psycopg2": replace(_LIBPQ, title="psycopg2", measured="psycopg2-binary 2.9.13 (libpq 17)"),
    "asyncpg": _ASYNCPG,
    "pg8000": Client(
        title="SQLAlchemy with pg8000",
        measured="pg8000 1.31.6, SQLAlchemy 2.1.9",
        scheme="postgresql+pg8000",
        schemes=("postgresql+pg8000",),
        parameters=frozenset({*_LOGIN, "application_name", "timeout", "tcp_keepalive", "unix_sock", "ssl_context"}),
        plus_is_blank=True,
        sockets={
            **dict.fromkeys(("parameter", "parameters", "encoded", "over_host"), (FAILS, "takes the folder for a host")),
            "no_host": _OVER_TCP,
        },
        hosts=False,
        password_sources=frozenset(),
        unread_variables=frozenset({"PGHOST", "PGPORT", "PGUSER", "PGDATABASE"}),
        preparation=STRICT,
    ),
    "sqlalchemy-asyncpg": _SQLALCHEMY,
    "django": replace(
        _PSYCOPG,
        title="Django (dj-database-url)",
        measured="Django 5.2.19, dj-database-url 3.1.2, psycopg 3.3.9",
        schemes=("postgres", "postgresql", "pgsql", "postgis", "timescale", "timescalegis", "cockroach"),
        pairs=False,
        parameters=frozenset({LIBPQ, "service", "currentSchema"}),
        plus_is_blank=True,
        needs_database=True,
        sockets={"over_host": _HOST_BY_TCP},
        hosts=False,
    ),
    "peewee": Client(
        title="peewee",
        measured="peewee 4.5.3, psycopg2-binary 2.9.13",
        schemes=("postgres", "postgresql", "postgres+pool", "postgresql+pool", "postgresext", "postgresqlext"),
        plus_is_blank=True,
        decodes_login=False,
        keeps_encoded="all",
        needs_database=True,
        sockets={"encoded": _NOT_DECODED},
        hosts=False,
    ),
    "connectorx": Client(
        title="ConnectorX",
        measured="connectorx 0.4.6 (rust-postgres)",
        parameters=frozenset({
            *_LOGIN,
            *("dbname", "options", "application_name", "sslmode", "sslcert", "sslkey", "sslrootcert", "hostaddr"),
            *("connect_timeout", "tcp_user_timeout", "keepalives", "keepalives_idle", "keepalives_interval"),
            *("keepalives_retries", "target_session_attrs", "channel_binding", "load_balance_hosts", "sslnegotiation"),
        }),
        sockets={"parameter": _NO_URL, "no_host": _NO_URL, "over_host": _HOST_BY_TCP},
        hosts=False,
        attempts=7,
        password_sources=frozenset(),
        unread_variables=frozenset({"PGHOST", "PGPORT", "PGUSER", "PGDATABASE"}),
    ),
    "odbc": Client(
        title="psqlODBC",
        measured="psqlODBC 13.02, pyodbc 5.5.0 (libpq 15)",
        form=ODBC,
        unknown=IGNORED,
        sslmodes={
            **{word.upper(): meaning for word, meaning in (("disable", OFF), ("prefer", PREFER), ("allow", PREFER), ("require", REQUIRE))},
            "no-verify": PREFER,
        },
    ),
    "node-postgres": _NODE,
    "postgres.js": Client(
        title="postgres.js",
        measured="postgres 3.4.9",
        schemes=(),
        parameters=frozenset({
            *("sslmode", "ssl", "connect_timeout", "idle_timeout", "max_lifetime", "max", "prepare"),
            *("user", "password", "port", "database", "target_session_attrs"),
        }),
        rejects=frozenset({"host"}),
        unknown=SETTING,
        sslmodes={
            **dict.fromkeys(("prefer", "allow"), PREFER),
            "disable": OFF,
            "verify-full": VERIFY,
            "": REQUIRE,
        },
        ssl_words={**dict.fromkeys(("false", "disable"), OFF), **dict.fromkeys(("prefer", "allow"), PREFER), "": REQUIRE},
        plus_is_blank=True,
        keeps_encoded="all",
        sockets={
            **dict.fromkeys(("parameter", "no_host"), _NO_URL),
            "parameters": (FAILS, "ignores host, port, user and password behind the ?"),
            "encoded": _NOT_DECODED,
            "over_host": (FAILS, "sends parameter host to the server, which refuses it"),
        },
        ipv6_literal=False,
        password_sources=frozenset({"PGPASSWORD"}),
        service="does not read a service",
        preparation=RAW,
    ),
    "knex": replace(
        _NODE,
        title="Knex",
        measured="knex 3.3.0, pg 8.23.1",
        sockets=dict.fromkeys(("parameter", "no_host"), (FAILS, "loses user and password if there is no host after the @")),
        ipv6_literal=False,
    ),
    "sequelize": replace(
        _NODE,
        title="Sequelize",
        measured="sequelize 6.37.8, pg 8.23.1",
        schemes=("postgres", "postgresql"),
        ignores=frozenset({*_SCHEMA, "port", "user", "password"}),
        keeps_encoded="all",
        sockets={
            "encoded": (FAILS, "takes the folder for a part of the name of the database"),
            "no_host": _OVER_TCP,
        },
        unread_variables=frozenset({"PGPORT"}),
    ),
    "typeorm": replace(_NODE, title="TypeORM", measured="typeorm 1.1.1, pg 8.23.1"),
    "prisma": replace(_NODE, title="Prisma (@prisma/adapter-pg)", measured="@prisma/adapter-pg 7.10.1, pg 8.23.1"),
    "pgx": Client(
        title="pgx",
        measured="pgx 4.15.0",
        pairs=True,
        parameters=frozenset({
            *(*_LOGIN, "dbname", "sslmode", "sslcert", "sslkey", "sslrootcert", "passfile", "service", "servicefile"),
            *("target_session_attrs", "connect_timeout", "min_read_buffer_size", "statement_cache_capacity"),
            *("statement_cache_mode", "prefer_simple_protocol", "pool_max_conns", "pool_min_conns"),
            *("pool_max_conn_lifetime", "pool_max_conn_idle_time", "pool_health_check_period"),
        }),
        unknown=SETTING,
        plus_is_blank=True,
        sockets={"encoded": _NOT_DECODED},
        attempts=1,
        preparation=NORMAL_FORM_C,
    ),
    "lib-pq": Client(
        title="lib/pq",
        measured="lib/pq 1.10.7",
        pairs=True,
        needs="sslmode=disable",
        parameters=frozenset({
            *(*_LOGIN, "dbname", "sslmode", "sslcert", "sslkey", "sslrootcert", "sslinline", "connect_timeout"),
            *("fallback_application_name", "binary_parameters", "krbsrvname", "krbspn"),
        }),
        unknown=SETTING,
        sslmodes={"prefer": "", "allow": ""},
        default_sslmode=REQUIRE,
        plus_is_blank=True,
        sockets={"encoded": _NOT_DECODED, "over_host": _HOST_BY_TCP, "no_host": _OVER_TCP},
        hosts=False,
        password_sources=frozenset({"PGPASSWORD", "pgpass"}),
        forbidden_variables=frozenset({
            *("PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE", "PGREALM", "PGREQUIRESSL", "PGSSLCRL", "PGREQUIREPEER"),
            *("PGKRBSRVNAME", "PGGSSLIB", "PGSYSCONFDIR", "PGLOCALEDIR"),
        }),
        service="ignores a service",
        preparation=RAW,
    ),
    "jdbc": Client(
        title="pgJDBC",
        measured="pgJDBC 42.5.5",
        form=JDBC,
        unknown=IGNORED,
        ignores=frozenset({"search_path", "schema", "application_name", "statement_timeout"}),
        sslmodes={
            **{word.upper(): meaning for word, meaning in (("disable", OFF), ("prefer", PREFER), ("allow", PREFER), ("require", REQUIRE))},
            "no-verify": "",
        },
        parameters=frozenset({"sslmode", "ssl", "ApplicationName", "options"}),
        ssl_words={**dict.fromkeys(("false", "disable", "0", "no", "off"), OFF), "": VERIFY},
        all_addresses=False,
        password_sources=frozenset({"pgpass"}),
        preparation=STRICT,
    ),
    "php-pdo": replace(_LIBPQ, title="PDO", measured="PHP 8.2.36 (libpq 15)", form=PDO, pairs=False),
    "ruby-pg": replace(
        _LIBPQ,
        title="pg for Ruby",
        measured="pg 1.4.5 (libpq 15)",
        service="does not log in as the role of a service",
    ),
    "dbd-pg": replace(_LIBPQ, title="DBD::Pg", measured="DBD::Pg 3.16.0 (libpq 15)", form=DBI, pairs=False),
}  # fmt: skip
