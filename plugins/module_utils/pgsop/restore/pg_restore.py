# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pg_restore at work on a database: in passes, by several jobs, and entry by entry where a pass failed."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from ..backup.config import BackupConfig
from ..backup.tools import end, environment, pipe, program, run_long, tied
from ..cluster import Cluster
from ..dsn import conninfo
from ..encoding import as_bytes, as_text, text_of
from ..errors import PgsopError
from ..server_message import TocFailure, program_error, toc_failures
from . import toc
from .toc import TocEntry

#: With --verbose an error is preceded by its entry, and so is everything that went well, which is left out.
_WENT_WELL = re.compile(r"pg_restore: (?!(?:error|warning|detail|hint):|from TOC entry |while )")
#: How much of what it complains about is kept, in characters.
_COMPLAINTS = 1_000_000
#: The statement in the head of each script that empties the search path, and how far into a script it is at most, in bytes.
_SEARCH_PATH = b"SELECT pg_catalog.set_config('search_path', '', false);"
_HEAD = 1 << 16


@dataclass(frozen=True)
class RestoreTarget:
    """The database into which entries are restored, and the dump.

    Attributes:
        config: with the major version of the programs.
        cluster: of the database.
        database: its name.
        path: file or folder of the dump.
        encoding: of the dump, as PostgreSQL calls it.
        options: of the sessions, as in PGOPTIONS.
        arguments: more arguments of pg_restore.
        watch: called about twice a second meanwhile.
    """

    config: BackupConfig
    cluster: Cluster
    database: str
    path: str
    encoding: str = "UTF8"
    options: str = ""
    arguments: Sequence[str] = ()
    watch: Callable[[], None] = field(default=lambda: None)


def run_pass(
    target: RestoreTarget, entries: Sequence[TocEntry] | None, *, jobs: int, exit_on_error: bool
) -> list[TocFailure]:
    """Restore entries in their order, and return those that the server refused.

    Args:
        target: the database and the dump.
        entries: to restore; everything in the dump if it is None.
        jobs: connections at the same time.
        exit_on_error: whether it stops at the first failure.

    Raises:
        PgsopError: pg_restore fails for another reason than an entry.
    """
    if entries is not None and not entries:
        return []
    with contextlib.ExitStack() as stack:
        arguments = [program(target.config, "pg_restore"), "--verbose", "--no-password", "--no-subscriptions"]
        arguments += [f"--jobs={jobs}", *(["--exit-on-error"] if exit_on_error else []), *target.arguments]
        if entries is not None:
            arguments.append(f"--use-list={stack.enter_context(toc.use_list(entries))}")
        answer = run_long(
            [*arguments, f"--dbname={conninfo(dbname=target.database)}", target.path],
            environment=environment(target.cluster, target.options),
            watch=target.watch,
            keep=lambda line: not _WENT_WELL.match(line),
        )
    if answer.status == 0:
        return []
    # Errors name an entry without its schema; the table of contents has it.
    listing = "\n".join(entry.line for entry in toc.read(target.config, target.path, encoding=target.encoding))
    failures = toc_failures(answer.errors, listing)
    if not failures:
        said = program_error(answer.errors, target.cluster.log_file)
        raise _failed(target, said or f"pg_restore ended with status {answer.status}")
    return failures


def replay(
    target: RestoreTarget,
    entries: Sequence[TocEntry],
    *,
    search_path: str | None = None,
    edit: Callable[[str], str] | None = None,
) -> str:
    """Restore a few entries in one transaction through psql, with their script changed on its way.

    Args:
        target: the database and the dump.
        entries: to restore.
        search_path: with which they are restored; the empty one of the dump if it is None.
        edit: changes the whole script, which it therefore gets in memory: not for data.

    Returns:
        The server's error without values of rows; empty if the entries are restored.
    """
    with _script(target, entries) as source, tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            tied(_psql(target)),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            env=environment(target.cluster, target.options),
        )
        feeder = threading.Thread(target=_feed, args=(source, pipe(process.stdin), search_path, edit))
        feeder.start()
        try:
            _await(process, target.watch)
        finally:
            end(process)
            feeder.join()
        complaints.seek(0)
        errors = complaints.read(_COMPLAINTS).decode("utf-8", "replace")
    if process.returncode == 0:
        return ""
    return program_error(errors) or f"psql ended with status {process.returncode}"


def _await(process: subprocess.Popen[bytes], watch: Callable[[], None]) -> None:
    while process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        watch()


def _psql(target: RestoreTarget) -> list[str]:
    options = ["--no-psqlrc", "--no-password", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    return [program(target.config, "psql"), *options, f"--dbname={conninfo(dbname=target.database)}"]


def script_of(target: RestoreTarget, entries: Sequence[TocEntry]) -> str:
    """Return the statements that restore entries, as pg_restore writes them."""
    with _script(target, entries) as source:
        return text_of(source.read(), target.encoding)


@contextlib.contextmanager
def _script(target: RestoreTarget, entries: Sequence[TocEntry]) -> Iterator[IO[bytes]]:
    with toc.use_list(entries) as listed:
        arguments = [program(target.config, "pg_restore"), "--no-subscriptions", *target.arguments]
        process = subprocess.Popen(
            tied([*arguments, f"--use-list={listed}", "--file=-", target.path]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(target.cluster),
        )
        try:
            yield pipe(process.stdout)
        finally:
            pipe(process.stdout).close()
            end(process)


def _feed(source: IO[bytes], sink: IO[bytes], search_path: str | None, edit: Callable[[str], str] | None) -> None:
    # psql stops at the first error, and reads no further.
    with contextlib.suppress(BrokenPipeError), contextlib.closing(sink):
        head = source.read(_HEAD) if edit is None else source.read()
        if search_path is not None:
            quoted = as_bytes(search_path.replace("'", "''"))
            head = head.replace(_SEARCH_PATH, _SEARCH_PATH.replace(b"''", b"'" + quoted + b"'"), 1)
        if edit is not None:
            head = as_bytes(edit(as_text(head)))
        sink.write(head)
        shutil.copyfileobj(source, sink, 1 << 20)


def _failed(target: RestoreTarget, answer: str) -> PgsopError:
    return PgsopError(
        attempted="restore the dump",
        target=f"database {target.database}, {target.path}",
        answer=answer,
        next_step=f"correct that, or choose another set; more is at the end of {target.cluster.log_file}",
    )
