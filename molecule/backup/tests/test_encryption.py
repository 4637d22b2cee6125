# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypted sets: unreadable without the key, as good as others with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults

#: These tests do not depend on the platform.
PLATFORM = "first"

KEY = "age-keygen -o %s 2>/dev/null && chown postgres:postgres %s && chmod 0400 %s && age-keygen -y %s"


@pytest.fixture(scope="module")
def sealed(vault: Vaults) -> Vault:
    """A set of the ledger for one key, which is on the host."""
    there = vault("sealed")
    public = there.host.check_output(KEY, *[f"{there.state}/key"] * 4)
    there.configure(encryption_recipients=[public], encryption_identity_file=f"{there.state}/key")
    there.backup("sealed")
    return there


def test_nothing_in_it_is_readable(sealed: Vault) -> None:
    files = sealed.files("latest/")
    assert {"globals.sql.age", "roles.json.age", "ledger.dump.tar.age", "ledger.objects.json.age"} <= set(files)
    assert {file for file in files if not file.endswith(".age")} == {"manifest.json", "SHA256SUMS"}
    assert sealed.host.run("grep -rqE 'CREATE ROLE|SCRAM-SHA|PGDMP' %s", sealed.directory).rc == 1
    assert sealed.look().newest["encrypted"]


def test_restore_and_drill_with_the_key_leave_nothing_plain_behind(sealed: Vault) -> None:
    before = sealed.files()
    assert sealed.restored() == ["sealed"]
    assert sealed.report("drill")["databases"][0]["compared"]["rows"] == 2001
    assert sealed.files() == before
    assert sealed.scratch() == ""


@pytest.mark.parametrize("key", ["missing", "of somebody else"])
def test_without_the_right_key_restore_and_drill_are_refused(sealed: Vault, key: str) -> None:
    path, before = f"{sealed.state}/key", sealed.files()
    sealed.host.check_output("mv %s %s.away", path, path)
    try:
        if key != "missing":
            sealed.host.check_output(KEY, *[path] * 4)
        for act in (["restore", "--database", "ledger"], ["drill"]):
            answer = sealed.run(*act)
            assert answer.rc == 1
            expected = f"the secret key {path} cannot be read" if key == "missing" else "no identity matched"
            assert expected in answer.stderr, answer.stderr
            assert "Next step: " in answer.stderr
        look = sealed.look()
        assert look.verified, "the set is as good as before"
        assert look.finding("drill")[0] == "CRITICAL"
        assert (sealed.files(), sealed.scratch()) == (before, "")
    finally:
        sealed.host.check_output("mv %s.away %s", path, path)
    sealed.sound()
