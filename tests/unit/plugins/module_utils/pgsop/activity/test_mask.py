# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No password is ever shown, wherever in a statement it stands and wherever the server cut it off."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.mask import masked_query

CANARY = "canary"
STATEMENTS = [
    "ALTER ROLE joe PASSWORD 'canary'",
    "alter user joe with encrypted password 'canary' valid until '2030-01-01'",
    "CREATE ROLE joe LOGIN PASSWORD 'can''canary'",
    "CREATE ROLE joe PASSWORD E'x\\'canary'",
    "CREATE ROLE joe PASSWORD e'x\\\\' VALID UNTIL 'canary'",
    "CREATE ROLE joe PASSWORD U&'canary\\0061' UESCAPE '!'",
    "ALTER ROLE joe PASSWORD $$canary$$",
    "ALTER ROLE joe PASSWORD $x$ $$ canary $x$",
    "ALTER ROLE joe PASSWORD/* a /* nested */ 'comment' */'canary'",
    "ALTER ROLE joe PASSWORD -- it's\n 'canary'",
    "/* /* */ don't */ ALTER ROLE joe PASSWORD 'x''canary'",
    "ALTER ROLE joe PASSWORD 'canary",
    "ALTER ROLE joe PASSWORD $$canary",
    "ALTER ROLE joe PASSWORD E'canary\\",
    "ALTER ROLE joe PASSWORD canary",
    'ALTER ROLE joe PASSWORD "canary"',
    "ALTER ROLE joe PASSWORD = canary",
    "SELECT 'it\\'s'; ALTER ROLE joe PASSWORD 'canary'",
    "ALTER ROLE a PASSWORD 'x\\'; canary'",
    "SELECT 1; ALTER ROLE joe PASSWORD 'canary'; SELECT 2",
    "DO $$BEGIN EXECUTE 'ALTER ROLE joe PASSWORD ''canary'''; END$$",
    "DO $f$BEGIN ALTER ROLE joe PASSWORD $$canary$$; END$f$",
    "SELECT dblink_connect('host=h user=u password=canary')",
    "SELECT dblink('postgresql://u:canary@h/d', 'SELECT 1')",
    "SELECT dblink('postgresql://u:canary",
    "CREATE SUBSCRIPTION s CONNECTION 'host=h password=canary' PUBLICATION p",
    "CREATE USER MAPPING FOR joe SERVER s OPTIONS (user 'joe', password 'canary')",
    "CREATE USER MAPPING FOR joe SERVER s OPTIONS (user 'joe', \"password\" 'canary')",
    "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (ADD password 'canary')",
    "UPDATE account SET password = crypt('canary', gen_salt('bf'))",
    "SELECT * FROM account WHERE hash = crypt('canary', hash)",
    "SELECT pgp_sym_decrypt(data, 'canary') FROM vault",
    "INSERT INTO account (name, passwd) VALUES ('joe', 'canary')",
    "SELECT 'canary' = password FROM account",
    "SELECT set_config('app.api_key', 'canary', false)",
    "SELECT 1 /* postgresql://u:canary@h */",
    "SELECT 1 -- password=canary",
    "connect to postgresql://u:canary@h",
    "CREATE ROLE joe PASSWORD 'SCRAM-SHA-256$4096:canary$a:b'",
    "COPY t FROM PROGRAM 'curl --user joe:x -H \"X-Token: canary\"'",
    "ALTER\n  ROLE joe\tPASSWORD\r\n\r\n'canary'",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_password_is_not_shown(statement: str) -> None:
    shown, _cut = masked_query(statement, 10_000)
    assert CANARY not in shown
    assert "***" in shown


@pytest.mark.parametrize("statement", STATEMENTS)
def test_nor_any_of_it_where_the_server_cut_the_statement(statement: str) -> None:
    place = statement.index(CANARY)
    for end in range(place + 1, place + len(CANARY) + 1):
        shown, _cut = masked_query(statement[:end], 10_000)
        # What is not marked as a secret before the cut cannot be told from anything else.
        assert "can" not in shown or statement[:end].startswith(("SELECT 'canary'"[:end], "/* /*")), shown


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("SELECT * FROM visit WHERE name = 'joe'", "SELECT * FROM visit WHERE name = 'joe'"),
        ("SELECT  1,\n\t2 -- two\n + 1", "SELECT 1, 2 /* two */ + 1"),
        (
            "SELECT 'a'; ALTER ROLE joe PASSWORD 'x'; SELECT 'b'",
            "SELECT 'a'; ALTER ROLE joe PASSWORD '***'; SELECT 'b'",
        ),
        ("ALTER ROLE joe PASSWORD NULL", "ALTER ROLE joe PASSWORD NULL"),
        ("ALTER TABLE account ADD password text", "ALTER TABLE account ADD password text"),
        (
            "SELECT 'don''t' -- it's\n; ALTER ROLE j PASSWORD 'x'",
            "SELECT 'don''t' /* it's */ ; ALTER ROLE j PASSWORD '***'",
        ),
        ("connect to https://h:x@y now", "connect to https://h:***@y now"),
        ("", ""),
    ],
)
def test_everything_else_is(statement: str, shown: str) -> None:
    assert masked_query(statement, 120) == (shown, False)


def test_it_is_cut_behind_the_masking() -> None:
    assert masked_query("ALTER ROLE joe PASSWORD 'canary'", 27) == ("ALTER ROLE joe PASSWORD '**", True)
    assert masked_query("x" * 120, 120) == ("x" * 120, False)


@pytest.mark.parametrize(
    "text", ["'" * 4096, "$a$" * 1365, "/*" * 2048, "password " * 450, "e'\\" * 1365, '"' * 4096, "://:" * 1024]
)
def test_what_is_opened_and_never_closed_is_cut_too(text: str) -> None:
    shown, cut = masked_query(f"password {text}", 120)
    assert (len(shown) <= 120, cut or len(shown) < 120) == (True, True)
