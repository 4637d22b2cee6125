# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set that is not any more what it was: it is known before anybody relies on it, and the set before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults

#: These tests do not depend on the platform.
PLATFORM = "last"

#: By name: what is done in the newest set, to which file, and how it is told.
DAMAGE = {
    "a flipped bit": ('python3 -c "$FLIP" "$FILE"', "another content than it was verified with"),
    "a file cut off": ('truncate -s -1 "$FILE"', "bytes instead of"),
    "a file that is gone": ('rm "$FILE"', "cannot be read: No such file or directory"),
    "a file that nobody may read": ('chmod 000 "$FILE"', "cannot be read: Permission denied"),
    "roles cut off": ("truncate -s 10 roles.json", "roles.json has 10 bytes instead of"),
    "an altered manifest": ("sed -i '/serial/s/1/9/;/serial/s/2/9/' manifest.json", "does not fit its digest"),
    "no manifest": ("rm manifest.json", "it has no manifest"),
}


@pytest.fixture(scope="module")
def pair(vault: Vaults) -> Vault:
    """Two sets, whose dumps are not compressed."""
    there = vault("damage", compression="none")
    there.backup("older")
    there.backup("newer")
    return there


@pytest.fixture
def newest(pair: Vault) -> Iterator[str]:
    """Folder of the newer set, which is whole again afterwards."""
    path = f"{pair.directory}/{pair.newest()}"
    pair.host.check_output("cp -a %s /root/whole", path)
    yield path
    pair.host.check_output("rm -rf %s && mv /root/whole %s", path, path)


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_known_and_the_set_before_is_used(pair: Vault, newest: str, damage: str) -> None:
    command, told = DAMAGE[damage]
    pair.damage(newest, command)
    look = pair.look()
    (hurt_set,) = (each for each in look.report["sets"] if not each["verified"])
    assert newest.endswith(hurt_set["name"])
    assert told in hurt_set["problems"][0]
    status, message = look.finding("damage")
    assert status in ("CRITICAL", "WARNING")
    assert hurt_set["name"] in message
    assert pair.restored() == ["older"]
    refused = pair.run("restore", "--database", "ledger", "--set", hurt_set["name"])
    assert refused.rc == 1
    assert told in refused.stderr


def test_silent_damage_is_found_by_the_restore_and_known_from_then_on(pair: Vault, newest: str) -> None:
    largest = pair.corrupt(newest)
    assert len(pair.look().verified) == 2, "nothing shows it"
    refused = pair.run("restore", "--database", "ledger")
    assert refused.rc == 1
    assert f"{largest} has another content than it was verified with" in refused.stderr
    (older,) = pair.look().verified
    assert f"--set {older}" in refused.stderr
    assert pair.server.sql("SELECT datname FROM pg_database WHERE datname ~ '^(pgsop|ledger)_'") == ""
    assert pair.restored() == ["older"]


def test_silent_damage_is_found_by_reading_every_byte(pair: Vault, newest: str) -> None:
    pair.corrupt(newest)
    look = pair.look("--verify")
    assert len(look.verified) == 1
    assert look.finding("damage")[0] == "CRITICAL"
    assert pair.look().verified == look.verified, "it is noted"


def test_restored_files_verify_with_sha256sum(pair: Vault) -> None:
    pair.host.check_output("cd %s/latest && sha256sum -c --quiet SHA256SUMS", pair.directory)
