# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drills: a set that can be restored, one that cannot, and nothing left behind either way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

ASSERTION = {
    "database": "ledger",
    "name": "entries add up",
    "sql": "SELECT sum(amount) > 0 AND count(*) = 2000 FROM entry",
}
WRONG = {"database": "ledger", "name": "no marks at all", "sql": "SELECT count(*) = 0 FROM mark"}
TOLD = '#!/bin/sh\necho "$PGSOP_ACT: $PGSOP_ERROR" >>/var/lib/test_drill/told\n'


@pytest.fixture(scope="module")
def there(vault: Vaults) -> Vault:
    made = vault("drill", assertions=[ASSERTION])
    made.backup("older")
    made.backup("newer")
    return made


def drills(there: Vault, name: str) -> list[dict[str, Any]]:
    manifest = json.loads(there.server.read(f"{there.directory}/{name}/manifest.json"))
    noted: list[dict[str, Any]] = manifest["drills"]
    return noted


def test_good_drill_is_noted_and_leaves_nothing(there: Vault) -> None:
    databases = there.server.sql("SELECT datname FROM pg_database ORDER BY 1")
    report = there.report("drill")
    (drilled,) = report["databases"]
    assert drilled["name"] == "ledger"
    assert drilled["compared"]["rows"] == 2002
    assert drilled["checked"]["indexes_checked"] >= 2
    assert drilled["checked"]["assertions"] == 1
    assert there.server.sql("SELECT datname FROM pg_database ORDER BY 1") == databases
    (noted,) = drills(there, report["set"])
    assert noted["ok"] is True
    look = there.look()
    assert look.newest["name"] == report["set"]
    assert look.newest["drilled"] == noted["at"]
    assert look.finding("drill")[0] == "OK"


def test_scheduled_drill_leaves_a_line_in_the_journal(there: Vault) -> None:
    answer = there.run("drill", "--scheduled")
    assert (answer.rc, answer.stdout, answer.stderr) == (0, "", "")
    line = there.host.check_output("journalctl --sync; journalctl -q -t pgsop -n 1 -o cat")
    assert line.startswith("Drilled 1 database of set ")


def test_wrong_assertion_fails_the_drill_everywhere(there: Vault) -> None:
    program = f"{there.state}/tell"
    there.host.check_output("printf %%s %s >%s && chmod 0755 %s", TOLD, program, program)
    there.configure(assertions=[ASSERTION, WRONG], failure_command=program)
    answer = there.run("drill", "--scheduled")
    assert answer.rc == 1
    assert "assertion 'no marks at all' answered false instead of true" in answer.stderr
    assert "entries add up" not in answer.stderr
    assert "no marks at all" in there.host.check_output("journalctl --sync; journalctl -q -t pgsop -p err -n 1 -o cat")
    assert there.server.read(f"{there.state}/told").startswith("drill: ")
    assert there.scratch() == ""
    look = there.look()
    assert drills(there, look.newest["name"])[-1]["ok"] is False
    status, message = look.finding("drill")
    assert status == "CRITICAL"
    assert "no marks at all" in message
    there.configure(assertions=[ASSERTION])
    there.report("drill")
    assert there.look().finding("drill")[0] == "OK"


def test_assertion_cannot_change_anything(there: Vault) -> None:
    writes = {"database": "ledger", "sql": "DELETE FROM entry RETURNING true"}
    there.configure(assertions=[writes])
    answer = there.run("drill")
    assert answer.rc == 1
    assert "read-only transaction" in answer.stderr
    there.configure(assertions=[ASSERTION])


def test_drill_of_a_set_that_rots_silently_tells(there: Vault) -> None:
    name = there.newest()
    largest = there.corrupt(f"{there.directory}/{name}")
    assert name in there.look().verified
    answer = there.run("drill")
    assert answer.rc == 1
    assert largest in answer.stderr
    assert there.scratch() == ""
    look = there.look()
    assert name not in look.verified
    assert look.finding("drill")[0] == "CRITICAL"
    assert look.finding("damage")[0] == "CRITICAL"
    assert there.report("drill")["set"] == look.verified[0]
    assert there.restored() == ["older"]


def test_dry_run_of_a_drill_does_nothing(there: Vault) -> None:
    before = there.look().report["last_drill"]
    report = there.report("drill", "--dry-run")
    assert any("ledger" in sentence for sentence in report["planned_actions"])
    assert there.look().report["last_drill"] == before


#: Each is stored in one form, and in another one once the server has read it back.
FORMS = """
CREATE TABLE signs (a int CHECK (a > -1::int), b numeric DEFAULT -0.5::numeric, s varchar CHECK (s IN ('x', 'y')));
ALTER TABLE signs ADD CHECK (a BETWEEN 0 AND 9 AND b < 1);
CREATE VIEW negative AS SELECT -1::int AS x, a FROM signs WHERE a <> -2::int;
CREATE INDEX ON signs (a) WHERE a > -3::int;
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE lines (line text) SERVER files OPTIONS (null '-', format 'text', filename '/etc/hostname', delimiter ';');
ALTER DATABASE forms SET standard_conforming_strings = off;
ALTER DATABASE forms SET quote_all_identifiers = on;
COMMENT ON VIEW negative IS 'a\\b';
"""


def test_definitions_that_the_server_writes_in_another_form_are_the_same(there: Vault) -> None:
    there.server.sql("CREATE DATABASE forms")
    try:
        there.server.sql(FORMS, "forms")
        forms = replace(there, databases=("forms",))
        forms.configure()
        forms.report("backup")
        (drilled,) = forms.report("drill")["databases"]
        assert drilled["name"] == "forms"
        restored = forms.report("restore", "--database", "forms")
        assert restored["warnings"] == []
    finally:
        there.configure(assertions=[ASSERTION])
        for name in ("forms", "forms_restore"):
            there.server.sql(f"DROP DATABASE IF EXISTS {name}")
