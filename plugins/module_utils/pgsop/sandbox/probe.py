# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proof of a sandbox: systemd's own score, and a connection that the kernel has to refuse."""

from __future__ import annotations

import os
import re
import socket

from .. import command

#: Seconds a connection to this very host may take; it is answered within one millisecond or never.
CONNECT_TIMEOUT_S = 0.3

#: Documentation address (RFC 5737): nothing is sent to it, the kernel only chooses the address it would be sent from.
_ELSEWHERE = ("192.0.2.1", 9)
_SCORE = re.compile(r"Overall exposure level for \S+: ([\d.]+)")
_UNIFIED_MOUNTS = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")


def exposure(unit: str) -> float | None:
    """Return the score of systemd-analyze security for a unit, from 0 (safe) to 10; None if it is not known."""
    answer = command.run(["systemd-analyze", "security", "--no-pager", unit])
    match = _SCORE.search(answer.output)
    return float(match.group(1)) if match else None


def ip_filter(pid: int | None) -> str:
    """Test whether the kernel keeps a process's control group on the loopback interface.

    A child process joins the control group of the server for a moment and connects to an address of this host that is
    not loopback, on which this process listens.

    Args:
        pid: the postmaster.

    Returns:
        ``enforced`` if that was refused, ``not enforced`` if it succeeded, ``unknown`` if it could not be tried.
    """
    group = _group_file(pid)
    address = _own_address()
    if group is None or address is None:
        return "unknown"
    with socket.create_server((address, 0), backlog=1) as listener:
        return {0: "not enforced", 1: "enforced"}.get(_try_from(group, listener.getsockname()), "unknown")


def _try_from(group: str, address: tuple[str, int]) -> int:
    """Return the exit status of a child in the control group: 0 connected, 1 refused, 2 not tried."""
    child = os.fork()
    if child == 0:
        status = 2
        try:
            with open(group, "w", encoding="ascii") as handle:
                handle.write(str(os.getpid()))
            status = 1
            with socket.create_connection(address, timeout=CONNECT_TIMEOUT_S):
                status = 0
        except OSError:
            pass
        finally:
            # Not sys.exit: the child shares the parent's buffers and exit handlers.
            os._exit(status)
    return os.WEXITSTATUS(os.waitpid(child, 0)[1])


def _group_file(pid: int | None) -> str | None:
    """Return the file through which a process joins the cgroup v2 of another one."""
    try:
        with open(f"/proc/{pid}/cgroup", encoding="utf-8") as handle:
            paths = [line[3:].strip() for line in handle if line.startswith("0::")]
    except OSError:
        return None
    for mount in _UNIFIED_MOUNTS:
        for path in paths:
            candidate = f"{mount}{path}/cgroup.procs"
            if os.path.exists(candidate):
                return candidate
    return None


def _own_address() -> str | None:
    """Return an address of this host that is not loopback; None without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address
