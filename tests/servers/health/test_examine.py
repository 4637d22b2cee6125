# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole look: what fails, hangs or may not be seen is said, and the rest is there all the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import CRITICAL, OK, UNKNOWN, WARNING
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health import examine as examining
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.catalogue import CHECKS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.check import (
    DATABASE,
    HOST,
    SERVER,
    Check,
    Measured,
    check,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import ExtraCheck, HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.examine import ExamineRequest, examine
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer

QUEUE = {"name": "queue", "database": "clinic", "warn": 5.0, "crit": 10.0}


def extra(patient: IsolatedServer, sql: str, **more: object) -> tuple[str, str]:
    """Status and message of a question of the site."""
    config = HealthConfig(
        patient.major, extra_checks=(question(sql, **more),), state_directory="/nowhere", statement_timeout_ms=300
    )
    (finding,) = examine(ExamineRequest(patient.server.cluster, config, only=("extra.*",), remember=False)).findings
    return finding.status, finding.message


def question(sql: str, **more: Any) -> ExtraCheck:
    return ExtraCheck(**{**QUEUE, "sql": sql, **more})


def test_questions_of_the_site(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE job AS SELECT generate_series(1, 7) AS id")
    assert extra(patient, "SELECT count(*) FROM public.job") == (WARNING, "queue in clinic: 7")
    assert extra(patient, "SELECT true") == (OK, "queue in clinic: well")
    assert extra(patient, "SELECT 'mail', 11 UNION ALL SELECT 'sms', 1") == (CRITICAL, "queue of mail in clinic: 11")


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT pg_sleep(5), 1", "statement timeout"),
        ("SELECT nonsense", 'column "nonsense" does not exist'),
        ("DROP TABLE public.job", "read-only transaction"),
        ("SELECT count(*) FROM public.locked", "lock timeout|statement timeout"),
    ],
)
def test_a_question_that_fails_hangs_or_writes_is_unknown(patient: IsolatedServer, sql: str, told: str) -> None:
    patient.execute("CREATE TABLE job ()", "CREATE TABLE locked ()")
    with patient.session("LOCK TABLE locked"):
        status, message = extra(patient, sql)
    assert status == UNKNOWN
    assert any(words in message for words in told.split("|")), message
    patient.execute("SELECT FROM job")


def test_a_question_to_a_database_that_is_not_there_is_unknown(patient: IsolatedServer) -> None:
    status, message = extra(patient, "SELECT 1", database="nowhere")
    assert (status, "there is no such database" in message) == (UNKNOWN, True)


def test_a_database_that_lets_nobody_in_hides_what_is_in_it(patient: IsolatedServer) -> None:
    patient.execute("CREATE ROLE outsider LOGIN IN ROLE pg_monitor", "REVOKE CONNECT ON DATABASE clinic FROM PUBLIC")
    try:
        finding = patient.look("indexes.invalid", dsn=patient.as_role("outsider"))["indexes.invalid"]
        assert (finding.status, finding.visible) == (UNKNOWN, False)
        assert "databases clinic: " in finding.message
        assert (
            patient.look("indexes.invalid", dsn=patient.as_role("outsider"), exclude_databases=("clinic",))[
                "indexes.invalid"
            ].status
            == OK
        )
    finally:
        patient.execute("DROP ROLE outsider")


def test_what_is_disabled_or_excluded_does_not_turn(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit (id smallserial)", "SELECT setval('visit_id_seq', 32700)")
    assert patient.turned() == {"sequences.exhaustion": CRITICAL}
    assert patient.turned(exclude={"sequences.*": ("clinic.public.visit_*",)}) == {}
    assert patient.turned(exclude={"sequences.*": ("other.public.visit_*",)}) == {"sequences.exhaustion": CRITICAL}
    assert patient.turned(exclude_databases=("cli*",)) == {}
    assert "sequences.exhaustion" not in patient.look(disabled=("sequences.*",))
    assert patient.turned(thresholds={"sequences.exhaustion": {"warn": 99.9, "crit": None}}) == {}


def test_a_check_that_hangs_costs_the_deadline_and_the_others_report(
    patient: IsolatedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    @check("test.hangs", sop="4", title="what hangs", scope=DATABASE)
    def hangs(_here: object) -> Iterator[Measured]:
        time.sleep(30)
        yield Measured("never")

    @check("test.quick", sop="4", title="what is quick", scope=SERVER)
    def quick(_here: object) -> Iterator[Measured]:
        yield Measured("at once", None, "it is quick")

    monkeypatch.setattr(examining, "CHECKS", (hangs, quick))
    began = time.monotonic()
    report = examine(
        ExamineRequest(
            patient.server.cluster,
            HealthConfig(patient.major, deadline_s=1, state_directory="/nowhere"),
            remember=False,
        )
    )
    assert time.monotonic() - began < 5
    assert [(finding.id, finding.status, finding.message) for finding in report.findings] == [
        ("test.hangs", UNKNOWN, "not known: databases clinic, postgres: no answer within 1 s"),
        ("test.quick", OK, "it is quick"),
    ]


def test_a_server_that_takes_the_connection_and_says_no_more_is_critical(
    patient: IsolatedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering = Session.value

    def value(session: Session, statement: str, parameters: Any = ()) -> Any:
        return answering(session, "SELECT pg_sleep(1.5)" if statement == "SELECT 1" else statement, parameters)

    monkeypatch.setattr(Session, "value", value)
    config = HealthConfig(patient.major, deadline_s=1, state_directory="/nowhere")
    report = examine(
        ExamineRequest(patient.server.cluster, config, only=("service.readiness", "indexes.invalid"), remember=False)
    )
    found = {finding.id: finding for finding in report.findings}
    assert found["service.readiness"].status == CRITICAL
    assert "did not answer a first query" in found["service.readiness"].message


def test_part_of_what_was_measured_is_not_lost_when_the_rest_is_hidden(patient: IsolatedServer) -> None:
    patient.execute(
        "CREATE ROLE half LOGIN IN ROLE pg_monitor",
        "CREATE TABLE visit (id smallserial, number smallserial)",
        "SELECT setval('visit_id_seq', 32700)",
        "GRANT SELECT ON SEQUENCE visit_id_seq TO half",
    )
    try:
        finding = patient.look("sequences.exhaustion", dsn=patient.as_role("half"))["sequences.exhaustion"]
        assert finding.status == CRITICAL
        assert "visit_id_seq of clinic has used 99.8 %" in finding.message
        assert "not known" in finding.message
    finally:
        patient.execute("DROP OWNED BY half", "DROP ROLE half")


def test_counters_that_cannot_be_remembered_are_unknown(
    patient: IsolatedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    @check("test.rate", sop="4", title="a rate", scope=SERVER)
    def rate(here: Any) -> Iterator[Measured]:
        here.window("test", {"n": 1}, "boot")
        yield Measured("n")

    monkeypatch.setattr(examining, "CHECKS", (rate,))
    (finding,) = examine(
        ExamineRequest(patient.server.cluster, HealthConfig(patient.major, state_directory="/nowhere/at/all"))
    ).findings
    assert finding.status == UNKNOWN
    assert "cannot be remembered" in finding.message


def test_the_host_is_looked_at_when_no_server_answers(
    patient: IsolatedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    @check("test.host", sop="4", title="the host", scope=HOST)
    def host(here: object) -> Iterator[Measured]:
        yield Measured("host", None, "the host is there")

    quick: Check = host
    monkeypatch.setattr(examining, "CHECKS", (quick, *CHECKS))
    nobody = Cluster(
        patient.major, "main", 1, False, patient.server.cluster.owner, "/nowhere", "/nowhere", "/nowhere", "/nowhere"
    )
    report = examine(
        ExamineRequest(
            nobody,
            HealthConfig(patient.major, state_directory="/nowhere"),
            only=("test.*", "service.readiness", "indexes.*"),
        )
    )
    told = {finding.id: finding.status for finding in report.findings}
    assert told["test.host"] == OK
    assert told["service.readiness"] == CRITICAL
    assert told["indexes.invalid"] == UNKNOWN
    assert (report.status, report.server_version) == (CRITICAL, "")
    (alone,) = examine(
        ExamineRequest(nobody, HealthConfig(patient.major, state_directory="/nowhere"), only=("indexes.invalid",))
    ).findings
    assert (alone.status, alone.message) == (UNKNOWN, "not known: the server does not answer")


def test_check_of_the_host_may_read_from_the_server_besides(
    patient: IsolatedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def besides(here: Any) -> Iterator[Measured]:
        yield Measured("server", None, f"the server is {here.version}", WARNING)

    @check("test.both", sop="4", title="both", scope=HOST, at_server=besides)
    def both(_here: object) -> Iterator[Measured]:
        yield Measured("host", None, "the host is there", CRITICAL)

    monkeypatch.setattr(examining, "CHECKS", (both, *CHECKS))
    config = HealthConfig(patient.major, state_directory="/nowhere")

    def look(cluster: Cluster) -> tuple[str, str]:
        (finding,) = examine(ExamineRequest(cluster, config, only=("test.both",), remember=False)).findings
        return finding.status, finding.message

    assert look(patient.server.cluster) == (CRITICAL, f"the host is there; the server is {patient.major}")
    nobody = Cluster(patient.major, "main", 1, False, patient.server.cluster.owner, "/n", "/n", "/n", "/n")
    assert look(nobody) == (CRITICAL, "the host is there"), "without a server, the part of the host is all"


def test_check_of_the_host_is_not_well_without_its_part_of_the_server(
    patient: IsolatedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hangs(_here: object) -> Iterator[Measured]:
        time.sleep(30)
        yield Measured("never")

    @check("test.both", sop="4", title="both", scope=HOST, at_server=hangs)
    def both(_here: object) -> Iterator[Measured]:
        yield Measured("host", None, "the host is there")

    monkeypatch.setattr(examining, "CHECKS", (both,))
    config = HealthConfig(patient.major, deadline_s=1, state_directory="/nowhere")
    (finding,) = examine(ExamineRequest(patient.server.cluster, config, remember=False)).findings
    assert (finding.status, finding.message) == (UNKNOWN, "not known: no answer within 1 s")
