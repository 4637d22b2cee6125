# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's program is run once for each question."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start.rehearsal import (
    PRELOADED,
    Rehearsal,
    can_run,
)

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/data", "/etc/postgresql/17/main", "/log", "/run")


def test_answers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run(arguments: Sequence[str], **_options: object) -> command.Answer:
        asked.append(arguments[-1])
        return command.Answer(0, "x\n", "")

    monkeypatch.setattr(command, "run", run)
    rehearsal = Rehearsal(CLUSTER)
    assert [rehearsal.answer().output for _turn in range(2)] == ["x\n"] * 2
    rehearsal.answer("dynamic_library_path")
    assert asked == [PRELOADED, "dynamic_library_path"]


@pytest.mark.parametrize(("status", "expected"), [(0, True), (1, True), (126, False), (127, False)])
def test_program_that_cannot_be_run(status: int, expected: bool) -> None:
    assert can_run(command.Answer(status, "", "")) == expected


def test_program_that_is_not_executable(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_arguments: Sequence[str], **_options: object) -> command.Answer:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(command, "run", run)
    assert not can_run(Rehearsal(CLUSTER).answer())


@pytest.mark.parametrize("status", [command.TIMED_OUT, -9])
def test_program_that_was_killed_refuses_nothing(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setattr(command, "run", lambda _arguments, **_options: command.Answer(status, "", ""))
    with pytest.raises(PgsopError):
        Rehearsal(CLUSTER).answer()
