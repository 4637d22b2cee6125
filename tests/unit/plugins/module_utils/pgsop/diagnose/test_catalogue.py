# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of what the server's owner sees."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from types import SimpleNamespace

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import scram
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import catalogue
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.catalogue import (
    MD5,
    NONE,
    SCRAM,
    kind_of,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    CLUSTER,
    GOOD,
    known,
)

OLD = MD5 + hashlib.new(MD5, b"hushappuser").hexdigest()


@pytest.mark.parametrize(
    ("stored", "kind"),
    [(None, NONE), ("", NONE), (OLD, MD5), (scram.verifier("x"), SCRAM)],
    ids=["none", "empty", "md5", "scram"],  # a verifier is another one each time
)
def test_kinds(stored: str | None, kind: str) -> None:
    assert kind_of(stored) == kind


@pytest.mark.parametrize(
    ("stored", "expected"),
    [(None, None), (OLD, True), (OLD[:-1] + "g", False), (scram.verifier("hush"), True), (scram.verifier("no"), False)],
    ids=["none", "md5", "another md5", "scram", "another scram"],
)
def test_whether_the_password_is_the_stored_one(stored: str | None, expected: bool | None) -> None:
    assert catalogue._matches(GOOD.target, stored) is expected


def test_a_host_that_allows_no_md5(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise ValueError("disabled for FIPS")

    monkeypatch.setattr(hashlib, "new", refuse)
    assert catalogue._matches(GOOD.target, OLD) is None


def test_without_a_password_there_is_nothing_to_compare() -> None:
    password_source = dataclasses.replace(GOOD.target.password_source, password=None)
    assert catalogue._matches(dataclasses.replace(GOOD.target, password_source=password_source), OLD) is None


@pytest.mark.parametrize(
    ("limit", "used", "superuser", "full"),
    [(-1, 9, False, False), (2, 1, False, False), (2, 2, False, True), (0, 0, False, True), (0, 0, True, False)],
)
def test_limits(limit: int, used: int, superuser: bool, full: bool) -> None:
    found = known(
        role_limit=limit, role_sessions=used, database_limit=limit, database_sessions=used, superuser=superuser
    )
    assert (found.role_full, found.database_full) == (full, full)


@pytest.mark.parametrize(("used", "reserved", "free"), [(0, 0, 97), (97, 0, 0), (100, 0, 0), (90, 5, 2)])
def test_free_slots(used: int, reserved: int, free: int) -> None:
    assert known(used=used, reserved=reserved).free == free


@pytest.mark.parametrize(("version", "found"), [(16, ()), (17, ("guard",)), (18, ("guard",))])
def test_login_triggers_are_read_from_17_on(
    monkeypatch: pytest.MonkeyPatch, version: int, found: tuple[str, ...]
) -> None:
    def connect(*_arguments: object) -> contextlib.nullcontext[SimpleNamespace]:
        return contextlib.nullcontext(SimpleNamespace(rows=lambda _statement: [{"name": "guard"}]))

    monkeypatch.setattr(catalogue, "connect", connect)
    cluster = dataclasses.replace(CLUSTER, version=version)
    assert catalogue.login_triggers(cluster, GOOD.target) == found
