# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A database that cannot be restored as it is: the restore names why, continues on request, and loses no row."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backup.tests.conftest import Vault, Vaults
    from conftest import PlayRunner, Server

#: These tests do not depend on the platform.
PLATFORM = "first"

PLAYBOOKS = Path(__file__).resolve().parents[3] / "playbooks"
#: What no restore brings back; everything else needs the search path that the database had.
OMITTED = {
    ("constraint", "public.child.child_parent"),
    ("constraint", "public.strict.v_large"),
    ("constraint", "public.parts.parts_large"),
    ("constraint", "public.parts_1.parts_large"),
    ("constraint", "public.parts_2.parts_large"),
    ("domain constraint", "public.large_int.only_large"),
    ("generated column", "public.halves.h"),
    ("not null", "public.below.code"),
    ("index", "public.by_half"),
    ("materialized view data", "public.halved"),
}
#: What fails in a restore with an empty search path, by the names that an error has.
REFUSED = ["checked", "domains", "generated", "child_parent", "strict", "parts_1", "halves", "by_half", "halved"]
ROWS = """
SELECT concat_ws(', ', (SELECT count(*) FROM first) + (SELECT count(*) FROM second), (
SELECT string_agg(t || ' ' || n, ', ' ORDER BY t) FROM (
    SELECT 'checked' AS t, count(*) AS n FROM checked UNION ALL SELECT 'domains', count(*) FROM domains
    UNION ALL SELECT 'generated', count(*) FROM generated UNION ALL SELECT 'child', count(*) FROM child
    UNION ALL SELECT 'strict', sum(v) FROM strict UNION ALL SELECT 'parts', sum(v) FROM parts
    UNION ALL SELECT 'halves', sum(v) FROM halves UNION ALL SELECT 'numbers', sum(v) FROM numbers) x))
"""


@pytest.fixture(scope="module")
def there(vault: Vaults, shop: Server, run_file: Callable[[Server, str, str], str]) -> Iterator[Vault]:
    made = vault("broken", databases=("broken",))
    try:
        shop.sql("CREATE DATABASE broken")
        run_file(shop, "broken.sql", "broken")
        # Whatever the backup knows of it: a set is there afterwards.
        made.run("backup")
        yield made
    finally:
        for name in ("broken", "broken_restore"):
            shop.sql(f"DROP DATABASE IF EXISTS {name}")


def report_of(there: Vault, *arguments: str) -> dict[str, Any]:
    answer = there.run("restore", "--database", "broken", *arguments, "--format", "json")
    assert answer.rc == 1, answer
    report: dict[str, Any] = json.loads(answer.stdout)
    return report


def test_strict_restore_names_the_object_and_the_command_that_continues(there: Vault) -> None:
    answer = there.run("restore", "--database", "broken")
    assert answer.rc == 1
    problem, next_step = answer.stderr.strip().splitlines()[-2:]
    assert any(name in problem for name in REFUSED), problem
    command = next(part for part in next_step.split(": ") if "--keep-going" in part).split(";")[0]
    words = shlex.split(command)
    assert words[:3] == ["sudo", "pgsop", "restore"]
    assert words[words.index("--set") + 1] == there.newest()
    assert there.server.sql("SELECT datname FROM pg_database WHERE datname ~ '^(pgsop_|broken_)'") == ""


def test_drill_reports_every_failure(there: Vault) -> None:
    answer = there.run("drill")
    assert answer.rc == 1
    expected = [*REFUSED, *([] if int(there.server.version) >= 17 else ["labels", "labelled"])]
    assert [name for name in expected if name not in answer.stderr] == []
    assert there.scratch() == ""


def test_restore_that_continues_has_every_row_and_lists_what_it_leaves_out(there: Vault) -> None:
    report = report_of(there, "--keep-going")
    assert {(each["kind"], each["name"]) for each in report["omitted"]} == OMITTED
    assert all(each["message"] for each in report["omitted"])
    assert "canary" not in json.dumps(report)
    assert json.loads(there.server.read(report["omitted_file"])) == report["omitted"]
    assert there.server.mode(report["omitted_file"]) == "postgres:postgres 0600"
    assert there.server.sql(ROWS, "broken_restore") == there.server.sql(ROWS, "broken")
    assert there.server.sql("SELECT string_agg(l, ',' ORDER BY id) FROM generated", "broken_restore") == "l1,l2"
    kept = (
        "SELECT count(*) FROM pg_constraint WHERE conname IN ('v_known', 'known_only', 'v_positive') AND convalidated"
    )
    assert there.server.sql(kept, "broken_restore") == "3"
    if int(there.server.version) < 17:
        assert there.server.sql("SELECT count(*) FROM labelled", "broken_restore") == "2"
        indexes = "SELECT count(*) FROM pg_index WHERE indrelid = 'many'::regclass AND indisvalid"
        assert there.server.sql(indexes, "broken_restore") == "21"


def test_statements_of_the_list_work_once_the_cause_is_fixed(there: Vault) -> None:
    listed = there.host.check_output(f"cat {there.state}/omitted-broken_restore-*.json")
    statements = {each["name"]: each["statement"] for each in json.loads(listed)}
    fix = (
        "DELETE FROM child WHERE p = 77; DELETE FROM strict WHERE v = 5; DELETE FROM parts WHERE v = 5;"
        "UPDATE halves SET v = v * 2; UPDATE numbers SET v = v * 2;"
        "DELETE FROM first; DELETE FROM second; DELETE FROM below"
    )
    there.server.sql(fix, "broken_restore")
    assert set(statements) == {name for _kind, name in OMITTED}
    # Partitions have the constraint of their table, and no statement of their own.
    assert {name for name, statement in statements.items() if not statement} == {
        "public.parts_1.parts_large",
        "public.parts_2.parts_large",
    }
    for statement in filter(None, statements.values()):
        there.server.sql(statement, "broken_restore")
    assert there.server.sql("SELECT sum(h) FROM halves", "broken_restore") == "11"
    assert there.server.sql("SELECT count(*) FROM halved", "broken_restore") == "2"
    there.server.sql("DROP DATABASE broken_restore")


def test_playbook_shows_the_list_and_fails(there: Vault, play: PlayRunner, tmp_path: Path) -> None:
    there.host.check_output(
        "mv /etc/pgsop/backup.json /etc/pgsop/backup.json.kept && cp -p %s /etc/pgsop/backup.json", there.config
    )
    try:
        result = play(
            PLAYBOOKS / "restore_database.yml",
            on=there.host,
            extra_vars={"restore_database": "broken", "restore_keep_going": True},
            env={"PWD": str(tmp_path)},
        )
    finally:
        there.host.check_output("mv /etc/pgsop/backup.json.kept /etc/pgsop/backup.json")
    assert result.rc != 0
    assert [task.task for task in result.with_status("failed")] == ["Fail if something was left out"]
    assert "constraint public.strict.v_large" in result.error
    (kept,) = tmp_path.glob("reports/*/restore-*.json")
    assert {(each["kind"], each["name"]) for each in json.loads(kept.read_text())["omitted"]} == OMITTED
    there.server.sql("DROP DATABASE broken_restore")


def test_nothing_is_omitted_if_everything_can_be_restored(there: Vault) -> None:
    there.configure(exclude=["broken"])
    there.run("backup", "--database", "ledger")
    answer = there.run(
        "restore", "--database", "ledger", "--target", "ledger_whole", "--keep-going", "--format", "json"
    )
    there.server.sql("DROP DATABASE ledger_whole")
    assert answer.rc == 0, answer.stderr
    report = json.loads(answer.stdout)
    assert (report["omitted"], report["omitted_file"]) == ([], None)
