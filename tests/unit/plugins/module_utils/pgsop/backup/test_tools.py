# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's programs: found, asked for what they can, and never outliving whoever runs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import tools
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    HostConfig,
    script,
)

CLUSTER = Cluster(17, "main", 5433, True, "postgres", "/data", "/etc", "/log", "/run/pg")


def host(tmp_path: Path, pg_dump: str = "", **values: Any) -> HostConfig:
    if pg_dump:
        script(tmp_path / "pg_dump", pg_dump)
    return HostConfig(folder=str(tmp_path), **{"version": 17, **values})


def test_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PgsopError, match="install the package postgresql-client-17"):
        tools.program(host(tmp_path), "pg_dump")
    (tmp_path / "pg_dump").touch()
    with pytest.raises(PgsopError, match="there is no such program"):
        tools.program(host(tmp_path), "pg_dump")


@pytest.mark.parametrize(
    ("says", "major"),
    [("pg_dump (PostgreSQL) 17.6 (Debian 17.6-1.pgdg12+1)", 17), ("pg_dump (PostgreSQL) 19devel", 19)],
)
def test_version_is_what_the_program_says(tmp_path: Path, says: str, major: int) -> None:
    assert tools.dump_version(host(tmp_path, f"print({says!r})")) == (major, says)


@pytest.mark.parametrize("body", ["print('hello')", "print('(PostgreSQL) 17'); sys.exit(1)", "pass"])
def test_program_that_does_not_tell_its_version_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(PgsopError, match="Cannot ask pg_dump for its version"):
        tools.dump_version(host(tmp_path, body))


NO_SERVER = 'sys.exit("pg_dump: error: connection to server on socket failed")'
WITHOUT = 'sys.exit("pg_dump: error: " + ("this build does not support compression with X" if {!r} in " ".join(sys.argv) else "connection"))'


@pytest.mark.parametrize(
    ("declared", "version", "pg_dump", "chosen"),
    [
        ("auto", 17, NO_SERVER, "zstd:1"),
        ("auto", 17, WITHOUT.format("zstd"), "gzip:4"),
        ("auto", 15, NO_SERVER, "gzip:4"),
        ("none", 17, NO_SERVER, "none"),
        ("gzip:9", 13, NO_SERVER, "gzip:9"),
        ("lz4:3", 16, NO_SERVER, "lz4:3"),
        ("zstd", 18, WITHOUT.format("lz4"), "zstd"),
    ],
)
def test_compression_is_what_pg_dump_has(
    tmp_path: Path, declared: str, version: int, pg_dump: str, chosen: str
) -> None:
    assert tools.compression(host(tmp_path, pg_dump, version=version, compression=declared)) == chosen


@pytest.mark.parametrize(
    ("declared", "version", "told"),
    [("lz4:3", 17, "this pg_dump has no lz4. Next"), ("zstd:1", 15, "no zstd, which came with version 16")],
)
def test_compression_that_pg_dump_has_not_is_refused(tmp_path: Path, declared: str, version: int, told: str) -> None:
    with pytest.raises(PgsopError, match=told):
        tools.compression(host(tmp_path, WITHOUT.format("lz4"), version=version, compression=declared))


@pytest.mark.parametrize(
    ("version", "chosen", "arguments"),
    [
        (17, "zstd:1", ("--compress=zstd:1",)),
        (16, "none", ("--compress=none",)),
        (15, "none", ("--compress=0",)),
        (15, "gzip:4", ("--compress=4",)),
        (15, "gzip", ()),
    ],
)
def test_compression_is_said_as_the_version_wants_it(version: int, chosen: str, arguments: tuple[str, ...]) -> None:
    assert tools.compression_arguments(HostConfig(version=version), chosen) == arguments


def test_environment_reaches_this_server_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGSERVICE", "PGPASSWORD", "PGDATABASE", "PGSSLMODE", "LANG", "LANGUAGE", "LC_ALL"):
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("KEPT", "yes")
    found = tools.environment(CLUSTER, "-c work_mem=1GB")
    assert found["KEPT"] == "yes"
    assert "elsewhere" not in found.values()
    assert {name: value for name, value in found.items() if name.startswith("PG") and name != "PGOPTIONS"} == {
        "PGHOST": "/run/pg",
        "PGPORT": "5433",
        "PGUSER": "postgres",
        "PGAPPNAME": "pgsop",
    }
    assert found["LC_ALL"] == "C.UTF-8"
    assert found["PGOPTIONS"].endswith(" -c lc_messages=C -c event_triggers=off -c work_mem=1GB")


def test_long_program_is_watched_and_its_words_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "_LOOK_S", 0.01)
    looks: list[int] = []
    monkeypatch.setattr(tools, "_COMPLAINTS", 4000)
    body = "import sys, time; time.sleep(0.2); sys.stderr.write('x' * 9000 + 'the end'); sys.exit(3)"
    answer = tools.run_long([sys.executable, "-c", body], environment=os.environ, watch=lambda: looks.append(1))
    assert (answer.status, answer.output, len(answer.errors)) == (3, "", 4000)
    assert answer.errors.endswith("the end")
    assert len(looks) >= 3


def test_long_program_gets_its_own_variables_and_an_output() -> None:
    with tempfile.TemporaryFile() as output:
        tools.run_long(
            [sys.executable, "-c", "import os; print(sorted(os.environ))"], environment={"ONLY": "1"}, output=output
        )
        output.seek(0)
        assert b"ONLY" in output.read()


def test_program_that_is_not_there_is_a_failure() -> None:
    assert tools.run_long(["/nowhere/x"], environment=os.environ).status == 127


SLEEPER = "import time; print('up', flush=True); time.sleep(60)"


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody waited for yet has, too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def soon_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while not gone(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return gone(pid)


def test_long_program_ends_when_the_one_who_watches_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tools, "_LOOK_S", 0.01)
    note = tmp_path / "pid"
    body = f"import os, pathlib, time; pathlib.Path({str(note)!r}).write_text(str(os.getpid())); time.sleep(60)"

    def fail() -> None:
        if note.exists() and note.read_text(encoding="utf-8"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tools.run_long([sys.executable, "-c", body], environment=os.environ, watch=fail)
    assert gone(int(note.read_text(encoding="utf-8")))


def test_program_does_not_outlive_a_killed_parent() -> None:
    parent = f"""
import subprocess, sys, time
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.tools import tied
child = subprocess.Popen(tied([sys.executable, "-c", {SLEEPER!r}]), stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert not gone(child)
        process.send_signal(signal.SIGKILL)
    assert soon_gone(child)


def test_ended_program_is_left_alone_and_a_running_one_is_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        tools.end(process)
        assert process.returncode == -signal.SIGTERM
        tools.end(process)


def test_program_is_ended_with_the_block_that_started_it() -> None:
    body = "import time; time.sleep(60)"
    with pytest.raises(LookupError), tools.started([sys.executable, "-c", body], environment=os.environ) as running:
        raise LookupError
    assert running.process.poll() is not None
