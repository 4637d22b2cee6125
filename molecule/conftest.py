# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every scenario's tests may use: run a play or one module and get data back, start scratch hosts.

`host` is testinfra's. Tests of one host run in order, tests of different hosts side by side.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import testinfra
import yaml
from testinfra.host import Host

ROOT = Path(__file__).resolve().parent.parent
INVENTORY = ROOT / "molecule" / "inventory"
CONTAINER = ROOT / "scripts" / "container"
TIMEOUT = 900
RECAP = re.compile(r"^(\S+) +: +(ok=.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Container:
    """A scratch host that lives as long as the test file that asked for it."""

    name: str

    @property
    def host(self) -> Host:
        return testinfra.get_host(f"docker://{self.name}")


@dataclass(frozen=True)
class Server:
    """The cluster of a host, looked at without any of the collection's own code."""

    host: Host
    version: str

    @property
    def config(self) -> str:
        return f"/etc/postgresql/{self.version}/main"

    @property
    def data(self) -> str:
        return f"/var/lib/postgresql/{self.version}/main"

    @property
    def log(self) -> str:
        return f"/var/log/postgresql/postgresql-{self.version}-main.log"

    @property
    def unit(self) -> str:
        return f"postgresql@{self.version}-main.service"

    @property
    def sandbox(self) -> str:
        return f"/etc/systemd/system/{self.unit}.d/50-pg_hardening.conf"

    @property
    def started(self) -> str:
        return self.sql("SELECT pg_postmaster_start_time()")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What psql prints for postgres over the socket: a line per row, columns apart by `|`."""
        # The program itself: Debian's wrapper around it first reads configuration that a test may have broken.
        command = f"runuser -u postgres -- /usr/lib/postgresql/{self.version}/bin/psql -XAtq -v ON_ERROR_STOP=1"
        socket = "-h /var/run/postgresql -d %s -c %s"
        return str(self.host.check_output(f"{command} {socket}", database, statement))

    def read(self, path: str) -> str:
        """A file, to the last newline."""
        answer = self.host.run("cat %s", path)
        assert answer.rc == 0, answer.stderr
        return str(answer.stdout)

    def exists(self, path: str) -> bool:
        return bool(self.host.run("test -e %s", path).rc == 0)

    def mode(self, path: str) -> str:
        """Owner, group and mode, as in `root:root 0644`."""
        names, mode = self.host.check_output("stat -c '%%U:%%G %%a' %s", path).split()
        return f"{names} {mode:>04}"

    def show(self, setting: str) -> str:
        return self.sql(f"SHOW {setting}")

    def files(self) -> dict[str, str]:
        """Mode, owner, group and digest of all that configures the server, hidden leftovers included."""
        places = f"/etc/postgresql /etc/postgresql-common /etc/systemd/system {self.data}/postgresql.auto.conf"
        listing = f"find {places} -printf '%p\\t%m %u:%g %l\\n'; find {places} -type f -exec sha256sum {{}} +"
        files: dict[str, str] = {}
        for line in self.host.check_output(listing).splitlines():
            if "\t" in line:
                path, status = line.split("\t")
                files[path] = status
            else:
                digest, path = line.split(maxsplit=1)
                files[path] += digest
        return files

    def settings(self) -> dict[str, str]:
        """Every setting in force for a new session with its place, and when the server started."""
        return dict(row.split("|", maxsplit=1) for row in self.sql(SETTINGS).splitlines())

    def state(self) -> dict[str, str]:
        """All that has to be the same after a change that was refused."""
        return self.files() | self.settings() | {"refused by the server": self.sql(REFUSED)}


SETTINGS = """
SELECT name, concat_ws(' ', setting, sourcefile, sourceline, pending_restart) FROM pg_settings
UNION ALL SELECT 'started', pg_postmaster_start_time()::text
"""
REFUSED = """
SELECT concat_ws(' ', sourcefile, sourceline, error) FROM pg_file_settings WHERE error IS NOT NULL
UNION ALL SELECT concat_ws(' ', 'HBA line', line_number, error) FROM pg_hba_file_rules WHERE error IS NOT NULL
"""
Target: TypeAlias = str | Host | Container
Tasks: TypeAlias = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class TaskResult:
    host: str
    task: str
    action: str
    status: str  # ok, changed, skipped, failed, ignored, unreachable
    result: dict[str, Any]


@dataclass(frozen=True)
class PlayResult:
    rc: int
    stdout: str
    stderr: str
    recap: dict[str, dict[str, int]]  # host -> {ok: 3, changed: 0, ...}
    tasks: list[TaskResult]

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    @property
    def changed(self) -> int:
        return sum(counts["changed"] for counts in self.recap.values())

    def with_status(self, status: str) -> list[TaskResult]:
        return [task for task in self.tasks if task.status == status]

    @property
    def error(self) -> str:
        """What the failed tasks said, as one text."""
        return "\n".join(str(task.result.get("msg", task.result)) for task in self.with_status("failed"))

    @property
    def remote_modules(self) -> int:
        """How many modules ran on hosts; only known from verbosity 3 on."""
        return len(re.findall(r"Using module file", self.stdout))


class PlayRunner:
    """Runs ansible-playbook in a clean environment against one host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        source: Path | str | Tasks | Mapping[str, Any],
        *,
        on: Target,
        check: bool = False,
        diff: bool = False,
        extra_vars: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        verbosity: int = 0,
        arguments: Sequence[str] = (),
    ) -> PlayResult:
        """Run a playbook (path or collection name), a list of tasks, or the keys of one play (`{"roles": [...]}`)."""
        run = self.folder / uuid.uuid4().hex[:8]
        run.mkdir()
        record = run / "record.jsonl"
        command = ["ansible-playbook", "-i", str(self._inventory(run, on)), self._playbook(run, source), *arguments]
        command += ["--check"] * check + ["--diff"] * diff + ["-" + "v" * verbosity] * bool(verbosity)
        if extra_vars:
            command += ["-e", json.dumps(extra_vars)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self._environment(record) | dict(env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        recap = {
            name: {key: int(value) for key, value in (pair.split("=") for pair in counts.split())}
            for name, counts in RECAP.findall(done.stdout)
        }
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        tasks = [TaskResult(**json.loads(line)) for line in lines]
        return PlayResult(done.returncode, done.stdout, done.stderr, recap, tasks)

    @staticmethod
    def _environment(record: Path) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PGSOP_"))}
        return inherited | {
            "ANSIBLE_HOME": str(ROOT / ".ansible"),
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "molecule" / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "record,aerovista.postgresql.summary",
            "PGSOP_RECORD": str(record),
        }

    @staticmethod
    def _inventory(run: Path, on: Target) -> Path:
        variables = {"ansible_connection": "community.docker.docker", "ansible_python_interpreter": "/usr/bin/python3"}
        inventory = run / "hosts.yml"
        inventory.write_text(yaml.safe_dump({"postgresql": {"hosts": {name_of(on): variables}}}), encoding="utf-8")
        group_vars = INVENTORY / "group_vars"
        if group_vars.is_dir():
            (run / "group_vars").symlink_to(group_vars)
        return inventory

    @staticmethod
    def _playbook(run: Path, source: Path | str | Tasks | Mapping[str, Any]) -> str:
        if isinstance(source, (Path, str)):
            return str(source)
        keys = dict(source) if isinstance(source, Mapping) else {"tasks": [dict(task) for task in source]}
        play = {"name": "Test", "hosts": "all", "gather_facts": False} | keys
        playbook = run / "playbook.yml"
        playbook.write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
        return str(playbook)


def name_of(target: Target) -> str:
    if isinstance(target, str):
        return target
    if isinstance(target, Container):
        return target.name
    return str(getattr(target.backend, "name", None) or target.backend.hostname)


def platforms() -> list[str]:
    hosts = yaml.safe_load((INVENTORY / "hosts.yml").read_text(encoding="utf-8"))["postgresql"]["hosts"]
    return [str(variables["pgsop_image"]).split(":")[1] for variables in hosts.values()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`platform` in a test's arguments: once per platform of this machine, for tests that start their own hosts."""
    if "platform" in metafunc.fixturenames:
        metafunc.parametrize("platform", platforms(), scope="module")


@pytest.hookimpl(wrapper=True)  # before xdist looks for the groups, which it does as early as a plain hook can
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """A file says with PLATFORM = "first" or "last" that what it tests does not depend on the platform, so that one is enough."""
    hosts = sorted({_host_of(item) for item in items} - {""})
    chosen = {"first": hosts[:1], "last": hosts[-1:]}
    elsewhere = [item for item in items if _host_of(item) not in chosen.get(_platform(item), [_host_of(item)])]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]
    items.sort(key=lambda item: item.path.parent.name != "common")  # before any test changes the host
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_group(item)))
    yield


def _platform(item: pytest.Item) -> str:
    return str(getattr(item.module, "PLATFORM", "")) if isinstance(item, pytest.Function) else ""


def _host_of(item: pytest.Item) -> str:
    """The host that a test is about, empty for none."""
    params = _params(item)
    return name_of(params["_testinfra_host"]) if "_testinfra_host" in params else ""


def _params(item: pytest.Item) -> dict[str, Any]:
    return dict(item.callspec.params) if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


def _group(item: pytest.Item) -> str:
    return _host_of(item) or f"{item.path.stem}-{_params(item).get('platform', '')}"


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory) -> PlayRunner:
    """`play(source, on=host, check=..., diff=..., extra_vars=..., env=..., verbosity=...)` -> PlayResult."""
    return PlayRunner(tmp_path_factory.mktemp("play"))


@pytest.fixture(scope="session")
def run_module(play: PlayRunner) -> Callable[..., dict[str, Any]]:
    """`run_module("pg_hba", {...}, on=host)` -> the module's result; `failed` says whether it failed."""

    def run(name: str, arguments: Mapping[str, Any] | None = None, *, on: Target, **options: Any) -> dict[str, Any]:
        action = name if "." in name else f"aerovista.postgresql.{name}"
        result = play([{"name": "Run one module", action: dict(arguments or {})}], on=on, **options)
        if len(result.tasks) != 1:
            pytest.fail(f"{action} did not run:\n{result.output}")
        task = result.tasks[0]
        return {"failed": False, "changed": False} | task.result | {"failed": task.status not in {"ok", "changed"}}

    return run


@pytest.fixture(scope="module")
def server(host: Host) -> Server:
    """The cluster of the host a test runs for."""
    return server_of(host)


def server_of(host: Host) -> Server:
    return Server(host, host.check_output("ls /etc/postgresql"))


def _container(*arguments: str) -> None:
    done = subprocess.run([CONTAINER, *arguments], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        pytest.fail(f"scripts/container {' '.join(arguments)}\n{done.stdout}{done.stderr}")


@pytest.fixture(scope="module")
def fresh_container() -> Iterator[Callable[..., Container]]:
    """`fresh_container("debian13", systemd=False, memory="512m")` -> a host, gone at the end of the file."""
    names: list[str] = []

    def start(
        platform: str, *, systemd: bool = True, memory: str | None = None, options: Sequence[str] = ()
    ) -> Container:
        name = f"pgsop-scratch-{uuid.uuid4().hex[:8]}"
        names.append(name)
        limits = [f"--memory={memory}", f"--memory-swap={memory}"] if memory else []
        command = [] if systemd else ["--", "sleep", "infinity"]
        _container("start", name, platform, *limits, *options, *command)
        return Container(name)

    yield start
    _container("remove", *names)


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Callable[[Target], str]]:
    """`fresh_container(snapshot(host))` -> a scratch copy of a host as it is now, to break at will."""
    tags: list[str] = []

    def take(target: Target) -> str:
        tag = f"scratch-{uuid.uuid4().hex[:8]}"
        tags.append(tag)
        subprocess.run(
            ["docker", "commit", name_of(target), f"pgsop-bed:{tag}"], capture_output=True, timeout=120, check=True
        )
        return tag

    yield take
    for tag in tags:
        subprocess.run(["docker", "rmi", "-f", f"pgsop-bed:{tag}"], capture_output=True, timeout=120, check=False)
