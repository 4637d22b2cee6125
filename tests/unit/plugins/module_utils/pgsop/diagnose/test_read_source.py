# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that name a source, and the request."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import read_source, unit
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.connection_source import (
    ConnectionSource,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.read_source import (
    SourceOptions,
    add_source,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError


def test_without_an_option() -> None:
    request = ConnectionRequest(dsn="appdb")
    assert add_source(request, SourceOptions()) is request


def test_each_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_text("DATABASE_URL=postgresql://h/d\n", encoding="utf-8")
    asked: list[tuple[str, str]] = []

    def read(name: str, as_user: str) -> ConnectionSource:
        asked.append((name, as_user))
        return ConnectionSource({})

    monkeypatch.setattr(unit, "read", read)
    assert add_source(ConnectionRequest(), SourceOptions(dsn_file=str(path))).dsn == "DATABASE_URL=postgresql://h/d"
    assert add_source(ConnectionRequest(), SourceOptions(env_file=str(path))).given
    assert add_source(ConnectionRequest(as_user="ada"), SourceOptions(unit="app")).given
    assert asked == [("app", "ada")]


@pytest.mark.parametrize(("prefix", "option"), [("--", "--env-file"), ("", "env_file")])
def test_a_message_names_the_option(prefix: str, option: str) -> None:
    with pytest.raises(PgsopError) as caught:
        read_source.add_source(ConnectionRequest(), SourceOptions(env_file="-", prefix=prefix))
    assert caught.value.target.endswith(option)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (SourceOptions(dsn_file="/etc/app", unit="app.service"), {"/etc/app", "app.service"}),
        (SourceOptions(env_file="canary", unit="a canary"), set()),
        (SourceOptions(unit="u://canary"), set()),
    ],
)
def test_what_may_be_shown(options: SourceOptions, expected: set[str]) -> None:
    assert options.shown() == expected
