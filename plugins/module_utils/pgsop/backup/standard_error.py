# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Standard error of a program with several processes: the lines of each are kept apart, also if they write at the same time."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

#: Process, user and group of the writer of a packet, see unix(7).
_CREDENTIALS = struct.Struct("3i")
_PACKET = 1 << 16
#: Seconds to wait for the end of what the program has left behind.
_LEFT_S = 5.0


class StandardError:
    """Lines by process, as they come.

    In a pipe, programs mix: each writes the beginning of a line, its text and its end one by one. A socket notes the sender of each.

    Args:
        keep: whether a line is kept.
    """

    def __init__(self, keep: Callable[[str], bool]) -> None:
        self._keep = keep
        self._lines: dict[int, list[str]] = {}
        self._begun: dict[int, bytes] = {}
        self._receiver, self.sender = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._reader = threading.Thread(target=self._read, daemon=True)

    def listen(self) -> None:
        """Begin to read. Call it after the program was started, because the program has its own copy of the sender."""
        self.sender.close()
        self._reader.start()

    def text(self) -> str:
        """Return all lines that were kept, one process after the other. Call it after the program has ended.

        Processes that it left running have 5 s to close their end.
        """
        self._reader.join(_LEFT_S)
        for process, rest in list(self._begun.items()):
            self._add(process, rest)
        self._begun.clear()
        return "".join(line for lines in list(self._lines.values()) for line in lines)

    def close(self) -> None:
        """Close the sockets and end the thread."""
        self.sender.close()
        # A reader that still waits is woken up.
        with contextlib.suppress(OSError):
            self._receiver.shutdown(socket.SHUT_RDWR)
        if self._reader.is_alive():
            self._reader.join()
        self._receiver.close()

    def _read(self) -> None:
        while True:
            data, ancillary, _flags, _address = self._receiver.recvmsg(_PACKET, socket.CMSG_SPACE(_CREDENTIALS.size))
            if not data:
                return
            process = next((_CREDENTIALS.unpack(each)[0] for _level, _kind, each in ancillary), 0)
            self._lines.setdefault(process, [])
            *whole, rest = (self._begun.get(process, b"") + data).split(b"\n")
            self._begun[process] = rest
            for line in whole:
                self._add(process, line + b"\n")

    def _add(self, process: int, line: bytes) -> None:
        text = line.decode("utf-8", "replace")
        if text and self._keep(text):
            self._lines[process].append(text)


@contextlib.contextmanager
def standard_error(keep: Callable[[str], bool]) -> Iterator[StandardError]:
    """Yield a StandardError, which is closed after the block.

    Args:
        keep: whether a line is kept.
    """
    made = StandardError(keep)
    try:
        yield made
    finally:
        made.close()
