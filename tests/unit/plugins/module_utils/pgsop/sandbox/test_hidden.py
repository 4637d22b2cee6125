# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused, and what the error names: with sandboxes that are played by tables."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import user_name
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox import hidden as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.hidden import (
    folders_to_cover,
    refuse_hidden,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.needs import Need
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.trial import (
    Assignment,
    Reached,
    Trial,
)

TMP = str(Path(os.sep, "tmp"))
CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/data", "/c", "/l", "/s")
ME = user_name(os.geteuid())
LINES = [("ProtectSystem", "strict"), ("ReadWritePaths", "/data /gone"), ("ProtectHome", "yes"), ("PrivateTmp", "yes")]
Table: TypeAlias = "dict[str, tuple[str, ...]]"
#: What each directive takes away: paths that are not writable, not there, and not the host's own.
READ_ONLY: Table = {"ProtectSystem": ("/srv", "/home")}
GONE: Table = {"ProtectHome": ("/home",)}
OTHER: Table = {"PrivateTmp": (TMP,)}


@dataclass
class Host:
    """Sandboxes of a host."""

    unreachable: Sequence[str] = ()
    setup_status: int = 0
    enterable: bool = True
    trials: list[list[str]] = field(default_factory=list)

    def on_host(self, paths: Sequence[str], _owner: str) -> Reached:
        return self.reached(paths, [])

    def in_running_server(self, paths: Sequence[str], _owner: str, _pid: int | None) -> Reached | None:
        return self.reached(paths, [name for name, _value in LINES]) if self.enterable else None

    def in_trial(self, paths: Sequence[str], _owner: str, lines: Sequence[Assignment]) -> Trial:
        names = [name for name, _value in lines]
        self.trials.append(names)
        if self.setup_status:
            return Trial(None, self.setup_status)
        return Trial(self.reached(paths, names))

    def reached(self, paths: Sequence[str], names: Sequence[str]) -> Reached:
        def is_in(path: str, table: Table) -> bool:
            return any(path.startswith(top) for name in names for top in table.get(name, ()))

        return [
            {
                "read": not is_in(path, GONE) and path not in self.unreachable,
                "write": not is_in(path, GONE) and not is_in(path, READ_ONLY) and path not in self.unreachable,
                "id": [2 if is_in(path, OTHER) else 1, len(path)],
            }
            for path in paths
        ]


@pytest.fixture(name="host")
def _host(monkeypatch: pytest.MonkeyPatch) -> Host:
    host = Host()
    for name in ("on_host", "in_running_server", "in_trial"):
        monkeypatch.setattr(module, name, getattr(host, name))
    monkeypatch.setattr(module, "unit_lines", lambda _unit, _path, _text: LINES)
    return host


def refusal(needs: Sequence[Need], *, starts: bool = True) -> str:
    try:
        refuse_hidden("/unit.d/50-t.conf", "text", CLUSTER, needs, starts=starts)
    except PgsopError as error:
        return str(error)
    return ""


WRITE_PATHS, DIRECTIVES = "pg_hardening_sandbox_write_paths", "pg_hardening_sandbox_directives"


@pytest.mark.parametrize(
    ("need", "words"),
    [
        (Need("/data", True, "data_directory"), []),
        (Need("/srv/a", False, "hba_file"), []),
        (Need("/srv/a", True, "log"), ["write access to /srv/a (log), because of ProtectSystem", WRITE_PATHS]),
        (Need("/home/a", False, "hba_file"), ["read access to /home/a (hba_file), because of ProtectHome", DIRECTIVES]),
        (Need("/home/a", True, "log"), ["because of ProtectSystem and ProtectHome", WRITE_PATHS, DIRECTIVES]),
        (Need(f"{TMP}/a", True, "unix_socket_directories"), [f"{TMP}/a", "because of PrivateTmp", DIRECTIVES]),
        (Need(TMP, True, "archive_command", named_by_command=True, same=False), []),
    ],
)
def test_path_that_the_sandbox_hides_is_named_with_what_hides_it(host: Host, need: Need, words: list[str]) -> None:
    for starts in (True, False):
        error = refusal([need], starts=starts)
        assert bool(error) is bool(words)
        for word in [*words, *["/unit.d/50-t.conf", "nothing was changed"] * bool(words)]:
            assert word in error
    assert (WRITE_PATHS in refusal([need])) is (WRITE_PATHS in words)


def test_path_that_the_owner_does_not_reach_anyway_is_not_the_sandboxs_fault(host: Host) -> None:
    host.unreachable = ["/srv/a"]
    assert refusal([Need("/srv/a", True, "log")]) == ""


def test_what_a_lost_folder_implies_is_not_repeated(host: Host) -> None:
    needs = [Need("/home/a", False, "x"), Need("/home/a/b", True, "y"), Need("/home/a", True, "z")]
    error = refusal(needs)
    assert "write access to /home/a (z)" in error
    assert error.count("access to") == 1


def test_sandbox_without_losses_takes_one_trial_and_one_in_force_none(host: Host) -> None:
    assert refusal([Need("/data", True, "data_directory")]) == ""
    assert host.trials == [[name for name, _value in LINES]]
    host.trials.clear()
    assert refusal([Need("/data", True, "data_directory")], starts=False) == ""
    assert host.trials == []


def test_sandbox_in_force_that_cannot_be_entered_proves_nothing(host: Host) -> None:
    host.enterable = False
    assert refusal([Need("/home/a", True, "log")], starts=False) == ""


def test_sandbox_that_systemd_cannot_set_up_is_refused_with_the_missing_folder(host: Host) -> None:
    host.setup_status = 226
    error = refusal([])
    assert "226" in error
    assert "/gone" in error


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ([], ["a", "b"]),
        (["a"], ["b"]),
        (["a/c", "b"], ["a"]),
        (["."], []),
    ],
)
def test_folders_of_the_owner_are_covered_once(tmp_path: Path, covered: list[str], expected: list[str]) -> None:
    root = Path(os.path.realpath(tmp_path))
    for name in ("a/c", "b", "named"):
        (root / name).mkdir(parents=True)
    (root / "file").touch()
    needs = [Need(str(root / name), True, "x") for name in ("b", "a/c", "a", "file", "missing")]
    needs += [Need(str(root / "named"), True, "archive_command", named_by_command=True), Need("/", False, "x")]
    tops = [os.path.normpath(root / name) for name in covered]
    assert folders_to_cover(needs, ME, tops) == [str(root / name) for name in expected]
    assert folders_to_cover(needs, "somebody else", []) == []
