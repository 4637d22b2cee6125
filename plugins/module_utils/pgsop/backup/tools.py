# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's own programs: their paths, their options by version, and running them for hours."""

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

#: Seconds between two checks of a program that runs.
_LOOK_S = 0.5
#: From here on pg_dump has more than gzip, and names the method.
_METHODS_SINCE = 16
#: How much of a program's errors is kept, in characters: enough for thousands of them.
_COMPLAINTS = 1_000_000
_GAP = "\n...\n"


def program(config: BackupConfig, name: str) -> str:
    """Return the path of one of the server's programs, of the cluster's major version.

    Raises:
        PgsopError: the program is not installed.
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
    """Return the major version of pg_dump, and its output of --version.

    Raises:
        PgsopError: pg_dump is not installed or does not show its version.
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
    """Return method and level for pg_dump, as in zstd:1, or `none`.

    Raises:
        PgsopError: a method is declared that this pg_dump does not have.
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
    """Return arguments of pg_dump for a method and level; before version 16, pg_dump accepts levels of gzip only.

    Args:
        config: with the major version.
        chosen: as compression() returns it.
    """
    method, _colon, level = chosen.partition(":")
    if config.version >= _METHODS_SINCE:
        return (f"--compress={chosen}",)
    if method == "none":
        return ("--compress=0",)
    return (f"--compress={level}",) if level else ()


def environment(cluster: Cluster, options: str = "") -> dict[str, str]:
    """Return environment variables with which programs connect over the socket, without PG... variables of this process.

    Args:
        cluster: its socket, port and owner.
        options: more options for the session, as in PGOPTIONS.
    """
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith("PG") and key not in ("LANG", "LANGUAGE")
    }
    reached = {"PGHOST": cluster.socket_directory, "PGPORT": str(cluster.port), "PGUSER": cluster.owner}
    # Settings of the administrator's role or of the database apply to the programs, too, unless they are set here.
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
    """Run a program to its end, however long that takes. It ends with this process, and when an error is raised here.

    Args:
        arguments: the program and its arguments.
        environment: all of its variables.
        watch: called about twice a second meanwhile.
        output: file for its standard output; if None, the output is discarded.
        keep: whether a line of its standard error is kept.

    Returns:
        The status, and the lines of its standard error that were kept, at most 1,000,000 characters of them.
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
        """Wait for its end; for argument and result see run_long."""
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
    """Yield a program that runs during the block, and is ended with it; for the arguments see run_long."""
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
    """End a program that is still running: by SIGTERM, and by SIGKILL after 10 s."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def pipe(stream: IO[bytes] | None) -> IO[bytes]:
    """Return the end of a pipe to or from a program that was started with one.

    Raises:
        ValueError: the program was started without a pipe.
    """
    if stream is None:
        raise ValueError("the program was started without a pipe")
    return stream


def tied(arguments: Sequence[str]) -> list[str]:
    """Return a command that ends when this process ends, even by SIGKILL, so that no program writes on into an abandoned set.

    Args:
        arguments: the program and its arguments. The result runs them with `setpriv --pdeathsig TERM`.
    """
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
