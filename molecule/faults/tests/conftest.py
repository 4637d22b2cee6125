# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change that must fail, and the proof that it left nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server

Refuse: TypeAlias = "Callable[..., str]"
RefuseAll: TypeAlias = "Callable[[str, Mapping[str, Mapping[str, Any]]], dict[str, str]]"
Change: TypeAlias = "Callable[..., dict[str, Any]]"
Role: TypeAlias = "Callable[..., PlayResult]"


#: Unless a test says otherwise, a change is that of an owner with files of its own.
OWNER: dict[str, dict[str, Any]] = {
    "pg_settings": {"name": "fault", "priority": 70},
    "pg_hba": {"name": "fault"},
    "pg_sandbox": {"name": "fault"},
}


@pytest.fixture(scope="module")
def change(server: Server, run_module: Callable[..., dict[str, Any]]) -> Change:
    """`change("pg_settings", settings={...})`: the result of one module on the cluster."""

    def run(module: str, *, check: bool = False, **arguments: Any) -> dict[str, Any]:
        whole = {"version": int(server.version)} | OWNER[module] | arguments
        return run_module(module, whole, on=server.host, check=check, diff=True)

    return run


@pytest.fixture(scope="module")
def refuse(server: Server, change: Change) -> Refuse:
    """`refuse("pg_settings", settings={...})` -> the error; all is as before, the same postmaster included.

    With `restarted=True` the server had to be started again with the old state.
    """

    def run(module: str, *, restarted: bool = False, **arguments: Any) -> str:
        before = server.state()
        result = change(module, **arguments)
        after = server.state()
        assert result["failed"], result
        assert not result["changed"]
        assert (after.pop("started") > before.pop("started")) is restarted
        assert after == before
        return str(result["msg"])

    return run


@pytest.fixture(scope="module")
def refuse_all(server: Server, change: Change) -> RefuseAll:
    """`refuse_all("pg_hba", {"a name": {...}})` -> the errors by name; all is as before in the end."""

    def run(module: str, cases: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        before = server.state()
        results = {name: change(module, **arguments) for name, arguments in cases.items()}
        assert [name for name, result in results.items() if not result["failed"]] == []
        assert server.state() == before
        return {name: str(result["msg"]) for name, result in results.items()}

    return run


@pytest.fixture(scope="module")
def role(server: Server, play: PlayRunner) -> Role:
    """`role("pg_tuning", pg_tuning_restart="never")`: one role with these variables."""

    def run(name: str, *, check: bool = False, **variables: Any) -> PlayResult:
        declared: dict[str, Any] = {"postgresql_version": int(server.version)} | variables
        roles = {"roles": [f"aerovista.postgresql.{name}"]}
        return play(roles, on=server.host, check=check, diff=True, extra_vars=declared)

    return run
