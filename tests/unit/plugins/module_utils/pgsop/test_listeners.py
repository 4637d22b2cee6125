# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listening sockets, from tables in the form of /proc/net/tcp."""

from __future__ import annotations

import ipaddress
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import listeners as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.listeners import (
    Listener,
    decode_address,
    listeners,
)

#: What a server listens on that listens everywhere; nothing is bound here.
ANY = str(ipaddress.IPv4Address(0))


@pytest.mark.skipif(sys.byteorder != "little", reason="the tables come from little-endian machines")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00000000", ANY),
        ("0100007F", "127.0.0.1"),
        ("0101A8C0", "192.168.1.1"),
        ("FFFFFFFF", "255.255.255.255"),
        ("04030201", "1.2.3.4"),
        ("00000000000000000000000000000000", "::"),
        ("00000000000000000000000001000000", "::1"),
        ("B80D0120000000000000000001000000", "2001:db8::1"),
        ("000080FE00000000FF005450B6AD1DFE", "fe80::5054:ff:fe1d:adb6"),
        ("0000000000000000FFFF00000100007F", "::ffff:127.0.0.1"),
        ("0000000000000000FFFF00000101A8C0", "::ffff:192.168.1.1"),
    ],
)
def test_address_of_proc_is_decoded(text: str, expected: str) -> None:
    assert ipaddress.ip_address(decode_address(text)) == ipaddress.ip_address(expected)


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:7f00:1", True),
        (ANY, False),
        ("::", False),
        ("::ffff:0:0", False),
        ("::ffff:10.0.0.1", False),
        ("10.0.0.1", False),
        ("fe80::1", False),
    ],
)
def test_loopback_is_what_only_this_host_reaches(address: str, loopback: bool) -> None:
    assert Listener(address, 5432).loopback is loopback


def test_own_socket_is_found_with_its_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (found,) = listeners(port=port)
        assert (found.address, found.port) == ("127.0.0.1", port)
        assert found.pid in {None, os.getpid()}
        assert found.program
    assert listeners(port=port) == []


def test_socket_that_a_child_inherited_is_held_by_both() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port, descriptor = server.getsockname()[1], server.fileno()
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[descriptor]) as child:
            (found,) = listeners(port=port)
            assert found.pids in (frozenset({os.getpid(), child.pid}), frozenset())
            assert found.pid in (min(os.getpid(), child.pid), None)


def test_connected_socket_is_no_listener() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert listeners(port=client.getsockname()[1]) == []


def test_descriptor_that_is_closed_meanwhile_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server opens and closes files all the time."""
    readlink: Callable[[str], str] = os.readlink

    def vanish(path: str) -> str:
        if path.endswith("/0"):
            raise FileNotFoundError(path)
        return readlink(path)

    monkeypatch.setattr(os, "readlink", vanish)
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert f"socket:[{os.fstat(server.fileno()).st_ino}]" in module._descriptors(os.getpid())


def test_process_that_is_gone_has_no_descriptors() -> None:
    assert module._descriptors(2**22 + 1) == []
    assert module._program(2**22 + 1) == ""
    assert module._program(None) == ""


def test_unix_socket(tmp_path: Path) -> None:
    path = str(tmp_path / ".s.PGSQL.6432")
    assert module.socket_holder(path) is None
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(path)
        assert module.socket_holder(path) is None
        bound.listen()
        found = module.socket_holder(path)
    assert found is not None
    assert (found.address, found.pid) == (path, os.getpid())
