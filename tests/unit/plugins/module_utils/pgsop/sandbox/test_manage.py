# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The unit's drop-in: its text, what is refused, and what becomes of it when systemd or the server does not take it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command, connection, service
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox import manage as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.declaration import SandboxRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.manage import manage
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.needs import Need

HEAD = "# Managed by Ansible, aerovista.postgresql, for t: changes made here are overwritten.\n[Service]\n"
STARTED = 1_000_000_000


class Server(Session):
    """A session that answers when the server was started."""

    def __init__(self) -> None:
        super().__init__(None)

    def rows(self, statement: str, parameters: Any = ()) -> list[dict[str, Any]]:
        return [{"extract": STARTED}]


@dataclass
class Host:
    """A host with one cluster, played by tables and a folder."""

    root: Path
    commands: list[str] = field(default_factory=list)
    restarts: list[str] = field(default_factory=list)
    verify_says: str = ""
    starts: bool = True
    owner: str = "postgres"
    needs: list[Need] = field(default_factory=list)
    hides: bool = False
    tried: list[bool] = field(default_factory=list)
    exists: bool = True
    running: bool = True

    @property
    def cluster(self) -> Cluster:
        data, log = str(self.root / "data"), str(self.root / "log" / "17.log")
        return Cluster(17, "main", 5432, self.running, self.owner, data, "/c", log, "/s")

    @property
    def dropin(self) -> Path:
        return self.root / "unit.d" / "50-t.conf"

    def have(self, text: str, written_at: int = STARTED - 10) -> None:
        self.dropin.parent.mkdir(exist_ok=True)
        self.dropin.write_text(text, encoding="utf-8")
        os.utime(self.dropin, (written_at, written_at))

    def run(self, arguments: Sequence[str], **_more: object) -> command.Answer:
        if "verify" not in arguments:
            self.commands.append(" ".join(arguments))
            return command.Answer(0, "", "")
        # systemd reads the drop-in from a folder of its own, which it names.
        (folder,) = (word.split("=")[1].rstrip(":") for word in arguments if word.startswith("SYSTEMD_UNIT_PATH="))
        (dropin,) = Path(folder).glob("*.d/*.conf")
        return command.Answer(0, "", self.verify_says.format(dropin=dropin))

    def refuse_hidden(self, path: str, text: str, _cluster: Cluster, needs: list[Need], *, starts: bool) -> None:
        assert (path, needs) == (str(self.dropin), self.needs)
        assert text.startswith(HEAD)
        self.tried.append(starts)
        if self.hides:
            raise PgsopError(attempted="sandbox the server", target=path, answer="it hides", next_step="look")

    def restart(self, cluster: Cluster) -> Cluster:
        text = self.dropin.read_text(encoding="utf-8") if self.dropin.exists() else ""
        self.restarts.append(text)
        if text and not self.starts:
            raise PgsopError(attempted="restart the server", target="x", answer="it does not start", next_step="look")
        return cluster


@pytest.fixture(name="host")
def _host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    host = Host(tmp_path)
    (tmp_path / "log").mkdir()
    (tmp_path / "data" / "pg_wal").mkdir(parents=True)
    (tmp_path / "data" / "postmaster.pid").write_text(f"42\n{tmp_path}/data\n{STARTED}\n5432\n", encoding="utf-8")

    @contextlib.contextmanager
    def connect(_cluster: Cluster) -> Iterator[Session]:
        yield Server()

    monkeypatch.setattr(SandboxRequest, "path", str(host.dropin))
    monkeypatch.setattr(connection, "find_cluster", lambda _version, _name: host.cluster)
    monkeypatch.setattr(module, "find_cluster", lambda _version, _name: host.cluster if host.exists else None)
    monkeypatch.setattr(connection, "is_ready", lambda _cluster: True)
    monkeypatch.setattr(module, "connect", connect)
    monkeypatch.setattr(module, "read_needs", lambda _session, _cluster: host.needs)
    monkeypatch.setattr(module, "refuse_hidden", host.refuse_hidden)
    monkeypatch.setattr(module, "changed_at", os.path.getmtime)  # a test can set no other time
    monkeypatch.setattr(module, "exposure", lambda _unit: 2.5)
    monkeypatch.setattr(module, "ip_filter", lambda _pid: "enforced")
    monkeypatch.setattr(module, "has_mode", lambda _state, _mode: True)
    monkeypatch.setattr(command, "run", host.run)
    monkeypatch.setattr(service, "has_systemd", lambda: True)
    monkeypatch.setattr(service, "restart", host.restart)
    if os.geteuid() != 0:
        pytest.skip("files of root can only be made by root")
    return host


def request(directives: dict[str, Any], **more: Any) -> SandboxRequest:
    return SandboxRequest(version=17, cluster="main", name="t", directives=directives, **more)


def test_unit_and_path_are_the_instances_own() -> None:
    asked = request({"ProtectHome": "yes"})
    assert asked.unit == "postgresql@17-main.service"
    assert asked.path == "/etc/systemd/system/postgresql@17-main.service.d/50-t.conf"


@pytest.mark.parametrize(
    ("directives", "lines"),
    [
        ({"ProtectHome": "yes"}, "ProtectHome=yes\n"),
        ({"A": ["x", "y z"], "B": ""}, "A=x y z\nB=\n"),
        ({"SystemCallFilter": "@system-service", "UMask": "0077"}, "SystemCallFilter=@system-service\nUMask=0077\n"),
    ],
)
def test_directives_become_lines_in_their_order(directives: dict[str, Any], lines: str) -> None:
    assert request(directives).text == HEAD + lines


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "yes|true|on|1"),
        (False, "no|false|off|0"),
        (65536, "65536"),
        (0.5, "0.5"),
        (["a", 5], "a 5"),
        ([True], "yes|true|on|1"),
    ],
)
def test_value_that_yaml_made_a_boolean_or_number_is_written_as_systemd_reads_it(value: object, expected: str) -> None:
    """ProtectHome: yes, without quotes."""
    text = request({"Directive": value}).text
    assert text is not None
    assert text.removeprefix(HEAD + "Directive=").strip().lower() in expected.split("|")


@pytest.mark.parametrize(
    "directives",
    [
        {"A": "x\nExecStartPre=/bin/true"},
        {"A": ["x\n[Install]"]},
        {"A\nB": "x"},
        {"A=B": "x"},
        {"": "x"},
        {"A": {"a": "b"}},
    ],
)
def test_directive_is_one_line(host: Host, directives: dict[str, Any]) -> None:
    with pytest.raises(PgsopError):
        manage(request(directives), check=True)


def test_new_sandbox_is_written_and_the_server_restarted_inside(host: Host) -> None:
    answer = manage(request({"ProtectHome": "yes"}), check=False).as_dict()
    assert answer["actions"] == [f"write {host.dropin}", "daemon-reload", "restart"]
    assert answer["changed"] is True
    assert answer["diff"]["before"] == ""
    assert answer["diff"]["after"].endswith(HEAD + "ProtectHome=yes\n")
    assert (answer["exposure"], answer["ip_filter"], answer["pending_restart"]) == (2.5, "enforced", False)
    assert host.restarts == [HEAD + "ProtectHome=yes\n"]
    assert host.commands[0] == "systemctl daemon-reload"


def test_check_mode_tells_the_same_and_touches_nothing(host: Host) -> None:
    foreseen = manage(request({"ProtectHome": "yes"}), check=True).as_dict()
    assert not host.dropin.parent.exists()
    assert (host.commands, host.restarts) == ([], [])
    done = manage(request({"ProtectHome": "yes"}), check=False).as_dict()
    assert (foreseen["actions"], foreseen["diff"]) == (done["actions"], done["diff"])


def test_sandbox_that_is_in_force_changes_nothing(host: Host) -> None:
    host.have(HEAD + "ProtectHome=yes\n")
    answer = manage(request({"ProtectHome": "yes"}), check=False).as_dict()
    assert (answer["changed"], answer["diff"], host.restarts) == (False, {}, [])


def test_drop_in_younger_than_the_server_needs_a_restart(host: Host) -> None:
    host.have(HEAD + "ProtectHome=yes\n", STARTED + 10)
    answer = manage(request({"ProtectHome": "yes"}), check=False).as_dict()
    assert answer["actions"] == ["restart"]
    assert "the server was started before this file was written" in answer["diff"]["before"]


@pytest.mark.parametrize("written_at", [STARTED - 10, STARTED + 10])
def test_withheld_restart_is_pending(host: Host, written_at: int) -> None:
    host.have(HEAD + "ProtectHome=no\n", written_at)
    answer = manage(request({"ProtectHome": "yes"}, restart_allowed=False), check=False).as_dict()
    assert answer["pending_restart"] is True
    assert answer["actions"] == [f"write {host.dropin}", "daemon-reload"]
    assert host.restarts == []


def test_without_directives_the_drop_in_is_removed(host: Host) -> None:
    host.have(HEAD + "ProtectHome=yes\n")
    answer = manage(request({}), check=False).as_dict()
    assert answer["actions"] == [f"remove {host.dropin}", "daemon-reload", "restart"]
    assert not host.dropin.parent.exists()
    assert host.restarts == [""]


def test_folder_with_other_drop_ins_stays(host: Host) -> None:
    host.have(HEAD + "ProtectHome=yes\n")
    (host.dropin.parent / "other.conf").touch()
    manage(request({}), check=False)
    assert [path.name for path in host.dropin.parent.iterdir()] == ["other.conf"]


def test_withheld_restart_leaves_the_folder_whose_time_tells_of_it(host: Host) -> None:
    host.have(HEAD + "ProtectHome=yes\n")
    manage(request({}, restart_allowed=False), check=False)
    assert list(host.dropin.parent.iterdir()) == []
    assert manage(request({}), check=True).as_dict()["actions"] == ["restart"]


@pytest.mark.parametrize(("exists", "running"), [(False, False), (True, False)])
def test_drop_in_of_no_server_is_removed_without_a_restart(host: Host, exists: bool, running: bool) -> None:
    host.have(HEAD + "ProtectHome=yes\n")
    host.exists, host.running = exists, running
    for check in (True, False):
        answer = manage(request({}), check=check).as_dict()
        assert answer["actions"] == [f"remove {host.dropin}", "daemon-reload"]
        assert host.dropin.exists() == check
    assert (host.restarts, host.commands) == ([], ["systemctl daemon-reload"])
    assert manage(request({}), check=False).as_dict()["changed"] is False


def test_without_directives_and_drop_in_nothing_happens(host: Host) -> None:
    assert manage(request({}), check=False).as_dict()["changed"] is False


@pytest.mark.parametrize("previous", [None, HEAD + "ProtectHome=no\n"])
def test_directive_that_systemd_does_not_know_is_refused_and_nothing_touched(host: Host, previous: str | None) -> None:
    if previous:
        host.have(previous)
    host.verify_says = "{dropin}:3: Unknown key name 'ProtectHum' in section 'Service', ignoring.\n/other: noise\n"
    with pytest.raises(PgsopError, match="Unknown key name 'ProtectHum'") as failed:
        manage(request({"ProtectHum": "yes"}), check=False)
    assert "noise" not in str(failed.value)
    assert (host.dropin.read_text(encoding="utf-8") if host.dropin.exists() else None) == previous
    assert host.dropin.parent.exists() == bool(previous)
    assert (host.restarts, host.commands) == ([], [])


@pytest.mark.parametrize("previous", [None, HEAD + "ProtectHome=no\n"])
def test_server_that_does_not_start_inside_is_put_back_outside(host: Host, previous: str | None) -> None:
    if previous:
        host.have(previous)
    host.starts = False
    with pytest.raises(PgsopError):
        manage(request({"MemoryMax": "1M"}), check=False)
    assert (host.dropin.read_text(encoding="utf-8") if host.dropin.exists() else None) == previous
    assert host.restarts[-1] == (previous or "")


def test_refused_change_needs_no_restart_later(host: Host) -> None:
    host.have(HEAD + "ProtectHome=yes\n")
    host.verify_says = "{dropin}:3: Unknown key"
    with pytest.raises(PgsopError):
        manage(request({"ProtectHum": "yes"}), check=False)
    assert manage(request({"ProtectHome": "yes"}), check=True).as_dict()["actions"] == []


# what the server uses


@pytest.mark.parametrize(
    ("declared", "cover", "written"),
    [
        (["/a"], True, "/a -{root}/data"),
        (["{root}", "/a"], True, "{root} /a"),
        (["-{root}/data/"], True, "-{root}/data/"),
        ("/a /b", True, "/a /b -{root}/data"),
        (["/a"], False, "/a"),
    ],
)
def test_servers_own_folders_are_covered_on_request(host: Host, declared: Any, cover: bool, written: str) -> None:
    root = str(host.root)
    owner = Path(root).owner()
    host.owner = owner
    host.needs = [Need(f"{root}/data", True, "data_directory"), Need(f"{root}/log", True, "x", named_by_command=True)]
    paths = declared.format(root=root) if isinstance(declared, str) else [path.format(root=root) for path in declared]
    manage(request({"ReadWritePaths": paths}, cover_server=cover), check=False)
    assert host.dropin.read_text(encoding="utf-8") == HEAD + f"ReadWritePaths={written.format(root=root)}\n"


@pytest.mark.parametrize(
    ("folder", "written"),
    [
        ("100%", "-{root}/100%%"),
        ("my data", '"-{root}/my data"'),
        ("it's", '"-{root}/it\'s"'),
        ('a"b\\c', '"-{root}/a\\"b\\\\c"'),
    ],
)
def test_covered_folder_is_one_word(host: Host, folder: str, written: str) -> None:
    root = Path(host.root)
    host.owner = root.owner()
    (root / folder).mkdir()
    host.needs = [Need(f"{root}/{folder}", True, "tablespace x")]
    manage(request({"ReadWritePaths": ["/a"]}, cover_server=True), check=False)
    line = host.dropin.read_text(encoding="utf-8").splitlines()[-1]
    assert line == f"ReadWritePaths=/a {written}".format(root=root)


def test_sandbox_without_write_paths_is_not_extended(host: Host) -> None:
    manage(request({"ProtectHome": "yes"}, cover_server=True), check=False)
    assert host.dropin.read_text(encoding="utf-8") == HEAD + "ProtectHome=yes\n"


@pytest.mark.parametrize("check", [True, False])
def test_sandbox_that_hides_what_the_server_uses_is_refused_and_nothing_touched(host: Host, check: bool) -> None:
    host.hides = True
    with pytest.raises(PgsopError):
        manage(request({"ProtectHome": "yes"}), check=check)
    assert not host.dropin.parent.exists()
    assert (host.commands, host.restarts) == ([], [])


@pytest.mark.parametrize(
    ("directives", "previous", "written_at", "tried"),
    [
        ({"A": "x"}, None, 0, [True]),
        ({"A": "x"}, HEAD + "A=y\n", STARTED - 10, [True]),
        ({"A": "x"}, HEAD + "A=x\n", STARTED + 10, [True]),
        ({"A": "x"}, HEAD + "A=x\n", STARTED - 10, [False]),
        ({}, HEAD + "A=x\n", STARTED - 10, []),
    ],
)
def test_transient_unit_is_tried_only_before_a_restart(
    host: Host, directives: dict[str, Any], previous: str | None, written_at: int, tried: list[bool]
) -> None:
    if previous:
        host.have(previous, written_at)
    manage(request(directives), check=True)
    assert host.tried == tried


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_folder_of_the_drop_in_is_open_whatever_the_umask(host: Host, umask: int) -> None:
    before = os.umask(umask)
    try:
        manage(request({"ProtectHome": "yes"}), check=False)
    finally:
        os.umask(before)
    assert host.dropin.parent.stat().st_mode & 0o7777 == 0o755


def test_folder_that_was_made_with_another_umask_is_opened(host: Host) -> None:
    host.have(HEAD + "ProtectHome=yes\n")
    host.dropin.parent.chmod(0o700)
    foreseen = manage(request({"ProtectHome": "yes"}), check=True).as_dict()
    assert (foreseen["changed"], foreseen["diff"]["before"].splitlines()[0]) == (True, "# folder 0700")
    assert host.dropin.parent.stat().st_mode & 0o7777 == 0o700
    assert "restart" not in manage(request({"ProtectHome": "yes"}), check=False).as_dict()["actions"]
    assert host.dropin.parent.stat().st_mode & 0o7777 == 0o755
    assert manage(request({"ProtectHome": "yes"}), check=True).as_dict()["changed"] is False


def test_folder_of_a_drop_in_that_goes_is_not_ours(host: Host) -> None:
    host.dropin.parent.mkdir(mode=0o700)
    os.utime(host.dropin.parent, (STARTED - 10, STARTED - 10))
    assert manage(request({}), check=True).as_dict()["changed"] is False


# no systemd, no server


def test_host_without_systemd_is_left_alone(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "has_systemd", lambda: False)
    answer = manage(request({"ProtectHome": "yes"}), check=False).as_dict()
    assert (answer["supported"], answer["changed"], answer["pending_restart"]) == (False, False, False)
    assert not host.dropin.parent.exists()


def test_bare_host_is_shown_what_would_be_written(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "find_cluster", lambda _version, _name: None)
    answer = manage(request({"ProtectHome": "yes"}), check=True).as_dict()
    assert answer["diff"]["after_header"].endswith("(not yet validated by a server)")
    with pytest.raises(PgsopError, match="there is no such cluster"):
        manage(request({"ProtectHome": "yes"}), check=False)
