# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sequences that run out of numbers."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.alone import others, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer

EXHAUSTION = "sequences.exhaustion"
#: How a sequence is made that has used 98 % of its numbers, and what is told of it.
FAULTS = {
    "serial": ("CREATE TABLE visit (id serial)", "SELECT setval('visit_id_seq', 2104533975)", "public.visit_id_seq"),
    "smallserial": (
        "CREATE TABLE visit (id smallserial)",
        "SELECT setval('visit_id_seq', 32112)",
        "public.visit_id_seq",
    ),
    "identity": (
        "CREATE TABLE visit (id int GENERATED ALWAYS AS IDENTITY)",
        "SELECT setval('visit_id_seq', 2104533975)",
        "public.visit_id_seq",
    ),
    "column smaller than its sequence": (
        "CREATE SEQUENCE number; CREATE TABLE visit (id int DEFAULT nextval('number')); ALTER SEQUENCE number OWNED BY visit.id",
        "SELECT setval('number', 2104533975)",
        "public.number",
    ),
    "owned, and no default takes from it": (
        "CREATE TABLE visit (id int); CREATE SEQUENCE number OWNED BY visit.id",
        "SELECT setval('number', 2104533975)",
        "public.number",
    ),
    "smaller of two columns": (
        "CREATE SEQUENCE number; CREATE TABLE a (id bigint DEFAULT nextval('number')); CREATE TABLE b (id smallint DEFAULT nextval('number'))",
        "SELECT setval('number', 32112)",
        "public.number",
    ),
    "own end": ("CREATE SEQUENCE number MAXVALUE 100", "SELECT setval('number', 98)", "public.number"),
    "backwards": ("CREATE SEQUENCE number INCREMENT -1 MINVALUE -100", "SELECT setval('number', -98)", "public.number"),
    "backwards into a column": (
        "CREATE SEQUENCE number INCREMENT -1; CREATE TABLE visit (id int DEFAULT nextval('number'))",
        "SELECT setval('number', -2104533975)",
        "public.number",
    ),
    "from below": (
        "CREATE SEQUENCE number AS int MINVALUE -2147483648 START -2147483648",
        "SELECT setval('number', 2061584301)",
        "public.number",
    ),
    "a name to quote": (
        'CREATE SCHEMA "The Clinic"; CREATE SEQUENCE "The Clinic"."No" MAXVALUE 100',
        'SELECT setval(\'"The Clinic"."No"\', 98)',
        '"The Clinic"."No"',
    ),
}
WELL = {
    "never used": "CREATE SEQUENCE number MAXVALUE 2",
    "begins anew": "CREATE SEQUENCE number MAXVALUE 100 CYCLE; SELECT setval('number', 98)",
    "big": "CREATE TABLE visit (id bigserial); SELECT setval('visit_id_seq', 2104533975)",
    "from the middle": "CREATE SEQUENCE number MINVALUE -9223372036854775807 START 1; SELECT nextval('number')",
    "backwards from the middle": "CREATE SEQUENCE number INCREMENT -1 MAXVALUE 9223372036854775806 START -1; SELECT nextval('number')",
    "text": "CREATE SEQUENCE number; CREATE TABLE visit (id text DEFAULT 'V' || nextval('number')); SELECT setval('number', 2147483640)",
}


@pytest.mark.parametrize("case", FAULTS)
def test_98_percent(patient: IsolatedServer, case: str) -> None:
    make, use, name = FAULTS[case]
    patient.execute(make, use)
    assert patient.turned() == {EXHAUSTION: "CRITICAL"}
    found = patient.look(EXHAUSTION)[EXHAUSTION]
    assert found.value == pytest.approx(98, abs=0.02)
    assert f"sequence {name} of clinic has used 98.0 % of its numbers, " in found.message
    with others(patient):
        assert seen_by(patient, EXHAUSTION) == {"mon": "UNKNOWN", "plain": "UNKNOWN"}


@pytest.mark.parametrize("case", WELL)
def test_enough_numbers_are_left(patient: IsolatedServer, case: str) -> None:
    patient.execute(WELL[case])
    assert patient.turned() == {}


def test_the_thresholds(patient: IsolatedServer) -> None:
    patient.execute("CREATE SEQUENCE number MINVALUE 0 START 0 MAXVALUE 100", "SELECT setval('number', 80)")
    assert patient.turned() == {}
    patient.execute("SELECT setval('number', 81)")
    assert patient.turned() == {EXHAUSTION: "WARNING"}
    assert "19 are left" in patient.look(EXHAUSTION)[EXHAUSTION].message
    patient.execute("SELECT setval('number', 91)")
    assert patient.turned() == {EXHAUSTION: "CRITICAL"}
    patient.execute("ALTER SEQUENCE number MAXVALUE 1000")
    assert patient.turned() == {}


def test_what_may_be_read_is_told_though_other_sequences_may_not(patient: IsolatedServer) -> None:
    patient.execute("CREATE SEQUENCE closed", "CREATE SEQUENCE open MAXVALUE 100", "SELECT setval('open', 98)")
    with others(patient):
        patient.execute("GRANT SELECT ON open TO mon", "GRANT USAGE ON open TO plain")
        assert seen_by(patient, EXHAUSTION) == {"mon": "CRITICAL", "plain": "CRITICAL"}
        message = patient.look(EXHAUSTION, dsn=patient.as_role("mon"))[EXHAUSTION].message
        assert "the last value of 1 sequences may not be read" in message


def test_a_sequence_that_is_being_altered_keeps_nobody_waiting(patient: IsolatedServer) -> None:
    patient.execute("CREATE SEQUENCE number", "CREATE SEQUENCE other MAXVALUE 100", "SELECT setval('other', 50)")
    with patient.session("ALTER SEQUENCE number INCREMENT 2"):
        found = patient.look(EXHAUSTION)[EXHAUSTION]
        assert found.status == "UNKNOWN"
        assert "1 sequences are being altered" in found.message
    assert patient.turned() == {}


def test_more_sequences_than_one_question_reads(patient: IsolatedServer) -> None:
    patient.execute(
        "DO $$ BEGIN FOR n IN 1..2100 LOOP EXECUTE format('CREATE SEQUENCE s%s MAXVALUE 100', n); PERFORM nextval('s' || n); END LOOP; END $$"
    )
    assert patient.turned() == {}
    for name in ("s1", "s1000", "s1001", "s2100"):
        patient.execute(f"SELECT setval('{name}', 98)")
        assert patient.turned() == {EXHAUSTION: "CRITICAL"}, name
        patient.execute(f"SELECT setval('{name}', 1)")
