# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets of backups in folders of a test's own, made and restored as an administrator would."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from bed.hosts import Container, script

if TYPE_CHECKING:
    from conftest import PlayRunner, Server
    from testinfra.backend.base import CommandResult
    from testinfra.host import Host

FILES = Path(__file__).resolve().parent.parent / "files"
ON_HOST = "/opt/shop"

#: A database that is dumped and restored within a second, and what must not get lost of it.
LEDGER = """
CREATE TABLE entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount numeric(12, 2) NOT NULL, remark text);
INSERT INTO entry (amount, remark) SELECT i * 7 % 1000 / 4.0, 'entry ' || md5(i::text) FROM generate_series(1, 2000) AS i;
CREATE TABLE mark (said text);
CREATE INDEX ON entry (remark);
"""
MARK = "INSERT INTO mark VALUES ('%s')"
ENTRIES = "SELECT count(*), sum(amount), md5(string_agg(id || remark, ',' ORDER BY id)) FROM entry"
#: The journal has a line for each scheduled run; what is asked for is that of the one before.
SCHEDULED = """
%s backup --scheduled --config %s; status=$?
journalctl --sync; journalctl -q -t pgsop -p err -n 1 -o cat
exit $status
"""
#: Everything that a run has at work beside itself.
CHILDREN = "pgrep -l 'pg_dump|pg_restore|pg_dumpall|^age$'"
#: One bit, in the place where it is, in a dump that is not compressed; with the time of the content that the file had.
FLIP = """
import os, sys
path, position = sys.argv[1], 1000
status = os.stat(path)
with open(path, "r+b", buffering=0) as file:
    byte = os.pread(file.fileno(), 1, position)[0]
    os.pwrite(file.fileno(), bytes([byte ^ 4]), position)
    os.fsync(file.fileno())
os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
"""
#: What a disk does by itself: a bit flips, and the file was never touched. No file system lets us do that, so the manifest notes the
#: moment of the touch as that of the set's making.
FORGET = """
import dataclasses, os, sys
sys.path.insert(0, "/usr/local/bin/pgsop")
from pgsop.backup import manifest
folder = sys.argv[1]
noted = manifest.read(folder)
files = [dataclasses.replace(file, changed_ns=os.stat(os.path.join(folder, file.path)).st_ctime_ns) for file in noted.files]
manifest.write(folder, dataclasses.replace(noted, files=tuple(files)))
"""
Vaults: TypeAlias = "Callable[..., Vault]"
Contents: TypeAlias = "Callable[[str], str]"


@dataclass(frozen=True)
class Look:
    """What is known of the sets of a folder."""

    report: dict[str, Any]

    @property
    def verified(self) -> list[str]:
        """Names of the sets that can be restored from, newest first."""
        return [str(each["name"]) for each in self.report["sets"] if each["verified"]]

    @property
    def newest(self) -> dict[str, Any]:
        """The newest set, whatever is wrong with it."""
        newest: dict[str, Any] = self.report["sets"][0]
        return newest

    def finding(self, name: str) -> tuple[str, str]:
        """Status and message of one finding."""
        (found,) = (each for each in self.report["findings"] if each["id"] == f"backup.{name}")
        return str(found["status"]), str(found["message"])


@dataclass(frozen=True)
class Vault:
    """A folder of sets with a configuration of its own, for some databases of the host."""

    server: Server
    name: str
    databases: tuple[str, ...]

    @property
    def host(self) -> Host:
        return self.server.host

    @property
    def directory(self) -> str:
        return f"/var/backups/{self.name}"

    @property
    def state(self) -> str:
        return f"/var/lib/{self.name}"

    @property
    def config(self) -> str:
        return f"/etc/pgsop/{self.name}.json"

    def configure(self, **options: Any) -> None:
        """Declare; what is not named is as by default."""
        there = self.server.sql("SELECT datname FROM pg_database WHERE NOT datistemplate").splitlines()
        declared: dict[str, Any] = {
            "version": int(self.server.version),
            "directory": self.directory,
            "state_directory": self.state,
            "exclude": [name for name in there if name not in self.databases],
        }
        write = "printf %%s %s > %s; chgrp postgres %s; chmod 0640 %s"
        self.host.check_output(write, json.dumps(declared | options), *[self.config] * 3)

    def run(self, *arguments: str) -> CommandResult:
        """The command with these arguments and this configuration, as root."""
        words = " ".join(["%s"] * len(arguments))
        return self.host.run(f"pgsop {words} --config %s", *arguments, self.config)

    def report(self, *arguments: str) -> dict[str, Any]:
        """What a run that has to go well says."""
        answer = self.run(*arguments, "--format", "json")
        assert answer.rc == 0, answer.stderr
        report: dict[str, Any] = json.loads(answer.stdout)
        return report

    def backup(self, mark: str = "") -> str:
        """Name of a new set; its ledger ends with the mark."""
        if mark:
            self.server.sql(MARK % mark, "ledger")
        return str(self.report("backup")["set"])

    def look(self, *arguments: str) -> Look:
        """What `pgsop backups` says."""
        return Look(self.report("backups", *arguments))

    def newest(self) -> str:
        """Name of the set that the link leads to."""
        return str(self.host.check_output("readlink %s", f"{self.directory}/latest"))

    def fails(self, program: str = "pgsop") -> str:
        """What a scheduled backup says that has to fail: on standard error, in the journal, and in the findings."""
        answer = self.host.run(SCHEDULED % (program, self.config))
        assert answer.rc == 1, answer
        problem, next_step = answer.stderr.strip().splitlines()[-2:]
        assert problem.startswith("pgsop: Cannot "), answer.stderr
        assert next_step.startswith("Next step: "), answer.stderr
        assert answer.stdout.strip() == f"{problem.removeprefix('pgsop: ')} {next_step}"
        look = self.look()
        status, message = look.finding("last_run")
        assert status == "CRITICAL", message
        assert problem.removeprefix("pgsop: Cannot ").split(" (")[0] in message
        assert look.verified, look.report
        return problem

    def scratch(self) -> str:
        """Databases that restores and drills have left behind."""
        return self.server.sql("SELECT datname FROM pg_database WHERE datname ~ '^pgsop_'")

    def restored(self, reference: str = "latest", database: str = "ledger") -> list[str]:
        """The marks of a database restored from a set; its entries are those of the one there is."""
        target = f"{database}_proof"
        answer = self.run("restore", "--database", database, "--target", target, "--set", reference)
        assert answer.rc == 0, answer.stderr
        try:
            assert self.server.sql(ENTRIES, target) == self.server.sql(ENTRIES, database)
            return self.server.sql("SELECT said FROM mark ORDER BY ctid", target).splitlines()
        finally:
            self.server.sql(f"DROP DATABASE {target}")

    def sound(self) -> None:
        """A verified set is there, a restore from it works, and nothing is at work any more."""
        assert self.look().verified
        self.restored()
        assert self.children() == ""
        assert self.scratch() == ""

    def children(self) -> str:
        """The programs of backups and restores that are at work, whoever started them."""
        return str(self.host.run(CHILDREN).stdout)

    def files(self, path: str = "") -> list[str]:
        """Everything below the folder, hidden or not; but not the lock for notes, which is there from the first note on."""
        below = f"{self.directory}/{path}".rstrip("/")
        found = self.host.check_output("cd %s && find . -mindepth 1 ! -name .notes.lock -printf '%%P\\n'", below)
        return sorted(found.splitlines())

    def damage(self, folder: str, command: str) -> str:
        """Do something to a set as its owner, and to its largest file in particular; the name of that."""
        find = "cd %s && find . -path '*.dump*' -type f -printf '%%s %%P\\n' | sort -rn | head -n 1"
        largest = str(self.host.check_output(find, folder)).split(maxsplit=1)[1]
        done = self.postgres('cd "$1" && export FILE="$2" FLIP="$3" && ' + command, folder, largest, FLIP)
        assert done.rc == 0, done
        return largest

    def corrupt(self, folder: str) -> str:
        """Flip a bit of a set's largest file so that no time of any file tells; the name of that file."""
        largest = self.damage(folder, 'python3 -c "$FLIP" "$FILE"')
        self.host.check_output("runuser -u postgres -- python3 -c %s %s", FORGET, folder)
        return largest

    def postgres(self, command: str, *arguments: str) -> CommandResult:
        """A shell command as the cluster's owner."""
        return self.host.run("runuser -u postgres -- sh -c %s sh" + " %s" * len(arguments), command, *arguments)

    @contextlib.contextmanager
    def locked(self, table: str = "entry", database: str = "ledger") -> Iterator[None]:
        """Somebody has locked a table meanwhile, as a migration would."""
        script = f"BEGIN; LOCK TABLE {table}; SELECT pg_sleep(120)"
        psql = "PGAPPNAME=migration runuser -u postgres -- psql -XAtq -d %s -c %s >/dev/null 2>&1 &"
        self.host.check_output(psql, database, script)
        found = "FROM pg_stat_activity WHERE application_name = 'migration'"
        self.wait(lambda: self.server.sql(f"SELECT pid {found} AND wait_event = 'PgSleep'") != "")
        try:
            yield
        finally:
            self.server.sql(f"SELECT pg_terminate_backend(pid, 5000) {found}")

    @staticmethod
    def wait(until: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not until():
            if time.monotonic() > deadline:
                pytest.fail(f"it did not come about within {seconds} s")
            time.sleep(0.1)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Copies of a host are told first to run a backup in the next minute, and asked last what came of it."""
    items.sort(key=lambda item: (item.path.stem == "test_schedule_ran") - (item.path.stem == "test_schedule"))
    yield


@pytest.fixture(scope="session")
def all_copies() -> Iterator[dict[str, dict[str, str]]]:
    """Scratch copies of the hosts, by host and by schedule; gone at the end."""
    copies: dict[str, dict[str, str]] = {}
    yield copies
    for by_schedule in copies.values():
        script("container", "remove", *by_schedule.values())
    for host in copies:
        _docker("docker", "rmi", "-f", f"pgsop-bed:scratch-{host}")


@pytest.fixture(scope="module")
def copies(host: Host, play: PlayRunner, all_copies: dict[str, dict[str, str]]) -> dict[str, str]:
    """Two copies of the host, one scheduled by cron, one by a timer, both for the next minute."""
    name = host.check_output("hostname")
    if name in all_copies:
        return all_copies[name]
    _docker("docker", "commit", name, f"pgsop-bed:scratch-{name}")
    all_copies[name] = {schedule: f"pgsop-scratch-{name}-{schedule}" for schedule in ("cron", "timer")}
    for schedule, copy in all_copies[name].items():
        script("container", "start", copy, f"scratch-{name}")
        there = Container(copy).host
        now = datetime.strptime(there.check_output("date -u +%H:%M:%S"), "%H:%M:%S").replace(tzinfo=UTC)
        # Long enough for the role on a busy machine; no test waits for it, because test_schedule_ran.py runs last.
        soon = (now + timedelta(seconds=240)).strftime("%H:%M")
        result = play(
            {"gather_facts": True, "roles": ["aerovista.postgresql.pg_backup"]},
            on=copy,
            extra_vars={"pg_backup_schedule": schedule, "pg_backup_schedule_time": soon},
        )
        assert result.rc == 0, result.output
    return all_copies[name]


def _docker(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def _first(server: Server, database: str) -> bool:
    """Whether a database has to be made on this host; it is there for all tests from then on."""
    return database not in server.sql("SELECT datname FROM pg_database").splitlines()


@pytest.fixture(scope="module")
def ledger(server: Server) -> Server:
    """The host, with a small database `ledger`."""
    if _first(server, "ledger"):
        server.sql("CREATE DATABASE ledger")
        server.sql(LEDGER, "ledger")
    return server


@pytest.fixture(scope="module")
def shop(server: Server) -> Server:
    """The host, with a database `shop` that has a bit of everything."""
    if _first(server, "shop"):
        for path in FILES.iterdir():
            server.host.check_output(
                "mkdir -p %s && printf %%s %s > %s", ON_HOST, path.read_text(), f"{ON_HOST}/{path.name}"
            )
        psql(server, "shop_roles.sql", "postgres")
        server.sql("CREATE DATABASE shop")
        psql(server, "shop.sql", "shop")
        psql(server, "shop_database.sql", "shop")
    return server


@pytest.fixture(scope="session")
def run_file() -> Callable[[Server, str, str], str]:
    """`run_file(shop, "broken.sql", "broken")`: one of the files in a database of the host that has `shop`."""
    return psql


@pytest.fixture(scope="module")
def contents(shop: Server) -> Contents:
    """`contents("shop")`: the same text, the same rows, sequences and large objects."""
    return lambda database: psql(shop, "content_hash.sql", database)


def psql(server: Server, file: str, database: str) -> str:
    """What psql prints for one of the files."""
    command = f"runuser -u postgres -- psql -XAtq -v ON_ERROR_STOP=1 -d %s -f {ON_HOST}/{file}"
    return str(server.host.check_output(command, database))


@pytest.fixture(scope="module")
def vault(ledger: Server) -> Iterator[Vaults]:
    """`vault("faults", databases=("ledger", "shop"), keep_sets=2)`: an empty folder, configured; gone at the end of the file."""
    vaults: list[Vault] = []

    def make(name: str, databases: tuple[str, ...] = ("ledger",), **options: Any) -> Vault:
        there = Vault(ledger, f"test_{name}", databases)
        vaults.append(there)
        folders = "install -d -o postgres -g postgres -m 0700 %s; install -d -o postgres -g postgres -m 0750 %s"
        there.host.check_output(folders, there.directory, there.state)
        there.configure(**options)
        there.server.sql("TRUNCATE mark", "ledger")
        return there

    yield make
    for there in vaults:
        there.host.check_output("umount -q %s; rm -rf %s %s %s", *[there.directory] * 2, there.state, there.config)
