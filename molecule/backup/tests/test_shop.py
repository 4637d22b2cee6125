# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SOP 3 on a database that has a bit of everything: backed up, lost with its roles, restored, and judged by others than the engine.

`lost` is done once: the tests state what came of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Contents, Vaults
    from conftest import Server

CANARY = "it's only a test"
#: pg_dump's own idea of the definitions; what it draws by lot for each run is left out.
DEFINITIONS = "runuser -u postgres -- pg_dump --schema-only %s | grep -v 'restrict ' | sort"
#: The roles of a policy come in the order of their numbers, which are others when they are made again.
POLICY_ROLES = re.compile(r"(?<= TO )(?:[^ ,]+|\"[^,]*\")(?:, (?:[^ ,]+|\"[^,]*\"))+(?= USING)")
#: pg_dumpall's own idea of the roles: attributes, verifiers, memberships with their grantors, settings, comments.
ROLES = "runuser -u postgres -- pg_dumpall --roles-only | grep -i shop | grep -v 'IN DATABASE' | sort"
DATABASE = """
SELECT 'database', datdba::regrole::text, pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit, datallowconn, datistemplate,
       shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()
UNION ALL SELECT 'grant', grantee::regrole::text, privilege_type, is_grantable::text, grantor::regrole::text, 0, true, true, NULL
  FROM pg_database, aclexplode(datacl) WHERE datname = current_database()
UNION ALL SELECT 'setting', setrole::regrole::text, unnest(setconfig), NULL, NULL, 0, true, true, NULL
  FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1, 2, 3, 4, 5
"""
#: What the application does and what it must not, each with the state it has to end in.
ATTEMPTS = {
    "SHOW search_path": "00000",
    "SHOW lock_timeout": "00000",
    "SELECT count(*) FROM customer": "00000",
    "SELECT count(*) FROM app.customer_note": "00000",
    "SELECT app.gross(100)": "00000",
    "UPDATE app.customer SET revision = 0 WHERE id = 1": "00000",
    "SELECT count(*) FROM audit.event": "42501",
    "SELECT app.looks_like_a_dump('x')": "42501",
    "DROP TABLE app.customer": "42501",
    "CREATE TABLE app.mine ()": "42501",
    "SELECT pg_read_file('/etc/passwd')": "42501",
}


@dataclass(frozen=True)
class Facts:
    """What can be said of a database, by others than the engine."""

    content: str
    definitions: str
    database: str
    roles: str
    attempts: dict[str, str]


@dataclass(frozen=True)
class Lost:
    before: Facts
    after: Facts
    told: str
    said: str


def in_order(roles: re.Match[str]) -> str:
    return ", ".join(sorted(roles.group().split(", ")))


def facts(server: Server, database: str, contents: Contents) -> Facts:
    host = server.host
    return Facts(
        contents(database),
        POLICY_ROLES.sub(in_order, host.check_output(DEFINITIONS, database)),
        server.sql(DATABASE, database),
        str(host.check_output(ROLES)),
        attempts(server, database),
    )


def attempts(server: Server, database: str) -> dict[str, str]:
    """What the application is answered, each statement in a transaction of its own that is rolled back, with the state at the end."""
    lines = [f"\\echo attempt\nBEGIN;\n{statement};\n\\echo :SQLSTATE\nROLLBACK;" for statement in ATTEMPTS]
    psql = "printf %%s %s | PGPASSWORD=%s psql -XAtq %s 2>&1"
    target = f"host=localhost dbname={database} user=shop_app"
    answered = server.host.run(psql, "\n".join(lines), CANARY, target).stdout.split("attempt\n")[1:]
    assert len(answered) == len(ATTEMPTS), answered
    return dict(zip(ATTEMPTS, map(str.strip, answered), strict=True))


@pytest.fixture(scope="module")
def lost(shop: Server, contents: Contents, vault: Vaults) -> Iterator[Lost]:
    """The database is lost and with it its roles, and both are brought back from the set."""
    there = vault("shop", databases=("shop",))
    before = facts(shop, "shop", contents)
    there.backup()
    roles = shop.sql("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname ~* '^shop'").splitlines()
    shop.sql("DROP DATABASE shop")
    shop.sql(f"DROP ROLE {', '.join(roles)}")
    log = int(shop.host.check_output("stat -c %%s %s", shop.log))
    answer = there.run("restore", "--database", "shop", "--target", "shop_restore")
    assert answer.rc == 0, answer.stderr
    said = shop.host.check_output("tail -c +%s %s; journalctl -t pgsop -o cat", str(log + 1), shop.log)
    # The connection limit of a role holds for it again as soon as it is there.
    after = facts(shop, "shop_restore", contents)
    yield Lost(before, after, answer.stdout, said)
    shop.sql("ALTER DATABASE shop_restore RENAME TO shop")


def test_every_row_sequence_and_large_object_is_back(lost: Lost) -> None:
    assert "app.customer|3500|" in lost.before.content
    assert "large objects|" in lost.before.content
    assert lost.after.content == lost.before.content


def test_every_definition_owner_right_and_comment_is_back(lost: Lost) -> None:
    for word in (
        "CREATE POLICY",
        "GRANT SELECT ON TABLE",
        "ALTER DEFAULT PRIVILEGES",
        "COMMENT ON",
        "GENERATED ALWAYS AS IDENTITY",
    ):
        assert word in lost.before.definitions
    assert lost.after.definitions == lost.before.definitions


def test_what_the_cluster_keeps_about_the_database_is_back(lost: Lost) -> None:
    assert "shop_owner" in lost.before.database
    assert "Europe/Berlin" in lost.before.database
    assert "Second line of the comment" in lost.before.database
    assert "|shop_app|" in lost.before.database, "a grantor other than the owner"
    assert lost.after.database == lost.before.database


def test_roles_are_back_with_their_verifiers(lost: Lost) -> None:
    assert "SCRAM-SHA-256$" in lost.before.roles
    assert lost.after.roles == lost.before.roles
    assert "shop_grants" in lost.told, "it says which it made"


def test_application_can_what_it_could_and_is_refused_what_it_was_refused(lost: Lost) -> None:
    assert {statement: told.splitlines()[-1] for statement, told in lost.before.attempts.items()} == ATTEMPTS
    assert lost.after.attempts == lost.before.attempts


def test_no_verifier_gets_into_a_log(lost: Lost) -> None:
    assert "SCRAM-SHA-256$" not in lost.said
    assert "SCRAM-SHA-256$" not in lost.told
