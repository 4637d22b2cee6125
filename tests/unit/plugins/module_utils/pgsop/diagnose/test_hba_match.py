# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which line decides."""

from __future__ import annotations

import dataclasses
import socket
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import hba_match
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.hba_match import decision, ways
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import GOOD, known


def row(number: int, kind: str, address: str | None, method: str, **changed: Any) -> dict[str, Any]:
    found = {
        "line_number": number,
        "type": kind,
        "database": ["all"],
        "user_name": ["all"],
        "address": address,
        "netmask": None,
        "auth_method": method,
        "options": None,
        "error": None,
        "file_name": None,
        "number": number,
    }
    return {**found, **changed}


def decided(*rows: dict[str, Any], ssl: bool = False, sslmode: str = "prefer", **changed: Any) -> hba_match.Decision:
    target = dataclasses.replace(GOOD.target, parameters={"sslmode": sslmode}, **changed)
    return decision(target, GOOD.reach, known(rules=tuple(rows), ssl=ssl))


@pytest.mark.parametrize(
    ("rows", "line", "shadowed"),
    [
        ([row(1, "local", None, "peer"), row(2, "host", "127.0.0.1", "trust", netmask="255.255.255.255")], 2, []),
        ([row(1, "host", "samehost", "trust"), row(2, "host", "all", "md5")], 1, [2]),
        ([row(1, "host", "all", "trust", user_name=["+workers"]), row(2, "host", "samenet", "md5")], 1, [2]),
        ([row(1, "host", "all", "trust", user_name=["+others"]), row(2, "host", "samenet", "md5")], 2, []),
        ([row(1, "host", "all", "trust", database=["replication"]), row(2, "host", "all", "md5")], 2, []),
        ([row(1, "host", "127.0.0.5", "md5", netmask="255.0.0.0")], 1, []),
        ([row(1, "host", "all", "trust", database=["/^app"], user_name=["/user$"])], 1, []),
        ([row(1, "host", "10.0.0.0", "trust", netmask="255.0.0.0")], None, []),
        ([], None, []),
    ],
)
def test_the_first_line_that_matches(rows: list[dict[str, Any]], line: int | None, shadowed: list[int]) -> None:
    target, groups = GOOD.target, frozenset({"appuser", "workers"})
    found = decision(target, GOOD.reach, known(rules=tuple(rows), groups=groups))
    assert (found.line.place if found.line else None) == (
        f"line {line} of /etc/postgresql/17/main/pg_hba.conf" if line else None
    )
    assert [each.place.split()[1] for each in found.shadowed] == [str(number) for number in shadowed]


def test_password_in_the_line_is_not_shown() -> None:
    line = decided(row(1, "host", "all", "ldap", options=["ldapserver=a", "ldapbindpasswd=s3cret s3cret"])).line
    assert str(line).endswith("ldap ldapserver=a ldapbindpasswd=***")


@pytest.mark.parametrize(
    ("sslmode", "ssl", "kind", "method"),
    [
        ("prefer", True, "ssl", "scram-sha-256"),
        ("prefer", False, "plain", "md5"),
        ("disable", True, "plain", "md5"),
        ("allow", True, "plain", "md5"),
        ("require", True, "ssl", "scram-sha-256"),
    ],
)
def test_encryption(sslmode: str, ssl: bool, kind: str, method: str) -> None:
    both = (row(1, "hostssl", "all", "scram-sha-256"), row(2, "hostnossl", "all", "md5"))
    found = decided(*both, ssl=ssl, sslmode=sslmode)
    assert (found.kind, found.method) == (kind, method)


def test_what_is_rejected_encrypted_is_tried_plain() -> None:
    found = decided(row(1, "hostssl", "all", "reject"), row(2, "host", "all", "md5"), ssl=True)
    assert (found.kind, found.method) == ("plain", "md5")
    assert decided(row(1, "host", "all", "reject"), ssl=True).method == "reject"


def test_ways() -> None:
    assert ways(dataclasses.replace(GOOD.target, host="/run"), ssl=True) == ("local",)
    assert ways(dataclasses.replace(GOOD.target, parameters={"sslmode": "verify-full"}), ssl=False) == ("ssl",)


@pytest.mark.parametrize(
    ("pattern", "matches"), [("here", True), ("HERE", True), (".example.com", False), ("there", False)]
)
def test_host_names(monkeypatch: pytest.MonkeyPatch, pattern: str, matches: bool) -> None:
    monkeypatch.setattr(socket, "getnameinfo", lambda _address, _flags: ("here", "0"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda _name, _port: [(0, 0, 0, "", ("127.0.0.1", 0))])
    assert (decided(row(1, "host", pattern, "trust")).line is not None) is matches


def test_a_host_name_that_does_not_lead_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getnameinfo", lambda _address, _flags: ("here", "0"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda _name, _port: [(0, 0, 0, "", ("10.0.0.1", 0))])
    assert decided(row(1, "host", "here", "trust")).line is None


def test_lines_with_errors() -> None:
    found = decided(row(1, "host", "all", "trust"), row(2, "", None, "", error="odd", file_name="/x"))
    assert found.broken == ("line 2 of /x: odd",)
    assert not found.certain


@pytest.mark.parametrize(("loaded", "expected"), [(-60.0, False), (60.0, True)])
def test_a_file_that_is_newer_than_the_last_reload(tmp_path: Path, loaded: float, expected: bool) -> None:
    path = tmp_path / "pg_hba.conf"
    path.touch()
    found = known(hba_file=str(path), loaded=path.stat().st_ctime + loaded)
    assert decision(GOOD.target, GOOD.reach, found).loaded is expected


def test_the_map_of_a_line() -> None:
    found = decided(row(1, "local", None, "peer", options=["map=staff"]), host="/run")
    assert (found.kind, found.method, found.map) == ("local", "peer", "staff")
