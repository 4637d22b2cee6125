# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables that autovacuum does not get to."""

from __future__ import annotations

import json
import re

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.checks import vacuum
from ansible_collections.aerovista.postgresql.tests.servers.health.alone import arrives, others, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.scene import on

NEXT_TOO = True
OVERDUE, STATISTICS = "vacuum.overdue", "vacuum.statistics"
#: No table has had a vacuum or ANALYZE for so long.
AT_ONCE = {OVERDUE: {"since_s": -60}}


def dead(patient: IsolatedServer, rows: int, table: str = "visit") -> None:
    """Delete rows, and wait until they are counted as dead."""
    patient.execute(f"DELETE FROM {table} WHERE id <= {rows}")
    arrives(patient, f"SELECT n_dead_tup >= {rows} FROM pg_stat_get_dead_tuples('{table}'::regclass) AS n_dead_tup")


def visits(patient: IsolatedServer, rows: int, more: str = "") -> None:
    """A table as VACUUM and ANALYZE leave it. Each in a session of its own, as a session tells what it did with delay."""
    patient.execute(f"CREATE TABLE visit (id int){more}", f"INSERT INTO visit SELECT generate_series(1, {rows})")
    arrives(patient, f"SELECT pg_stat_get_ins_since_vacuum('visit'::regclass) = {rows}")
    patient.execute("VACUUM ANALYZE visit")
    arrives(patient, "SELECT pg_stat_get_ins_since_vacuum('visit'::regclass) = 0")


def later(patient: IsolatedServer, seconds: float) -> None:
    """What was remembered was so many seconds ago."""
    path = patient._state / "health.json"
    noted = json.loads(path.read_text(encoding="utf-8"))
    for sample in noted[f"{OVERDUE} clinic"]:
        sample["at"] -= seconds
        sample["counters"] = {name: value - seconds for name, value in sample["counters"].items()}
    path.write_text(json.dumps(noted), encoding="utf-8")


def test_dead_rows_that_nobody_takes_away(patient: IsolatedServer) -> None:
    visits(patient, 1000)
    dead(patient, 480)
    assert patient.turned(thresholds=AT_ONCE) == {}, "less than twice 50 + 20 %"
    dead(patient, 600)
    assert patient.turned() == {}, "the last vacuum was a moment ago"
    assert patient.turned(thresholds=AT_ONCE) == {OVERDUE: "WARNING"}
    found = patient.look(OVERDUE, thresholds=AT_ONCE)[OVERDUE]
    assert (
        "table public.visit of clinic was last vacuumed 0 h ago; it has 600 dead rows, and 250 call autovacuum"
        in found.message
    )
    with others(patient):
        assert seen_by(patient, OVERDUE, thresholds=AT_ONCE) == {"mon": "WARNING", "plain": "WARNING"}
    patient.execute("VACUUM visit")
    arrives(patient, "SELECT pg_stat_get_dead_tuples('visit'::regclass) = 0")
    assert patient.turned(thresholds=AT_ONCE) == {}


def test_a_table_that_was_never_vacuumed_counts_when_it_stands_so_for_long(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit (id int)", "INSERT INTO visit SELECT generate_series(1, 1000)")
    dead(patient, 600)
    first = patient.look(OVERDUE)[OVERDUE]
    assert first.status == "OK"
    assert "this is the first look" in first.message
    later(patient, 600)
    assert patient.turned() == {}, "ten minutes are too short"
    later(patient, 1300)
    assert patient.turned() == {OVERDUE: "WARNING"}
    assert (
        "table public.visit of clinic was never vacuumed; it has 600 dead rows"
        in patient.look(OVERDUE)[OVERDUE].message
    )
    patient.execute("VACUUM visit")
    arrives(patient, "SELECT pg_stat_get_dead_tuples('visit'::regclass) = 0")
    assert patient.turned() == {}


def test_storage_parameters_of_the_table_count(patient: IsolatedServer) -> None:
    visits(patient, 1000, " WITH (autovacuum_vacuum_threshold = 500, autovacuum_enabled = off)")
    dead(patient, 600)
    assert patient.turned(thresholds=AT_ONCE) == {}
    patient.execute("ALTER TABLE visit SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 10)")
    assert patient.turned(thresholds=AT_ONCE) == {OVERDUE: "WARNING"}
    assert (
        "which its storage parameters have switched off" in patient.look(OVERDUE, thresholds=AT_ONCE)[OVERDUE].message
    )


def test_new_rows_alone_call_autovacuum_too(patient: IsolatedServer) -> None:
    visits(patient, 1)
    patient.execute("INSERT INTO visit SELECT generate_series(2, 2500)")
    arrives(patient, "SELECT pg_stat_get_ins_since_vacuum('visit'::regclass) >= 2499")
    assert patient.turned(thresholds=AT_ONCE) == {OVERDUE: "WARNING"}
    assert (
        "it has 2499 new rows, and 1000 call autovacuum" in patient.look(OVERDUE, thresholds=AT_ONCE)[OVERDUE].message
    )
    patient.execute("ALTER TABLE visit SET (autovacuum_vacuum_insert_threshold = -1)")
    assert patient.turned(thresholds=AT_ONCE) == {}


def test_the_upper_limit_of_18(patient: IsolatedServer) -> None:
    if patient.major < 18:
        pytest.skip("there is none before 18")
    visits(patient, 5000)
    dead(patient, 300)
    assert patient.turned(thresholds=AT_ONCE) == {}
    patient.execute("ALTER TABLE visit SET (autovacuum_vacuum_max_threshold = 100)")
    assert patient.turned(thresholds=AT_ONCE) == {OVERDUE: "WARNING"}


def test_new_rows_count_against_what_is_not_frozen(patient: IsolatedServer) -> None:
    """Since 18; before, the whole table counts."""
    visits(patient, 20000)
    patient.execute("VACUUM (FREEZE) visit")
    patient.execute("INSERT INTO visit SELECT generate_series(1, 2500)")
    arrives(patient, "SELECT pg_stat_get_ins_since_vacuum('visit'::regclass) >= 2500")
    expected = {OVERDUE: "WARNING"} if patient.major >= 18 else {}
    assert patient.turned(thresholds=AT_ONCE) == expected
    if expected:
        assert (
            "it has 2500 new rows, and 1000 call autovacuum"
            in patient.look(OVERDUE, thresholds=AT_ONCE)[OVERDUE].message
        )


#: Storage parameters of a table of 1,000 rows with 600 dead ones and 3,000 new ones.
PARAMETERS = (
    "",
    "autovacuum_enabled = off",
    "autovacuum_vacuum_threshold = 5, autovacuum_vacuum_scale_factor = 0.01",
    "autovacuum_vacuum_max_threshold = 100",
    "autovacuum_vacuum_max_threshold = -1, autovacuum_vacuum_scale_factor = 5",
    "autovacuum_vacuum_insert_threshold = -1",
    "autovacuum_vacuum_insert_threshold = 0, autovacuum_vacuum_insert_scale_factor = 0.5",
    "toast.autovacuum_vacuum_threshold = 10, toast.autovacuum_vacuum_scale_factor = 0.1",
    "toast.autovacuum_vacuum_insert_threshold = 7",
    "autovacuum_analyze_threshold = 7, autovacuum_analyze_scale_factor = 0.5",
)


@on(19)
@pytest.mark.parametrize("frozen", ["", "FREEZE, "])
@pytest.mark.parametrize("parameters", PARAMETERS)
def test_the_server_agrees_with_the_formula(patient: IsolatedServer, parameters: str, frozen: str) -> None:
    """Its own scores are the same ratios, as long as nothing is near a wraparound and no weight was changed."""
    patient.execute(
        f"CREATE TABLE visit (id int, scan text STORAGE EXTERNAL){f' WITH ({parameters})' if parameters else ''}",
        "INSERT INTO visit SELECT n, CASE WHEN n % 10 = 0 THEN repeat('x', 3000) END FROM generate_series(1, 1000) n",
        f"VACUUM ({frozen}ANALYZE) visit",
    )
    dead(patient, 600)
    patient.execute("INSERT INTO visit SELECT n, repeat('x', 3000) FROM generate_series(1, 3000) n")
    arrives(patient, "SELECT pg_stat_get_ins_since_vacuum('visit'::regclass) >= 3000")
    toast = "(SELECT reltoastrelid FROM pg_class WHERE oid = 'visit'::regclass)"
    changed = vacuum._CHANGED.format(unfrozen=vacuum._UNFROZEN)
    own = patient.server.rows(
        f"{changed}{vacuum._DUE}".replace("%%", "%") + "SELECT oid::bigint, dead / greatest(dead_due, 1),"
        " CASE WHEN insert_due IS NULL THEN 0 ELSE inserted / greatest(insert_due, 1) END"
        f" FROM due WHERE oid IN ('visit'::regclass, {toast}) ORDER BY 1",
        "clinic",
    )
    scores = patient.server.rows(
        "SELECT relid::bigint, vacuum_score, vacuum_insert_score FROM pg_stat_autovacuum_scores"
        f" WHERE relid IN ('visit'::regclass, {toast}) ORDER BY 1",
        "clinic",
    )
    assert len(own) == 2
    assert [table for table, *_ratios in own] == [table for table, *_ratios in scores]
    for (_table, *ratios), (_same, *told) in zip(own, scores, strict=True):
        assert ratios == pytest.approx(told, rel=1e-6)


@on(19)
def test_the_place_in_the_order_of_autovacuum(patient: IsolatedServer) -> None:
    visits(patient, 1000)
    patient.execute("CREATE TABLE late AS SELECT generate_series(1, 30000) AS id")
    patient.execute("VACUUM late", "DELETE FROM late")
    arrives(patient, "SELECT pg_stat_get_dead_tuples('late'::regclass) = 30000")
    dead(patient, 600)
    found = patient.look(OVERDUE, thresholds=AT_ONCE)[OVERDUE]
    # Tables of the catalogue may be in it, too.
    places = re.findall(
        r"call autovacuum; autovacuum has it in place (\d+) of (\d+), with a score of ([\d.]+)", found.message
    )
    assert [score for *_place, score in places] == ["19.7", "4.0"]
    assert [int(place) for place, *_rest in places] == sorted({int(place) for place, *_rest in places})
    assert all(1 <= int(place) <= int(length) for place, length, _score in places)
    with others(patient):
        assert seen_by(patient, OVERDUE, thresholds=AT_ONCE) == {"mon": "WARNING", "plain": "WARNING"}
    patient.execute("ALTER TABLE visit SET (autovacuum_enabled = off)")
    found = patient.look(OVERDUE, thresholds=AT_ONCE)[OVERDUE]
    assert re.search(r"which its storage parameters have switched off(;|$)", found.message)
    assert found.message.count("has it in place") == 1


def test_the_toast_of_a_table(patient: IsolatedServer) -> None:
    visits(patient, 400)
    patient.execute(
        "ALTER TABLE visit ADD scan text",
        "ALTER TABLE visit ALTER scan SET STORAGE EXTERNAL",
        "ALTER TABLE visit SET (toast.autovacuum_vacuum_threshold = 10, toast.autovacuum_vacuum_scale_factor = 0)",
        "UPDATE visit SET scan = repeat('x', 5000) WHERE id <= 20",
    )
    dead(patient, 20)
    arrives(patient, "SELECT pg_stat_get_dead_tuples(reltoastrelid) >= 40 FROM pg_class WHERE oid = 'visit'::regclass")
    patient.execute("VACUUM (ANALYZE) visit")
    arrives(patient, "SELECT pg_stat_get_dead_tuples(reltoastrelid) = 0 FROM pg_class WHERE oid = 'visit'::regclass")
    assert patient.turned(thresholds=AT_ONCE) == {}
    patient.execute("UPDATE visit SET scan = repeat('x', 5000) WHERE id <= 40")
    patient.execute("DELETE FROM visit WHERE id <= 40")
    arrives(patient, "SELECT pg_stat_get_dead_tuples(reltoastrelid) >= 40 FROM pg_class WHERE oid = 'visit'::regclass")
    assert patient.turned(thresholds=AT_ONCE) == {OVERDUE: "WARNING"}
    assert "the TOAST of table public.visit of clinic" in patient.look(OVERDUE, thresholds=AT_ONCE)[OVERDUE].message


def test_a_big_table_without_statistics(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit AS SELECT generate_series(1, 20000) AS id")
    arrives(patient, "SELECT pg_stat_get_mod_since_analyze('visit'::regclass) = 20000")
    assert patient.turned() == {STATISTICS: "WARNING"}
    assert (
        "table public.visit of clinic was never analysed; 20000 rows have changed"
        in patient.look(STATISTICS)[STATISTICS].message
    )
    with others(patient):
        assert seen_by(patient, STATISTICS) == {"mon": "WARNING", "plain": "WARNING"}
    patient.execute("ANALYZE visit")
    arrives(patient, "SELECT pg_stat_get_mod_since_analyze('visit'::regclass) = 0")
    assert patient.turned() == {}


def test_a_small_table_without_statistics_is_no_trouble(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit AS SELECT generate_series(1, 9000) AS id")
    arrives(patient, "SELECT pg_stat_get_mod_since_analyze('visit'::regclass) = 9000")
    assert patient.turned() == {}


def test_statistics_that_are_old(patient: IsolatedServer) -> None:
    visits(patient, 20000)
    patient.execute("UPDATE visit SET id = id WHERE id <= 12000")
    arrives(patient, "SELECT pg_stat_get_mod_since_analyze('visit'::regclass) = 12000")
    assert patient.turned() == {}, "they are not an hour old"
    assert patient.turned(thresholds={STATISTICS: {"since_s": -60}}) == {STATISTICS: "WARNING"}


def test_counters_that_began_anew(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit AS SELECT generate_series(1, 20000) AS id", "CREATE INDEX ON visit (id)")
    arrives(patient, "SELECT pg_stat_get_mod_since_analyze('visit'::regclass) = 20000")
    patient.execute("SELECT pg_stat_reset()")
    arrives(patient, "SELECT pg_stat_get_mod_since_analyze('visit'::regclass) = 0")
    assert patient.turned() == {STATISTICS: "WARNING"}
    assert "table public.visit of clinic has rows and no statistics" in patient.look(STATISTICS)[STATISTICS].message
    with others(patient):
        assert seen_by(patient, STATISTICS) == {"mon": "UNKNOWN", "plain": "UNKNOWN"}
    patient.execute("ANALYZE visit")
    arrives(patient, "SELECT pg_stat_get_last_analyze_time('visit'::regclass) IS NOT NULL")
    patient.execute("SELECT pg_stat_reset()")
    arrives(patient, "SELECT pg_stat_get_last_analyze_time('visit'::regclass) IS NULL")
    assert patient.turned() == {}


def test_nobody_counts(patient: IsolatedServer) -> None:
    patient.execute("ALTER DATABASE clinic SET track_counts = off")
    unknown = dict.fromkeys((OVERDUE, STATISTICS), "UNKNOWN")
    assert patient.turned() == {"settings.unsafe": "CRITICAL", **unknown}
