# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's own programs: where they are, what they can, and running them for hours."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from .. import command
from ..cluster import Cluster
from ..connection import without_event_triggers
from ..errors import PgsopError
from .config import BackupConfig
from .standard_error import StandardError, standard_error

#: Level of gzip where pg_dump has nothing quicker; see docs/backup.md for what was measured.
GZIP_LEVEL = 4
ZSTD_LEVEL = 1

#: Seconds between two looks at a program that runs.
_LOOK_S = 0.5
#: From here on pg_dump has more than gzip, and names the method.
_METHODS_SINCE = 16
#: How much of a program's errors is kept, in characters: enough for thousands of them.
_COMPLAINTS = 1_000_000
_GAP = "\n...\n"


def program(config: BackupConfig, name: str) -> str:
    """Path of one of the server's programs.

    Raises:
        PgsopError: where it is not installed.
    """
    path = os.path.join(config.programs, name)
    if not os.access(path, os.X_OK):
        raise PgsopError(
            attempted=f"use {name} of version {config.version}",
            target=path,
            answer="there is no such program",
            next_step=f"install the package postgresql-client-{config.version}",
        )
    return path


def dump_version(config: BackupConfig) -> tuple[int, str]:
    """Major version of pg_dump, and what it says of itself.

    Raises:
        PgsopError: where it is missing or does not say it.
    """
    path = program(config, "pg_dump")
    answer = command.run([path, "--version"])
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.output)
    if answer.status != 0 or not found:
        raise PgsopError(
            attempted="ask pg_dump for its version",
            target=path,
            answer=answer.text or "nothing",
            next_step=f"reinstall the package postgresql-client-{config.version}",
        )
    return int(found.group(1)), answer.output.strip()


def compression(config: BackupConfig) -> str:
    """What pg_dump is told: method and level, as in zstd:1, or none.

    Raises:
        PgsopError: where a method is declared that this pg_dump does not have.
    """
    if config.compression == "auto":
        return f"zstd:{ZSTD_LEVEL}" if _has(config, "zstd") else f"gzip:{GZIP_LEVEL}"
    method = config.compression.split(":", maxsplit=1)[0]
    if method in ("zstd", "lz4") and not _has(config, method):
        raise PgsopError(
            attempted=f"compress with {method}",
            target=program(config, "pg_dump"),
            answer=f"this pg_dump has no {method}"
            + ("" if config.version >= _METHODS_SINCE else ", which came with version 16"),
            next_step="set pg_backup_compression to auto or to gzip:LEVEL",
        )
    return config.compression


def compression_arguments(config: BackupConfig, chosen: str) -> tuple[str, ...]:
    """The same as arguments; before 16 pg_dump knows levels of gzip only."""
    method, _colon, level = chosen.partition(":")
    if config.version >= _METHODS_SINCE:
        return (f"--compress={chosen}",)
    if method == "none":
        return ("--compress=0",)
    return (f"--compress={level}",) if level else ()


def environment(cluster: Cluster, options: str = "") -> dict[str, str]:
    """Variables with which the programs reach the server over the socket, and nothing that this process was told by others."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith("PG") and key not in ("LANG", "LANGUAGE")
    }
    reached = {"PGHOST": cluster.socket_directory, "PGPORT": str(cluster.port), "PGUSER": cluster.owner}
    # Whatever somebody set for the administrator or the database holds for the programs, too, unless they say otherwise.
    safe = (
        "-c role=none -c default_transaction_read_only=off -c row_security=off -c statement_timeout=0 -c lock_timeout=0"
        # The formats that are recognized are in this language.
        " -c lc_messages=C"
    )
    together = " ".join(part for part in (safe, without_event_triggers(cluster), options) if part)
    return {**kept, **reached, "PGOPTIONS": together, "PGAPPNAME": "pgsop", "LC_ALL": "C.UTF-8"}


def run_long(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    watch: Callable[[], None] | None = None,
    output: IO[bytes] | None = None,
    keep: Callable[[str], bool] = lambda _line: True,
) -> command.Answer:
    """Run a program to its end, however long that takes. It dies with this process, and is ended when something is raised here.

    Args:
        arguments: the program and its arguments.
        environment: all of its variables.
        watch: called about twice a second meanwhile.
        output: where its standard output goes; nowhere, without.
        keep: whether a line of its standard error is kept.
    """
    with started(arguments, environment=environment, output=output, keep=keep) as running:
        return running.wait(watch)


@dataclass(frozen=True)
class RunningProgram:
    """A program at work.

    Attributes:
        process: of the program.
        errors: its standard error.
    """

    process: subprocess.Popen[bytes]
    errors: StandardError

    def wait(self, watch: Callable[[], None] | None = None) -> command.Answer:
        """Wait for its end; for the argument see run_long."""
        status = _wait(self.process, watch)
        said = self.errors.text()
        if len(said) > _COMPLAINTS:
            # The first failure is at the beginning, what came of it at the end; between them whole statements are quoted.
            half = (_COMPLAINTS - len(_GAP)) // 2
            said = said[:half] + _GAP + said[-(_COMPLAINTS - len(_GAP) - half) :]
        return command.Answer(status, "", said)


@contextlib.contextmanager
def started(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    output: IO[bytes] | None = None,
    keep: Callable[[str], bool] = lambda _line: True,
) -> Iterator[RunningProgram]:
    """A program that runs during the block, and is ended with it; for the arguments see run_long."""
    with standard_error(keep) as errors:
        process = subprocess.Popen(
            tied(arguments),
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.DEVNULL,
            stderr=errors.sender.fileno(),
            env=dict(environment),
        )
        try:
            errors.listen()
            yield RunningProgram(process, errors)
        finally:
            end(process)


def _wait(process: subprocess.Popen[bytes], watch: Callable[[], None] | None) -> int:
    while True:
        try:
            return process.wait(timeout=_LOOK_S)
        except subprocess.TimeoutExpired:
            if watch is not None:
                watch()


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program that is still running."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def pipe(stream: IO[bytes] | None) -> IO[bytes]:
    """The end of a pipe to or from a program that was started with one."""
    if stream is None:
        raise ValueError("the program was started without a pipe")
    return stream


def tied(arguments: Sequence[str]) -> list[str]:
    """The same program, ended when this process ends, even by SIGKILL: nobody writes on into a set that nobody makes any more."""
    return ["setpriv", "--pdeathsig", "TERM", "--", *arguments]


def _has(config: BackupConfig, method: str) -> bool:
    if config.version < _METHODS_SINCE:
        return False
    # It refuses what it was not built with before it tries to connect, so a server that cannot be reached is enough.
    arguments = [
        program(config, "pg_dump"),
        "-Fc",
        f"--compress={method}",
        "-h",
        "/nonexistent",
        "-f",
        "/dev/null",
        "-d",
        "postgres",
    ]
    answer = command.run(arguments)
    return "compress" not in answer.errors
