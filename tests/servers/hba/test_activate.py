# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of the rules comes into force without a session, and goes back where it fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import knock as knocks
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.availability import ANSWERS, REFUSED
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.login import Login
from ansible_collections.aerovista.postgresql.tests.servers.hba.conftest import OWNER, Gate
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major

#: Found nowhere but in a declaration.
PASSWORD = "canary-Vd3kQ7mZ1x"  # pragma: allowlist secret
LOCKED = "local all OWNER scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"
TCP = {"type": "host", "address": "127.0.0.1/32", "method": "scram-sha-256"}
BROKEN = {**TCP, "method": "ldap", "exception": "no ldapserver, which only the server knows"}


@pytest.fixture
def login(gate: Gate) -> Iterator[Login]:
    """A declared login that works."""
    gate.sql("CREATE ROLE clerk LOGIN", "CREATE DATABASE shop", f"ALTER ROLE clerk PASSWORD '{PASSWORD}'")
    assert gate.accepts("clerk", "shop", PASSWORD)
    yield Login("clerk", PASSWORD, "shop", (), ())
    gate.write("local all OWNER peer\n")
    gate.becomes(knocks.ACCEPTED)
    gate.sql("DROP DATABASE shop", "DROP ROLE clerk")


@every_major
@pytest.mark.parametrize(
    "edit", [LOCKED, "local all OWNER peer map=x\n", "local all all reject\n", "host all all 127.0.0.1/32 trust\n"]
)
def test_owner_that_is_locked_out_is_let_in_again(gate: Gate, edit: str) -> None:
    gate.write(edit)
    gate.becomes(knocks.REFUSED)
    gate.change([OWNER, TCP]).run(gate.cluster, REFUSED)
    assert gate.rows("SELECT 1 AS one") == [{"one": 1}]
    assert "edited" not in gate.path.read_text(encoding="utf-8")


@pytest.mark.parametrize("later", [None, "", "locl all\n"])
def test_owner_is_let_in_again_where_the_file_is_gone_or_broken_since(gate: Gate, later: str | None) -> None:
    gate.write(LOCKED)
    gate.becomes(knocks.REFUSED)
    gate.write(later)
    gate.change([OWNER, TCP]).run(gate.cluster, REFUSED)
    assert knocks.knock(gate.cluster) == knocks.ACCEPTED


def test_rules_that_the_server_refuses_leave_the_file_by_hand(gate: Gate) -> None:
    gate.write(LOCKED)
    gate.becomes(knocks.REFUSED)
    before = gate.path.read_bytes()
    with pytest.raises(PgsopError, match="previous state was put back"):
        gate.change([OWNER, BROKEN]).run(gate.cluster, REFUSED)
    assert gate.path.read_bytes() == before
    gate.becomes(knocks.REFUSED)


def test_nothing_is_written_where_no_process_can_be_signalled(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    gate.write(LOCKED)
    gate.becomes(knocks.REFUSED)
    before = gate.path.read_bytes()
    other = gate.cluster.__class__(**{**gate.cluster.__dict__, "owner": gate.cluster.owner})
    monkeypatch.setattr("os.readlink", lambda _path: "/")
    with pytest.raises(PgsopError, match="is not the server of this cluster"):
        gate.change([OWNER, TCP]).run(other, REFUSED)
    assert gate.path.read_bytes() == before


@pytest.mark.parametrize("state", [ANSWERS, REFUSED])
def test_declared_login_that_worked_brings_the_old_rules_back(gate: Gate, login: Login, state: str) -> None:
    if state == REFUSED:
        gate.write(LOCKED)
        gate.becomes(knocks.REFUSED)
    before = gate.path.read_bytes()
    with pytest.raises(PgsopError, match=r"clerk to shop from 127\.0\.0\.1 \(no rule matches") as refused:
        gate.change([OWNER, {**TCP, "database": ["shp"]}], [login]).run(gate.cluster, state)
    assert PASSWORD not in str(refused.value)
    assert gate.path.read_bytes() == before
    gate.until(lambda: gate.accepts("clerk", "shop", PASSWORD))


def test_rule_that_decides_is_named(gate: Gate, login: Login) -> None:
    rejects = {**TCP, "user": ["clerk"], "method": "reject"}
    with pytest.raises(PgsopError, match=r"rule 'host all clerk 127\.0\.0\.1/32 reject' decides"):
        gate.change([OWNER, rejects, TCP], [login]).run(gate.cluster, ANSWERS)


def test_login_that_did_not_work_before_is_no_obstacle(gate: Gate, login: Login) -> None:
    wrong = Login(login.role, "wrong", login.database, (), ())
    absent = Login("absent", PASSWORD, login.database, (), ())
    gate.change([OWNER, {**TCP, "database": ["shp"]}], [wrong, absent]).run(gate.cluster, ANSWERS)
    assert not gate.accepts("clerk", "shop", PASSWORD)


def test_login_of_a_role_that_is_full_is_no_obstacle(gate: Gate, login: Login) -> None:
    gate.sql("ALTER ROLE clerk CONNECTION LIMIT 1")
    gate.change([OWNER, TCP], [login]).run(gate.cluster, ANSWERS)
    gate.until(lambda: gate.accepts("clerk", "shop", PASSWORD))
