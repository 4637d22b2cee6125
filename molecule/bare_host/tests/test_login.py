# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets in, and who does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bare_host.tests.conftest import Logins
    from conftest import PlayRunner, Server
    from testinfra.host import Host

WRONG = "canary-Wrong-0b8e2d"


def test_postgres_gets_in_over_the_socket(server: Server) -> None:
    assert server.sql("SELECT current_user, inet_server_addr() IS NULL") == "postgres|t"


def test_another_user_of_the_host_does_not_get_in_as_postgres(host: Host) -> None:
    answer = host.run("runuser -u nobody -- psql -XAtw -h /var/run/postgresql -U postgres -d postgres -c 'SELECT 1'")
    assert answer.rc == 2
    assert 'Peer authentication failed for user "postgres"' in answer.stderr


def test_root_without_a_role_does_not_get_in_over_the_socket(host: Host) -> None:
    answer = host.run("psql -XAtw -d postgres -c 'SELECT 1'")
    assert answer.rc == 2
    assert 'no pg_hba.conf entry for host "[local]", user "root"' in answer.stderr


def test_a_role_with_a_password_does_not_get_in_over_the_socket(logins: Logins) -> None:
    answer = logins.attempt("app", address="/var/run/postgresql")
    assert answer.rc == 2
    assert 'no pg_hba.conf entry for host "[local]", user "app"' in answer.stderr


def test_right_password_gets_in_over_loopback(logins: Logins) -> None:
    assert logins.attempt("app").stdout == "app\n"


def test_wrong_password_does_not_get_in(logins: Logins) -> None:
    answer = logins.attempt("app", password=WRONG)
    assert answer.rc == 2
    assert 'password authentication failed for user "app"' in answer.stderr


def test_right_password_gets_in_over_ipv6_loopback_where_there_is_ipv6(server: Server, logins: Logins) -> None:
    answer = logins.attempt("app", address="::1")
    if server.read("/proc/net/if_inet6"):
        assert answer.stdout == "app\n"
    else:
        assert "Cannot assign requested address" in answer.stderr


def test_postgres_does_not_get_in_over_tcp_without_a_password(logins: Logins) -> None:
    answer = logins.attempt("postgres", password="")
    assert answer.rc == 2
    assert "no password supplied" in answer.stderr


def test_nobody_reaches_the_server_by_the_address_of_the_host(host: Host, logins: Logins) -> None:
    address = host.check_output("hostname -I").split()[0]
    answer = logins.attempt("app", address=address)
    assert answer.rc == 2
    assert "Connection refused" in answer.stderr


def test_new_passwords_are_kept_as_scram_verifiers(server: Server) -> None:
    server.sql("SET log_statement = 'none'; CREATE ROLE typed LOGIN PASSWORD 'typed-in-clear'")
    kept = server.sql("SELECT left(rolpassword, 14) FROM pg_authid WHERE rolname = 'typed'")
    server.sql("DROP ROLE typed")
    assert kept == "SCRAM-SHA-256$"


@pytest.mark.on_platform("last")
class TestDeclaredPairs:
    """pg_hardening_hba_pairs lets in the declared pairs and nobody else."""

    @pytest.fixture(scope="class", autouse=True)
    @staticmethod
    def narrow(host: Host, server: Server, play: PlayRunner) -> Iterator[None]:
        pairs = [{"database": "crm", "role": "app"}, {"database": "Q3 figures", "role": "Reporter"}]
        for pair in pairs:
            server.sql(f'CREATE DATABASE "{pair["database"]}"')
        only = ["--tags", "pg_hardening"]
        site = "aerovista.postgresql.site"
        narrowed = play(site, on=host, extra_vars={"pg_hardening_hba_pairs": pairs}, arguments=only)
        assert narrowed.rc == 0, narrowed.output
        yield
        widened = play(site, on=host, arguments=only)
        assert widened.rc == 0, widened.output
        for pair in pairs:
            server.sql(f'DROP DATABASE "{pair["database"]}"')

    @pytest.mark.parametrize(("role", "database"), [("app", "crm"), ("Reporter", "Q3 figures")])
    def test_declared_pair_gets_in(self, logins: Logins, role: str, database: str) -> None:
        assert logins.attempt(role, database=database).stdout == f"{role}\n"

    @pytest.mark.parametrize(
        ("role", "database"),
        [
            ("app", "Q3 figures"),
            ("Reporter", "crm"),
            ("app", "postgres"),
            ("Reporter", "postgres"),
            ("postgres", "crm"),
        ],
    )
    def test_any_other_pair_does_not_get_in(self, logins: Logins, role: str, database: str) -> None:
        answer = logins.attempt(role, database=database)
        assert answer.rc == 2
        assert f'no pg_hba.conf entry for host "127.0.0.1", user "{role}", database "{database}"' in answer.stderr

    def test_postgres_still_gets_in_over_the_socket(self, server: Server) -> None:
        assert server.sql("SELECT current_user", "crm") == "postgres"
