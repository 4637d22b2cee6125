# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands on a host by way of one process that stays there, instead of one `docker exec` each, which costs 0.1 s of CPU."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from testinfra.backend.base import CommandResult
from testinfra.backend.docker import DockerBackend
from testinfra.host import Host

#: Reads one request a line, says that it has taken it, and answers with one line. What a command prints goes to memory:
#: a disk may be full, and a process that goes on in the background must not hold up the answer.
AGENT = """
import base64, json, os, subprocess, sys

def content(file):
    return base64.b64encode(os.pread(file, os.fstat(file).st_size, 0)).decode()

for line in sys.stdin.buffer:
    print("taken", flush=True)
    asked = json.loads(line)
    given, out, error = (os.memfd_create(name) for name in ("given", "out", "error"))
    os.write(given, base64.b64decode(asked["given"]))
    os.lseek(given, 0, os.SEEK_SET)
    done = subprocess.run(asked["words"], stdin=given, stdout=out, stderr=error, start_new_session=True)
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    print(json.dumps([status, content(out), content(error)]), flush=True)
    for file in (given, out, error):
        os.close(file)
"""


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit status; 128 and the signal's number for one that a signal ended."""

    status: int
    out: bytes
    error: bytes


class Shell:
    """The process on one host; it is started when it is needed, also after a restart of the host."""

    def __init__(self, container: str) -> None:
        self._container = container
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, words: Sequence[str], given: bytes = b"") -> Answer:
        """Run a command as root in `/`.

        Args:
            words: The program and its arguments.
            given: Its standard input.
        """
        asked = json.dumps({"words": list(words), "given": base64.b64encode(given).decode()}).encode() + b"\n"
        for _start in range(2):  # a host that was restarted has taken its process with it
            process = self._running()
            if self._ask(process, asked):
                line = self._line(process)
                if not line:
                    return Answer(137, b"", b"the host went down meanwhile")
                status, out, error = json.loads(line)
                return Answer(status, base64.b64decode(out), base64.b64decode(error))
            self._process = None
        said = process.stderr.read().decode() if process.stderr else ""
        return Answer(125, b"", f"no command can be run on {self._container}: {said}".encode())

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            command = ["docker", "exec", "-i", self._container, "python3", "-c", AGENT]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], asked: bytes) -> bool:
        """Whether the process took it; if not, nothing was run."""
        assert process.stdin is not None
        try:
            process.stdin.write(asked)
            process.stdin.flush()
        except BrokenPipeError:
            return False
        return self._line(process) == b"taken\n"

    @staticmethod
    def _line(process: subprocess.Popen[bytes]) -> bytes:
        assert process.stdout is not None
        return process.stdout.readline()


def shell(container: str) -> Shell:
    """The one of a container, for this thread: it runs one command at a time."""
    return _shell(container, threading.get_ident())


@cache
def _shell(container: str, _thread: int) -> Shell:
    return Shell(container)


class Backend(DockerBackend):
    """testinfra's backend for containers, by way of `shell`."""

    def run(self, command: str, *args: str, **_kwargs: Any) -> CommandResult:
        text = self.get_command(command, *args)
        done = shell(self.name).run(["/bin/sh", "-c", text])
        return self.result(done.status, self.encode(text), done.out, done.error)


@cache
def host(container: str) -> Host:
    """testinfra's view of a container."""
    return Host(Backend(container))
