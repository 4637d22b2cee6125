# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names, addresses, listeners and sockets of this very host."""

from __future__ import annotations

import dataclasses
import os
import socket
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.network import (
    DENIED,
    MISSING,
    NO_FOLDER,
    THERE,
    is_local,
    probe,
    takes,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.os_user import get_os_user
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionTarget
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.listeners import Listener
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import GOOD


def to(host: str, port: int = 5432, **changed: Any) -> ConnectionTarget:
    return dataclasses.replace(GOOD.target, host=host, port=port, **changed)


@pytest.mark.parametrize(
    ("address", "wanted", "expected"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "::1", False),
        (".".join("0000"), "127.0.0.1", True),
        (".".join("0000"), "::1", False),
        ("::", "::1", True),
        ("::", "127.0.0.1", False),
    ],
)
def test_what_is_reached_where(address: str, wanted: str, expected: bool) -> None:
    assert takes(Listener(address, 1), wanted) is expected


@pytest.mark.parametrize(
    ("address", "expected"), [("127.0.0.1", True), ("127.9.9.9", True), ("192.0.2.1", False), ("2001:db8::1", False)]
)
def test_addresses_of_this_host(address: str, expected: bool) -> None:
    assert is_local(address) is expected


def test_loopback_is_this_host_without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "bind", Mock(side_effect=OSError("Cannot assign requested address")))
    assert is_local("::1")
    assert not is_local("2001:db8::1")


def test_a_listener_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = probe(to("127.0.0.1", port), get_os_user())
        assert found.open == ("127.0.0.1",)
        assert [each.pid for each in found.listening] == [os.getpid()]
        assert found.client == "127.0.0.1"
        assert probe(to("127.0.0.2", port), get_os_user()).open == ()
        assert probe(to("db.invalid", port, hostaddr="127.0.0.1"), get_os_user()).open == ("127.0.0.1",)


def test_a_name_that_does_not_resolve() -> None:
    found = probe(to("db.invalid"), get_os_user())
    assert found.unresolved
    assert not found.local


@pytest.mark.parametrize("name", ["x" * 70 + ".invalid", "a..b"])
def test_a_name_that_is_none(name: str) -> None:
    assert probe(to(name), get_os_user()).unresolved


def test_an_address_that_is_elsewhere() -> None:
    found = probe(to("192.0.2.1"), get_os_user())
    assert (found.local, found.listening, found.addresses) == (False, (), ("192.0.2.1",))


def test_sockets(tmp_path: Path) -> None:
    assert probe(to(str(tmp_path / "none")), get_os_user()).socket == NO_FOLDER
    assert probe(to(str(tmp_path)), get_os_user()).socket == MISSING
    for name in (".s.PGSQL.5432", ".s.PGSQL.5433", ".s.PGSQL.5433.lock"):
        (tmp_path / name).touch()
    found = probe(to(str(tmp_path)), get_os_user())
    assert found.socket == THERE
    assert str(tmp_path / ".s.PGSQL.5433") in found.other_sockets
    assert not [
        path for path in found.other_sockets if path.endswith((".lock", "5432")) and path.startswith(str(tmp_path))
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_socket_that_is_not_for_everybody(tmp_path: Path) -> None:
    path = tmp_path / ".s.PGSQL.5432"
    path.touch()
    path.chmod(0o600)
    assert probe(to(str(tmp_path)), get_os_user("nobody")).socket == DENIED
    assert os.geteuid() == 0
