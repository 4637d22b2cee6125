# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the server is restarted, when it is not, and that a restart which is withheld is not forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, Server
    from faults.tests.conftest import Change, Role

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"


def tuning_of(result: PlayResult) -> dict[str, Any]:
    """What pg_settings said in role pg_tuning."""
    return [task.result for task in result.tasks if task.action.endswith("pg_settings")][-1]


def test_setting_that_a_reload_brings_into_force_does_not_restart(server: Server, change: Change) -> None:
    before = server.started
    result = change("pg_settings", settings={"log_temp_files": "4MB"})
    path = f"{server.config}/conf.d/70-fault.conf"
    assert result["actions"] == [f"write {path}", "reload"]
    assert server.show("log_temp_files") == "4MB"
    away = change("pg_settings", settings={})
    assert away["actions"] == [f"write {path}", "reload"]
    assert server.show("log_temp_files") == "-1"
    server.host.check_output(f"rm {path}")
    assert server.started == before


class TestWithheldRestart:
    """max_connections is changed with restart: never, looked at again, and brought into force later."""

    @pytest.fixture(scope="class")
    @staticmethod
    def runs(server: Server, role: Role) -> list[tuple[PlayResult, str, str]]:
        """Result, value in force and start of the postmaster: before, foreseen, withheld, again, allowed, at the end."""
        variables = {"pg_tuning_settings": {"max_connections": 90}}
        seen = []
        for more in ({"check": True}, {}, {}):
            result = role("pg_tuning", pg_tuning_restart="never", **variables, **more)
            seen.append((result, server.show("max_connections"), server.started))
        for declared in (variables, {}):
            result = role("pg_tuning", **declared)
            seen.append((result, server.show("max_connections"), server.started))
        for result, _value, _started in seen:
            assert result.rc == 0, result.output
        return seen

    @pytest.mark.parametrize("run", [0, 1, 2], ids=["check", "first", "second"])
    def test_is_reported_in_result_warning_and_summary(self, runs: list[tuple[PlayResult, str, str]], run: int) -> None:
        result, value, started = runs[run]
        assert (value, started) == ("100", runs[0][2])
        answer = tuning_of(result)
        assert answer["pending_restart"] == ["max_connections"]
        assert answer["warnings"] == ["waiting for a restart of the server: max_connections"]
        assert "  waiting for a restart: max_connections\n" in result.stdout

    def test_writes_the_file_once(self, runs: list[tuple[PlayResult, str, str]]) -> None:
        assert [result.changed for result, _value, _started in runs[:3]] == [1, 1, 0]
        assert tuning_of(runs[1][0])["actions"][0].startswith("write ")
        assert "restart" not in tuning_of(runs[1][0])["actions"]

    def test_comes_into_force_on_the_next_run_that_may_restart(self, runs: list[tuple[PlayResult, str, str]]) -> None:
        result, value, started = runs[3]
        assert tuning_of(result)["actions"] == ["restart"]
        assert value == "90"
        assert started > runs[2][2]
        assert "  waiting for a restart: nothing\n" in result.stdout

    def test_goes_back_by_a_restart_when_it_is_not_declared_any_more(
        self, runs: list[tuple[PlayResult, str, str]]
    ) -> None:
        _result, value, started = runs[4]
        assert value == "100"
        assert started > runs[3][2]
