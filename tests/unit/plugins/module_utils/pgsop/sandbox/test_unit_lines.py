# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of section [Service] of a unit and its drop-ins, in the order in which systemd applies them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.unit_lines import (
    names_of,
    unit_lines,
)

FRAGMENT = """[Unit]
Description=x
[Service]
Type=forking
ExecStart=-/usr/bin/pg_ctlcluster start
TimeoutStartSec=0
PIDFile=/run/x.pid
OOMScoreAdjust=-900
[Install]
WantedBy=multi-user.target
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A unit with two drop-ins besides the one that is asked about."""
    files = {
        "unit": FRAGMENT,
        "a/10-first.conf": "# x\n[Service]\n ReadOnlyPaths = /a \\\n  /b\nRestart=always\n;PrivateTmp=yes\n",
        "b/50-t.conf": "[Service]\nProtectHome=no\n",
        "b/60-last.conf": "[Service]\nProtectHome=\nExecPaths=/usr\nProtectHome=tmpfs\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(_arguments: Sequence[str]) -> command.Answer:
        dropins = " ".join(str(tmp_path / name) for name in list(files)[1:])
        return command.Answer(0, f"FragmentPath={tmp_path}/unit\nDropInPaths={dropins}\n", "")

    monkeypatch.setattr(command, "run", run)
    return tmp_path


def test_drop_in_takes_its_place_among_the_others(folder: Path) -> None:
    lines = unit_lines("x.service", str(folder / "b/50-t.conf"), "[Service]\nProtectHome=yes\nPrivateTmp=yes\n")
    assert lines == [
        ("OOMScoreAdjust", "-900"),
        ("ReadOnlyPaths", "/a    /b"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("ProtectHome", ""),
        ("ExecPaths", "/usr"),
        ("ProtectHome", "tmpfs"),
    ]
    assert names_of(lines) == ["OOMScoreAdjust", "ReadOnlyPaths", "ProtectHome", "PrivateTmp", "ExecPaths"]


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        # The trial's unit has another name, and systemd expands no specifier in the properties of a transient unit.
        ("ReadWritePaths=/srv/%i", [("ReadWritePaths", "/srv/17-main")]),
        ("ReadWritePaths=/srv/%I", [("ReadWritePaths", "/srv/17/main")]),
        ("ReadWritePaths=/srv/%n/%N/%p", [("ReadWritePaths", "/srv/x@17-main.service/x@17-main/x")]),
        ("ReadWritePaths=%t/a %S/a %C/a %L/a", [("ReadWritePaths", "/run/a /var/lib/a /var/cache/a /var/log/a")]),
        ("ReadWritePaths=/srv/100%%", [("ReadWritePaths", "/srv/100%")]),
        ("ReadWritePaths=/srv/%%i", [("ReadWritePaths", "/srv/%i")]),
        ("ReadWritePaths=/srv/%Z", [("ReadWritePaths", "/srv/%Z")]),
        # At its end, a transient unit removes its own RuntimeDirectory.
        ("RuntimeDirectory=postgresql a/b", [("ReadWritePaths", "-/run/postgresql -/run/a/b")]),
        ("StateDirectory=p:q", [("ReadWritePaths", "-/var/lib/p")]),
        ("CacheDirectory=%p", [("ReadWritePaths", "-/var/cache/x")]),
        ("LogsDirectory=p", [("ReadWritePaths", "-/var/log/p")]),
        ("ConfigurationDirectory=p", []),
        ("RuntimeDirectory=", []),
    ],
)
def test_trial_has_the_paths_of_the_unit_and_none_of_its_folders(
    folder: Path, line: str, lines: list[tuple[str, str]]
) -> None:
    found = unit_lines("x@17-main.service", str(folder / "c/70-new.conf"), f"[Service]\n{line}\n")
    assert found[found.index(("ProtectHome", "tmpfs")) + 1 :] == lines


def test_drop_in_that_goes_leaves_the_others(folder: Path) -> None:
    lines = unit_lines("x.service", str(folder / "b/50-t.conf"), None)
    assert ("ProtectHome", "no") not in lines
    assert ("ProtectHome", "tmpfs") in lines


def test_new_drop_in_needs_no_file(folder: Path) -> None:
    lines = unit_lines("x.service", str(folder / "c/70-new.conf"), "[Service]\nPrivateTmp=yes\n")
    assert lines[-1] == ("PrivateTmp", "yes")
    assert ("ProtectHome", "no") in lines
