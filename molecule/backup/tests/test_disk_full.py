# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk of the sets is full before, while, or just when a set is finished: the run fails and says so, the set before it stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults
    from conftest import Server

#: These tests do not depend on the platform.
PLATFORM = "first"

MOUNT = "mount -t tmpfs -o size=%s,mode=0700,uid=$(id -u postgres),gid=$(id -g postgres) tmpfs %s"


@pytest.fixture(scope="module")
def narrow(vault: Vaults, shop: Server) -> Vault:
    """A small file system with a set. The next one is not to be compressed, which nobody expects to take so much more room."""
    assert int(shop.sql("SELECT pg_database_size('shop')")) > 20_000_000
    there = vault("full", databases=("ledger", "shop"))
    there.host.check_output(MOUNT, "64m", there.directory)
    there.backup()
    there.configure(compression="none")
    return there


def resized(there: Vault, megabytes: float) -> None:
    """Leave so much free."""
    used = int(there.host.check_output("df --output=used -k %s | tail -n 1", there.directory))
    there.host.check_output("mount -o remount,size=%s %s", f"{int(used + megabytes * 1024)}k", there.directory)


def unharmed(there: Vault, before: list[str]) -> None:
    assert there.files() == before
    there.sound()


def test_too_little_room_is_refused_before_anything_is_written(narrow: Vault) -> None:
    before = narrow.files()
    resized(narrow, 1.5)
    told = narrow.fails()
    assert "Cannot begin a backup" in told
    assert re.search(r"\(/var/backups/test_full\): 2 MB are free, and the set may take [1-9]\d* MB", told)
    unharmed(narrow, before)


def test_disk_that_fills_up_while_a_database_is_dumped(narrow: Vault) -> None:
    before = narrow.files()
    expected = sum(each["bytes"] for each in narrow.look().report["sets"]) * 1.3 / 2**20
    resized(narrow, expected)
    told = narrow.fails()
    assert "No space left on device" in told
    assert "shop" in told
    unharmed(narrow, before)


def test_disk_that_fills_up_when_the_manifest_is_written(narrow: Vault) -> None:
    before = narrow.files()
    resized(narrow, 100)
    # The calls before are the note that a backup runs, and the descriptions of the databases.
    strace = "runuser -u postgres -- strace -qq -o /dev/null -e trace=rename"
    program = f"{strace} -e inject=rename:error=ENOSPC:when={2 + len(narrow.databases)} pgsop"
    told = narrow.fails(program)
    assert "manifest.json" in told
    assert "No space left on device" in told
    unharmed(narrow, before)
