# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a host, from what its programs print; the texts are from Debian 12 and 13."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import inspect_host as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.inspect_host import HostRequest, inspect_host
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.listeners import Listener
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.paths import ServerPaths

POLICY = """\
postgresql-15:
  Installed: (none)
  Candidate: 15.20-0+deb12u1
  Version table:
     15.20-0+deb12u1 500
        500 http://mirror.example.com/debian-security bookworm-security/main amd64 Packages
postgresql-16:
  Installed: (none)
  Candidate: (none)
  Version table:
     16.1-1 -1
        100 /var/lib/dpkg/status
zstd:
  Installed: (none)
  Candidate: 1.5.4+dfsg2-5
  Version table:
     1.5.4+dfsg2-5 500
"""
PACKAGES = "ii \tpostgresql-15\t15.20-0+deb12u1\nrc \tpython3-psycopg2\t2.9.5-1+b1\nun \tzstd\t\n"
GOOD = {"version": "15.20", "version_num": 150020, "encoding": "UTF8", "collate": "C.UTF-8", "ctype": "C.UTF-8"}


class Server(Session):
    """A session that answers with one row."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(None)
        self.answer = answer

    def rows(self, statement: str, parameters: Any = ()) -> list[dict[str, Any]]:
        return [self.answer]


@dataclass
class Host:
    """A host, played by tables."""

    data: Path
    clusters: list[Cluster] = field(default_factory=list)
    programs: dict[str, tuple[int, str]] = field(default_factory=lambda: {"locale -a": (0, "C\nC.utf8\nPOSIX\n")})
    sockets: list[Listener] = field(default_factory=list)
    server: dict[str, Any] | None = None
    systemd: bool = True

    def cluster(self, version: int = 15, name: str = "main", port: int = 5432, pid: int | None = 42) -> Cluster:
        folder = self.data / f"{version}-{name}"
        folder.mkdir()
        if pid is not None:
            (folder / "postmaster.pid").write_text(f"{pid}\n", encoding="utf-8")
        made = Cluster(version, name, port, pid is not None, "postgres", str(folder), str(folder), "/l", "/s")
        self.clusters.append(made)
        return made

    def run(self, arguments: Sequence[str], **_more: object) -> command.Answer:
        text = " ".join(arguments)
        for start, (status, output) in self.programs.items():
            if text.startswith(start):
                return command.Answer(status, output, "")
        return command.Answer(command.NOT_FOUND, "", f"{arguments[0]}: not found")

    def listeners(self, port: int | None = None) -> list[Listener]:
        return [item for item in self.sockets if port in {None, item.port}]

    def server_processes(self, pid: int | None, _unit: str) -> frozenset[int]:
        """A postmaster with one child, whose process id is larger by 1000."""
        return frozenset() if pid is None else frozenset({pid, pid + 1000})

    @contextlib.contextmanager
    def connect(self, _cluster: Cluster) -> Iterator[Session]:
        if self.server is None:
            raise PgsopError(attempted="query the server", target="x", answer="refused", next_step="look")
        yield Server(self.server)


@pytest.fixture(name="host")
def _host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    host = Host(tmp_path)
    monkeypatch.setattr(module, "list_clusters", lambda: list(host.clusters))
    monkeypatch.setattr(module, "listeners", host.listeners)
    monkeypatch.setattr(module, "server_processes", host.server_processes)
    monkeypatch.setattr(module, "server_paths", lambda _cluster: PATHS)
    monkeypatch.setattr(module, "expected_modes", lambda _paths, _owner: [{"path": "/nowhere/data", "mode": "0700"}])
    monkeypatch.setattr(module, "connect", host.connect)
    monkeypatch.setattr(module, "has_systemd", lambda: host.systemd)
    monkeypatch.setattr(command, "run", host.run)
    monkeypatch.setattr(module, "leftovers", lambda: ["/nowhere/old.conf"])
    return host


PATHS = ServerPaths("/d", "/c", "/c/postgresql.conf", "/h", "/i", "/l", "/d/pg_wal", (), (), "", "/home/p")
WANTED = HostRequest(15, "main", 5432, "UTF8", "C.UTF-8", checksums=True, packages=(), paths=())


def test_bare_host_is_empty_and_not_refused(host: Host) -> None:
    report = inspect_host(replace(WANTED, packages=["postgresql-15"], paths=["/nowhere/f"]))
    assert report["clusters"] == []
    assert report["cluster"] is None
    assert report["packages"] == {"postgresql-15": ""}
    assert report["packages_missing"] == report["packages_unknown"] == ["postgresql-15"]
    assert report["server"] == {}
    assert report["files"] == {"/nowhere/f": {"exists": False}}
    assert report["refusals"] == report["differences"] == []


def test_converged_host_is_described(host: Host) -> None:
    host.cluster()
    host.server = dict(GOOD, checksums=True, started="now")
    host.sockets = [
        Listener("127.0.0.1", 5432, 42, "postgres"),
        Listener("::1", 5432, 42, "postgres"),
        Listener("192.0.2.5", 5400, 1042, "postgres"),
        Listener("::1", 22, 1),
    ]
    host.programs["systemctl"] = (0, "")
    report = inspect_host(WANTED)
    cluster = report["cluster"]
    assert cluster
    assert cluster["label"] == "15/main"
    assert cluster["unit"] == "postgresql@15-main.service"
    assert cluster["paths"]["hba_file"] == "/h"
    assert cluster["modes"] == [{"path": "/nowhere/data", "mode": "0700"}]
    assert report["files"] == {"/nowhere/data": {"exists": False}}
    assert report["server"]["answers"] is True
    assert report["server"]["listeners"] == ["127.0.0.1:5432", "::1:5432", "192.0.2.5:5400"]
    assert report["service"] == {
        "manager": "systemd",
        "unit": "postgresql@15-main.service",
        "active": True,
        "enabled": True,
    }
    assert report["refusals"] == report["differences"] == []


# units

UNITS = """\
Id=cron.service
ActiveState=active
UnitFileState=enabled
NeedDaemonReload=no

Id=pgsop-backup.timer
ActiveState=inactive
UnitFileState=
NeedDaemonReload=yes
"""


def test_units_are_told_by_name_in_one_call(host: Host) -> None:
    host.programs["systemctl show"] = (0, UNITS)
    report = inspect_host(replace(WANTED, units=["cron.service", "pgsop-backup.timer", "other.timer"]))
    assert report["units"] == {
        "cron.service": {"active": True, "enabled": True, "stale": False},
        "pgsop-backup.timer": {"active": False, "enabled": False, "stale": True},
        "other.timer": {"active": False, "enabled": False, "stale": False},
    }
    assert inspect_host(WANTED)["units"] == {}


def test_programs_are_checked_for_the_owner(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "program_problem", lambda path, user: f"{user} cannot run {path}")
    assert inspect_host(replace(WANTED, programs=["/bin/a"]))["programs"] == {"/bin/a": "postgres cannot run /bin/a"}
    assert inspect_host(WANTED)["programs"] == {}


def test_without_systemd_a_service_is_asked_and_a_timer_is_not(host: Host) -> None:
    host.systemd = False
    host.programs["service cron status"] = (0, "cron is running.\n")
    report = inspect_host(replace(WANTED, units=["cron.service", "pgsop-backup.timer"]))
    assert report["units"]["cron.service"] == {"active": True, "enabled": None, "stale": False}
    assert report["units"]["pgsop-backup.timer"]["active"] is False


# packages


def test_installed_packages_are_those_dpkg_has_configured(host: Host) -> None:
    host.programs["dpkg-query"] = (1, PACKAGES)
    report = inspect_host(replace(WANTED, packages=["postgresql-15", "python3-psycopg2", "zstd", "unheard-of"]))
    assert report["packages"] == {
        "postgresql-15": "15.20-0+deb12u1",
        "python3-psycopg2": "",
        "zstd": "",
        "unheard-of": "",
    }
    assert report["packages_missing"] == ["python3-psycopg2", "zstd", "unheard-of"]


@pytest.mark.parametrize(
    ("status", "installed"),
    [
        ("ii ", True),
        ("hi ", True),
        ("ri ", True),
        ("un ", False),
        ("rc ", False),
        ("iU ", False),
        ("iF ", False),
        ("in ", False),
    ],
)
def test_package_on_hold_is_installed_too(host: Host, status: str, installed: bool) -> None:
    """apt-mark hold postgresql-15 is what careful people do."""
    host.programs["dpkg-query"] = (0, f"{status}\tpostgresql-15\t15.20\n")
    missing = inspect_host(replace(WANTED, packages=["postgresql-15"]))["packages_missing"]
    assert missing == ([] if installed else ["postgresql-15"])


def test_package_without_a_candidate_is_unknown(host: Host) -> None:
    host.programs["apt-cache policy"] = (0, POLICY)
    wanted = replace(WANTED, packages=["postgresql-15", "postgresql-16", "zstd", "never-heard-of"])
    assert inspect_host(wanted)["packages_unknown"] == ["postgresql-16", "never-heard-of"]


def test_apt_is_not_asked_about_what_is_installed(host: Host) -> None:
    host.programs["dpkg-query"] = (0, PACKAGES)
    assert inspect_host(replace(WANTED, packages=["postgresql-15"]))["packages_unknown"] == []


# service


@pytest.mark.parametrize(
    ("programs", "active", "enabled"),
    [
        ({"systemctl is-active": 0, "systemctl is-enabled": 0}, True, True),
        ({"systemctl is-active": 3, "systemctl is-enabled": 0}, False, True),
        ({"systemctl is-active": 0, "systemctl is-enabled postgresql@": 1, "systemctl is-enabled": 0}, True, False),
        (
            {"systemctl is-active": 0, "systemctl is-enabled postgresql.service": 1, "systemctl is-enabled": 0},
            True,
            False,
        ),
    ],
)
def test_unit_starts_at_boot_when_it_and_the_umbrella_are_enabled(
    host: Host, programs: dict[str, int], active: bool, enabled: bool
) -> None:
    host.programs.update({start: (status, "") for start, status in programs.items()})
    service = inspect_host(WANTED)["service"]
    assert (service["active"], service["enabled"]) == (active, enabled)


def test_host_without_systemd_says_so(host: Host) -> None:
    host.systemd = False
    assert inspect_host(WANTED)["service"]["manager"] == "pg_ctlcluster"


# refusals


def test_other_cluster_on_the_port_is_refused(host: Host) -> None:
    other = host.cluster(14, "old", pid=None)
    (refusal,) = inspect_host(WANTED)["refusals"]
    assert refusal == f"cluster 14/old (data in {other.data_directory}, down) is configured for port 5432"


@pytest.mark.parametrize(("version", "name"), [(14, "main"), (15, "other")])
def test_running_cluster_of_another_version_or_name_is_told_as_running(host: Host, version: int, name: str) -> None:
    host.cluster(version, name, pid=7)
    host.sockets = [Listener("127.0.0.1", 5432, 7, "postgres")]
    (refusal,) = inspect_host(WANTED)["refusals"]
    assert f"cluster {version}/{name} (data in " in refusal
    assert "running) is configured for port 5432" in refusal


@pytest.mark.parametrize("mode", ["manual", "disabled"])
def test_cluster_that_an_upgrade_left_is_reported(host: Host, mode: str) -> None:
    host.cluster()
    other = host.cluster(14, "old", pid=None)
    Path(other.config_directory, "start.conf").write_text(f"# upgraded\n\n{mode}\n", encoding="utf-8")
    report = inspect_host(WANTED)
    assert report["refusals"] == []
    (difference,) = report["differences"]
    assert difference.endswith("pg_dropcluster 14 old")


def test_running_cluster_on_the_port_is_refused_though_it_does_not_start_at_boot(host: Host) -> None:
    other = host.cluster(14, "old", pid=7)
    Path(other.config_directory, "start.conf").write_text("manual\n", encoding="utf-8")
    assert len(inspect_host(WANTED)["refusals"]) == 1


def test_leftovers_are_listed(host: Host) -> None:
    assert inspect_host(WANTED)["leftovers"] == ["/nowhere/old.conf"]


def test_other_cluster_on_another_port_is_welcome(host: Host) -> None:
    host.cluster(14, "old", port=5433)
    assert inspect_host(WANTED)["refusals"] == []


def test_cluster_that_listens_elsewhere_than_configured_is_refused(host: Host) -> None:
    """Its port was changed in the file, and it was not restarted."""
    host.cluster(14, "old", port=5433, pid=7)
    host.sockets = [Listener("127.0.0.1", 5432, 7, "postgres")]
    assert len(inspect_host(WANTED)["refusals"]) == 1


@pytest.mark.parametrize(
    ("socket", "words"),
    [
        (Listener("192.0.2.5", 5432, 99, "docker-proxy"), "process 99 (docker-proxy) listens on 192.0.2.5:5432"),
        (Listener("::1", 5432), "a process outside of this container listens on ::1:5432"),
    ],
)
def test_stranger_on_the_port_is_refused(host: Host, socket: Listener, words: str) -> None:
    host.cluster()
    host.server = dict(GOOD, checksums=True)
    host.sockets = [socket]
    (refusal,) = inspect_host(WANTED)["refusals"]
    assert refusal == f"{words}, and it is no cluster of this host"


def test_child_of_the_cluster_on_the_port_is_no_stranger(host: Host) -> None:
    host.cluster()
    host.server = dict(GOOD, checksums=True)
    host.sockets = [Listener("192.0.2.5", 5432, 1042, "postgres"), Listener("::1", 5432, 7, "x", frozenset({42}))]
    assert inspect_host(WANTED)["refusals"] == []


def test_stranger_on_the_port_is_seen_while_the_cluster_is_down(host: Host) -> None:
    host.cluster(pid=None)
    host.sockets = [Listener("127.0.0.1", 5432)]
    assert len(inspect_host(WANTED)["refusals"]) == 1


def test_wrong_encoding_is_refused(host: Host) -> None:
    host.cluster()
    host.server = dict(GOOD, checksums=True, encoding="SQL_ASCII")
    assert inspect_host(WANTED)["refusals"] == ["cluster 15/main has encoding SQL_ASCII, not UTF8"]


@pytest.mark.parametrize(
    ("locale", "known"),
    [
        ("C.UTF-8", True),
        ("C.utf8", True),
        ("c.utf-8", True),
        ("POSIX", True),
        ("de_DE.UTF-8", False),
        ("", False),
        ("C.UTF-16", False),
    ],
)
def test_new_cluster_needs_a_locale_that_exists(host: Host, locale: str, known: bool) -> None:
    refusals = inspect_host(replace(WANTED, locale=locale))["refusals"]
    assert refusals == (
        [] if known else [f"locale {locale} is not among those of 'locale -a', so no cluster can be made with it"]
    )


def test_existing_cluster_needs_no_locale_of_ours(host: Host) -> None:
    host.cluster()
    assert inspect_host(replace(WANTED, locale="de_DE.UTF-8"))["refusals"] == []


# the server


def test_server_that_does_not_answer_says_why(host: Host) -> None:
    host.cluster(pid=None)
    report = inspect_host(WANTED)
    assert report["server"]["answers"] is False
    assert "refused" in report["server"]["error"]
    assert report["differences"] == []


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, []),
        ({"collate": "C.utf8", "ctype": "c.UTF8"}, []),
        ({"collate": "de_DE.UTF-8"}, ["locale is de_DE.UTF-8/C.UTF-8, a new cluster would have C.UTF-8"]),
        ({"ctype": "C"}, ["locale is C.UTF-8/C, a new cluster would have C.UTF-8"]),
        ({"checksums": False}, ["data checksums are off, a new cluster would have them on"]),
    ],
)
def test_difference_that_can_be_lived_with_is_reported(host: Host, found: dict[str, Any], expected: list[str]) -> None:
    host.cluster()
    host.server = {**GOOD, "checksums": True, **found}
    report = inspect_host(WANTED)
    assert report["differences"] == expected
    assert report["refusals"] == []


def test_unwanted_checksums_are_a_difference_too(host: Host) -> None:
    host.cluster()
    host.server = dict(GOOD, checksums=True)
    differences = inspect_host(replace(WANTED, checksums=False))["differences"]
    assert differences == ["data checksums are on, a new cluster would have them off"]


# files


def test_file_is_described_with_its_digest(host: Host, tmp_path: Path) -> None:
    path, folder, link = tmp_path / "f", tmp_path / "d", tmp_path / "broken"
    path.write_bytes(b"x\n")
    path.chmod(0o640)
    folder.mkdir(mode=0o700)
    link.symlink_to(tmp_path / "nowhere")
    found = inspect_host(replace(WANTED, paths=[str(path), str(folder), str(link)]))["files"]
    assert found[str(path)]["mode"] == "0640"
    assert found[str(path)]["sha256"] == hashlib.sha256(b"x\n").hexdigest()
    assert found[str(folder)]["mode"] == "0700"
    assert "sha256" not in found[str(folder)]
    assert found[str(link)] == {"exists": False}
    assert set(found[str(path)]) == {"exists", "owner", "group", "mode", "sha256"}


@pytest.mark.skipif(os.getuid() != 0, reason="makes links of another user")
def test_link_of_roots_has_the_file_that_is_to_be_written(host: Host, tmp_path: Path) -> None:
    links = {name: tmp_path / f"link-{name}" for name in ("file", "folder", "device", "foreign")}
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for name, target in (("file", "file"), ("folder", "folder"), ("device", "/dev/null"), ("foreign", "file")):
        links[name].symlink_to(tmp_path / target)
    os.chown(links["foreign"], 65534, 65534, follow_symlinks=False)
    found = inspect_host(replace(WANTED, paths=[str(path) for path in links.values()]))["files"]
    targets = {name: found[str(path)].get("target") for name, path in links.items()}
    assert targets == {"file": str(tmp_path / "file"), "folder": None, "device": None, "foreign": None}


def test_big_file_is_not_read(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.touch()
    os.truncate(path, (1 << 20) + 1)
    assert "sha256" not in inspect_host(replace(WANTED, paths=[str(path)]))["files"][str(path)]
