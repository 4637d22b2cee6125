# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pg_hba.conf makes of a connection, and what of it is in force."""

from __future__ import annotations

import os
import pwd
import signal
import time

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.read import MANAGED
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.knock import ACCEPTED, REFUSED, knock
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import WRONG, DiagnosisHost
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR

ME = pwd.getpwuid(os.geteuid()).pw_name


def test_no_rule(office: DiagnosisHost) -> None:
    office.rules("host other all 127.0.0.1/32 scram-sha-256", "host all all 10.0.0.0/8 scram-sha-256")
    name, sentence, remedy = office.seen()
    assert name == "hba.no_rule"
    assert "host appdb appuser 127.0.0.1/32" in sentence
    assert "echo 'host appdb appuser 127.0.0.1/32 scram-sha-256' | sudo tee -a" in remedy


def test_the_line_that_is_proposed_lets_it_in(office: DiagnosisHost) -> None:
    office.rules("host other all 127.0.0.1/32 scram-sha-256")
    remedy = office.seen()[2]
    line = remedy.split("'")[1]
    office.rules("host other all 127.0.0.1/32 scram-sha-256", line)
    assert office.cause() == ""


def test_file_of_this_collection_is_changed_by_its_variables(office: DiagnosisHost) -> None:
    rules = f"{MANAGED}pg_hardening\nlocal all {{administrator}} trust\n"
    office.hba(f"{rules}host other all 127.0.0.1/32 scram-sha-256\n")
    name, _sentence, remedy = office.seen()
    assert (name, "{database: appdb, role: appuser} to pg_hardening_hba_pairs" in remedy) == ("hba.no_rule", True)
    assert "tee" not in remedy
    office.hba(f"{rules}host appdb all 127.0.0.1/32 reject\n")
    name, _sentence, remedy = office.seen()
    assert (name, remedy.startswith("in pg_hardening_hba_rules, drop the line")) == ("hba.reject", True)
    office.hba(f"{rules}host other all 127.0.0.1/99 md5\n")
    assert "run site.yml again" in office.seen()[2]


def test_no_rule_is_proposed_for_names_that_do_not_exist(office: DiagnosisHost) -> None:
    office.rules("host other all 127.0.0.1/32 scram-sha-256")
    name, sentence, remedy = office.seen(office.uri(user="ghost", database="nosuch"))
    assert name == "hba.no_rule"
    assert "no role ghost and no database nosuch" in sentence
    assert "tee" not in remedy
    assert "scram-sha-256" not in remedy


def test_a_line_that_rejects(office: DiagnosisHost) -> None:
    office.rules("host appdb +workers samehost reject", "host all all samenet scram-sha-256")
    office.execute("CREATE ROLE workers", "GRANT workers TO appuser")
    try:
        name, sentence, _remedy = office.seen()
        assert name == "hba.reject"
        assert "line 2 of" in sentence
        assert "before line 3 of" in sentence
        office.execute("REVOKE workers FROM appuser")
        assert office.cause() == ""
    finally:
        office.execute("DROP ROLE workers")


def test_lines_that_are_shadowed_are_told(office: DiagnosisHost) -> None:
    office.rules("host all all localhost scram-sha-256", "host appdb all 127.0.0.0/8 trust", "host x all all trust")
    seen = {step.name: step.message for step in office.look().steps}["rules"]
    assert "first match is line 2 of" in seen
    assert "it shadows line 3 of" in seen
    assert "line 4" not in seen


def test_a_new_file_that_is_not_loaded(office: DiagnosisHost) -> None:
    office.rules("host other all 127.0.0.1/32 scram-sha-256")
    time.sleep(0.05)
    office.rules("host all all 127.0.0.1/32 scram-sha-256", reload=False)
    name, sentence, remedy = office.seen()
    assert name == "hba.not_loaded"
    assert "line 2 of" in sentence
    assert "reload" in remedy
    office.reload()
    assert office.cause() == ""


def test_a_broken_file_leaves_the_old_rules_in_force(office: DiagnosisHost) -> None:
    office.rules("host other all 127.0.0.1/32 scram-sha-256")
    office.hba(
        "local all {administrator} trust\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/99 md5\n"
    )
    name, sentence, remedy = office.seen()
    assert name == "hba.broken"
    assert "line 3 of" in sentence
    assert "sudoedit" in remedy


def test_a_broken_file_is_told_even_where_it_works(office: DiagnosisHost) -> None:
    office.hba("local all {administrator} trust\nhost all all nonsense\n")
    report = office.look()
    assert report.works
    assert [remark for remark in report.remarks if remark.startswith("rules: line 2 of")], report.remarks


def test_a_broken_file_is_no_excuse_for_a_wrong_password(office: DiagnosisHost) -> None:
    office.hba("local all {administrator} trust\nhost all all 127.0.0.1/32 scram-sha-256\nhost nonsense\n")
    assert office.cause(office.uri(WRONG)) == "password.wrong"


def test_peer(office: DiagnosisHost) -> None:
    folder = office.server.cluster.socket_directory
    name, sentence, remedy = office.seen(f"host={folder} port={office.server.port} user=appuser dbname=appdb")
    assert name == "peer.user"
    assert f"you are {ME}" in sentence
    assert "appuser@localhost" in remedy


def test_a_user_name_map(office: DiagnosisHost) -> None:
    office.rules("local all all peer map=staff")
    office.ident(f"staff {ME} somebody\n")
    dsn = f"host={office.server.cluster.socket_directory} port={office.server.port} user=appuser dbname=appdb"
    name, sentence, remedy = office.seen(dsn)
    assert name == "ident.map"
    assert f"it lets {ME} be somebody" in sentence
    assert f"staff {ME} appuser" in remedy
    office.ident(f"staff {ME} appuser\n")
    assert office.cause(dsn) == ""
    office.ident("staff /^(.).*$ appuser\n")
    assert office.cause(dsn) == ""


def test_encryption_that_the_server_has_not(office: DiagnosisHost) -> None:
    name, _sentence, remedy = office.seen(office.uri() + "?sslmode=require")
    assert name == "ssl.off"
    assert remedy.endswith("?sslmode=disable")


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_modes_that_do_without(office: DiagnosisHost, mode: str) -> None:
    assert office.cause(office.uri() + f"?sslmode={mode}") == ""


def test_somebody_else_decides(office: DiagnosisHost) -> None:
    office.rules("host all all 127.0.0.1/32 ident")
    assert office.cause() in ("method.other", "peer.user")


def test_replication_is_a_database_of_its_own(office: DiagnosisHost) -> None:
    name, sentence, _remedy = office.seen(office.uri() + "?replication=true")
    assert name == "hba.no_rule"
    assert "host replication appuser" in sentence


@every_major
def test_a_line_of_an_included_file(office: DiagnosisHost) -> None:
    """Files that include others came with 16."""
    if office.major < 16:
        return
    office.write("more.conf", "host appdb appuser 127.0.0.1/32 reject\n")
    office.rules("include more.conf", "host all all 127.0.0.1/32 scram-sha-256")
    name, sentence, _remedy = office.seen()
    assert name == "hba.reject"
    assert f"line 1 of {office.folder}/more.conf" in sentence
    assert f"line 3 of {office.folder}/pg_hba.conf" in sentence


def test_a_role_that_there_is_not_is_no_question_of_who_one_is(office: DiagnosisHost) -> None:
    folder = office.server.cluster.socket_directory
    assert office.cause(f"host={folder} port={office.server.port} user=ghost dbname=appdb") == "role.missing"


def test_rules_that_refuse_the_owner_itself(office: DiagnosisHost) -> None:
    """Neither a password file nor TCP helps a role that has no password by design."""
    cluster = office.server.cluster
    dsn = f"host={cluster.socket_directory} port={cluster.port} user={ADMINISTRATOR} dbname=postgres"
    office.hba("# by hand\nlocal all {administrator} scram-sha-256\n", reload=False)
    _signal(office, REFUSED)
    try:
        name, sentence, remedy = office.seen(dsn, as_user=ADMINISTRATOR)
        assert name == "hba.owner_refused"
        assert f"line 2 of {office.folder}/pg_hba.conf (local all {ADMINISTRATOR} scram-sha-256)" in sentence
        assert f"sed -i --follow-symlinks '1i local all {ADMINISTRATOR} peer' {office.folder}/pg_hba.conf" in remedy
        assert "pgpass" not in remedy
    finally:
        office.hba("local all {administrator} trust\n", reload=False)
        _signal(office, ACCEPTED)


def _signal(office: DiagnosisHost, verdict: str) -> None:
    pid = office.server.cluster.pid
    assert pid is not None
    os.kill(pid, signal.SIGHUP)
    office.wait(lambda: knock(office.server.cluster) == verdict, "the rules are not in force")


def test_socket_without_a_rule_leads_to_tcp(office: DiagnosisHost) -> None:
    office.rules("host all all 127.0.0.1/32 scram-sha-256")
    dsn = f"host={office.server.cluster.socket_directory} port={office.server.port} user=root dbname=root"
    name, sentence, remedy = office.seen(dsn)
    assert name == "hba.no_rule"
    assert "no role root and no database root" in sentence
    assert "over the socket only" in sentence
    assert remedy.startswith("use -h localhost (host=localhost in a connection string)")
    assert "postgresql://ROLE@localhost" in remedy
    assert "DATABASE" in remedy
    assert "tee" not in remedy


def test_database_named_like_a_keyword_is_matched_as_a_name(office: DiagnosisHost) -> None:
    office.rules('host "all" all 127.0.0.1/32 reject', "host all all 127.0.0.1/32 scram-sha-256")
    assert office.cause() == ""
    seen = {step.name: step.message for step in office.look().steps}["rules"]
    assert "line 3 of" in seen
