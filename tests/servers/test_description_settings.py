# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a database change how the server prints values, and not the description of its objects."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import objects
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.servers.world import quote

MAJORS = (13, 18)
CONSTANTS = (
    r"'a\b'",
    "'it''s é'",
    "'2020-02-03'::date",
    "'2020-02-03 04:05:06.789'::timestamp",
    "'2020-07-03 04:05:06+02'::timestamptz",
    "'04:05:06+02'::timetz",
    "'1 year -2 mons 3 days -04:05:06.7'::interval",
    "1.1::float8",
    "1.1::real",
    "1e-20::float8",
    r"'\x00ff5c'::bytea",
    "'1234.56'::money",
    "-1::int",
    "-0.5::numeric",
    "'<a>b</a>'::xml",
    """'{"a": [1, null]}'::jsonb""",
    "'{1,NULL}'::int[]",
    """'{"NULL",NULL,"a\\b"}'::text[]""",
    "'pg_catalog.german'::regconfig",
    "'s.t'::regclass",
    "'s.f'::regproc",
    "'s.mood'::regtype",
    "'a & b'::tsquery",
    "'2020-02-03'::date + '1 day'::interval",
    "NULL",
)
OBJECTS = (
    "CREATE SCHEMA s",
    "CREATE TYPE s.mood AS ENUM ('sad', 'ok')",
    "CREATE TABLE s.t (i int PRIMARY KEY, v varchar(9), d date, f float8)",
    "CREATE FUNCTION s.f(a text DEFAULT E'x\\\\y', b interval DEFAULT '1 mon') RETURNS int LANGUAGE sql AS 'select 1'",
    "ALTER FUNCTION s.f SET datestyle = 'German'",
    "CREATE FUNCTION s.act() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'",
    *(f"CREATE VIEW s.v{number} AS SELECT {constant} AS q FROM s.t" for number, constant in enumerate(CONSTANTS)),
    *(f"ALTER TABLE s.t ADD CHECK (({constant}) IS NOT NULL)" for constant in CONSTANTS),
    "CREATE TABLE s.p (at timestamptz) PARTITION BY RANGE (at)",
    "CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+05')",
    r"CREATE INDEX i ON s.t ((v || '\x'), d) WHERE d > '2020-02-03' AND v IN ('a', '\b')",
    r"CREATE TRIGGER w BEFORE UPDATE ON s.t FOR EACH ROW WHEN (new.v = '\a') EXECUTE FUNCTION s.act('\a', 'b''c')",
    r"CREATE RULE r AS ON DELETE TO s.t WHERE old.v = '\a' DO ALSO UPDATE s.t SET v = '\b'",
    r"CREATE POLICY p ON s.t USING (v <> '\a' AND d > '2020-02-03')",
    r"CREATE DOMAIN s.d AS text DEFAULT '\a' CHECK (VALUE <> '\b')",
    r"COMMENT ON TABLE s.t IS 'a\b é'",
    "CREATE FOREIGN DATA WRAPPER w OPTIONS (b 'x', a E'y\\\\z')",
    "CREATE SERVER srv FOREIGN DATA WRAPPER w OPTIONS (z 'b', a 'c')",
    "CREATE FOREIGN TABLE s.ft (a int OPTIONS (z 'b', a E'\\\\c')) SERVER srv OPTIONS (z 'b', a 'c,d')",
    "SELECT lo_from_bytea(4711, 'x')",
    "GRANT SELECT ON ALL TABLES IN SCHEMA s TO PUBLIC",
)
#: For settings of text, and for the one number that matters here.
VALUES = {
    "DateStyle": ("German", "SQL, DMY", "Postgres, MDY", "ISO, DMY"),
    "TimeZone": ("America/New_York", "Asia/Kolkata"),
    "timezone_abbreviations": ("India", "Australia"),
    "search_path": ('s, public, "$user"', "''"),
    "lc_monetary": ("de_DE.utf8", "en_US.utf8", "C.UTF-8", "POSIX"),
    "lc_numeric": ("de_DE.utf8", "POSIX"),
    "lc_time": ("de_DE.utf8", "POSIX"),
    "lc_messages": ("de_DE.utf8", "POSIX"),
    "default_text_search_config": ("pg_catalog.german",),
    "client_encoding": ("LATIN1", "SQL_ASCII"),
    "extra_float_digits": ("-15", "0", "1"),
    "restrict_nonsystem_relation_kind": ("view, foreign-table",),
    "application_name": (r"a\b",),
}
_SETTINGS = """
SELECT name, v AS value FROM pg_settings, unnest(CASE vartype WHEN 'bool' THEN ARRAY['on', 'off'] ELSE enumvals END) v
WHERE context IN ('user', 'superuser') AND vartype IN ('bool', 'enum') AND v <> setting AND name !~ '^transaction_' ORDER BY 1, 2
"""


@pytest.fixture(scope="module")
def rich(server: Server) -> Iterator[Server]:
    """A server with database settings."""
    server.execute("CREATE DATABASE settings TEMPLATE template0")
    server.execute(*OBJECTS, database="settings")
    yield server
    server.execute("DROP DATABASE settings WITH (FORCE)")


def _described(server: Server) -> objects.Description:
    with connect(server.cluster, "settings") as session:
        return objects.describe(session)


def _choices(server: Server) -> dict[str, list[str]]:
    """All values to try, by setting, that this server accepts for a database."""
    known = {name for (name,) in server.rows("SELECT name FROM pg_settings")}
    found = {name: list(values) for name, values in VALUES.items() if name in known}
    for name, value in server.rows(_SETTINGS):
        found.setdefault(name, []).append(value)
    for name, values in found.items():
        found[name] = [value for value in values if _set(server, {name: value})]
    return found


def _set(server: Server, values: dict[str, str]) -> bool:
    """Give the database these settings and no others; not if the server or the machine does not have one."""
    server.execute("ALTER DATABASE settings RESET ALL")
    try:
        for name, value in values.items():
            text = value if name == "search_path" else quote(value)
            server.execute(f"ALTER DATABASE settings SET {name} = {text}")
    except psycopg2.Error:
        return False
    return True


def test_no_setting_changes_the_description(rich: Server, long_form: bool) -> None:
    before = _described(rich)
    assert sum(objects.counts(before).values()) > len(OBJECTS)
    choices = _choices(rich)
    assert len(choices) > 80
    each = [{name: value} for name, values in choices.items() for value in values]
    # Many at once; one at a time to find the one that matters.
    for number in range(max(map(len, choices.values()))):
        assert _set(rich, {name: values[number] for name, values in choices.items() if number < len(values)})
        if long_form or _described(rich) != before:
            assert [values for values in each if _set(rich, values) and _described(rich) != before] == []
            assert long_form, "only several settings together change the description"
            return
