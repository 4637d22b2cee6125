# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every scenario's tests may use: a host of their own, plays and modules on it that give data back, scratch hosts.

Each scenario runs on its own copy of a converged host, one per platform, so none depends on what another left behind.
Tests of one copy run in order, those of different copies side by side.
"""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from bed import modules
from bed.hosts import BARE, SCENARIOS, Container, Copy, Target, converged, is_near, name_of, platforms, script
from bed.order import WEIGHTS
from bed.plays import PlayResult, PlayRunner, TaskResult
from bed.server import Server
from testinfra.host import Host

__all__ = ["Container", "PlayResult", "PlayRunner", "Server", "Target", "TaskResult", "server_of"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("bed").addoption(
        "--on", default="", help="containers, separated by commas, to test on instead of copies of converged hosts"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "on_platform(turn): run on the first or the last platform by name")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`host` in a test's arguments: once per platform, on the copy of the test's scenario.

    A file says with PLATFORM = "first" or "last", and a test or class with @pytest.mark.on_platform("first"), that what it tests does not
    depend on the platform, so that one is enough. A file says with HOST_COPY = "a name" that it shares a copy of its own
    with the files that say the same.

    `platform` in a test's arguments: once per platform, for tests that start their own hosts.
    """
    if "host" in metafunc.fixturenames:
        copies = _copies(metafunc)
        names = [copy.name or copy.platform for copy in copies]
        metafunc.parametrize("host", copies, ids=names, indirect=True, scope="session")
    if "platform" in metafunc.fixturenames:
        metafunc.parametrize("platform", platforms(), scope="module")


def _copies(metafunc: pytest.Metafunc) -> list[Copy]:
    scenario = _scenario(metafunc.definition)
    part = str(getattr(metafunc.module, "HOST_COPY", ""))
    given = str(metafunc.config.getoption("--on"))
    if given:
        return [Copy("", scenario, part, name) for name in given.split(",")]
    copies = [Copy(platform, scenario, part) for platform in platforms()]
    marker = metafunc.definition.get_closest_marker("on_platform")
    turn = marker.args[0] if marker else getattr(metafunc.module, "PLATFORM", "")
    return {"first": copies[:1], "last": copies[-1:]}.get(turn, copies)


def _scenario(item: pytest.Item) -> str:
    return item.path.relative_to(SCENARIOS).parts[0]


@pytest.hookimpl(wrapper=True)  # before xdist looks for the groups, which it does as early as a plain hook can
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Which tests belong together, and which of these groups begin first."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_group(item)))
    yield
    items.sort(key=lambda item: -WEIGHTS.get(_marked(item), 0))


def _marked(item: pytest.Item) -> str:
    marker = item.get_closest_marker("xdist_group")
    return str(marker.args[0]) if marker else ""


def _group(item: pytest.Item) -> str:
    params: dict[str, Any] = (
        dict(item.callspec.params) if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    )
    if "host" in params:
        return str(params["host"].group)
    return "-".join(filter(None, (_scenario(item), item.path.stem, str(params.get("platform", "")))))


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory) -> PlayRunner:
    """`play(source, on=host, check=..., diff=..., extra_vars=..., env=..., verbosity=...)` -> PlayResult."""
    return PlayRunner(tmp_path_factory.mktemp("play"))


@pytest.fixture(scope="session")
def run_module() -> Callable[..., dict[str, Any]]:
    """`run_module("pg_hba", {...}, on=host, check=..., diff=..., umask=...)` -> the module's result; `failed` says whether it failed.

    Without a play: see `bed.modules`.
    """

    def run(name: str, arguments: Mapping[str, Any] | None = None, *, on: Target, **options: Any) -> dict[str, Any]:
        return modules.run(name, arguments or {}, on=on, **options)

    return run


@pytest.fixture(scope="session")
def host(request: pytest.FixtureRequest, play: PlayRunner) -> Iterator[Host]:
    """The copy of a converged host that the tests of one scenario have for themselves, by testinfra."""
    copy: Copy = request.param
    if copy.name or copy.scenario == BARE:
        yield copy.container.host
        return
    script("container", "start", copy.container.name, converged(copy.platform))
    if is_near(copy.platform):
        updated = modules.run("pg_cli", {}, on=copy.container)
        assert not updated["failed"], updated
    prepare = SCENARIOS / copy.scenario / "prepare.yml"
    if prepare.exists():
        prepared = play(prepare, on=copy.container)
        assert prepared.rc == 0, prepared.output
    yield copy.container.host
    script("container", "remove", copy.container.name)


@pytest.fixture(scope="module")
def server(host: Host) -> Server:
    """The cluster of the host a test runs for."""
    return server_of(host)


def server_of(host: Host) -> Server:
    return Server(host, host.check_output("ls /etc/postgresql"))


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
        script("container", "start", name, platform, *limits, *options, *command)
        return Container(name)

    yield start
    script("container", "remove", *names)


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
