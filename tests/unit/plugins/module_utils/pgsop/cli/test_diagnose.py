# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The diagnosis as a person reads it, and what it takes from a person."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import old_keys
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import diagnose, main, terminal
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import Diagnosis
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.render.samples import (
    ACCEPTED,
    REFUSED,
    REFUSED_TEXT,
)


@pytest.fixture(name="asked")
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[ConnectionRequest]:
    asked: list[ConnectionRequest] = []

    def answer(request: ConnectionRequest) -> Diagnosis:
        asked.append(request)
        return REFUSED

    monkeypatch.setattr(diagnose, "diagnose", answer)
    return asked


def test_it_is_told(capsys: pytest.CaptureFixture[str], asked: list[ConnectionRequest]) -> None:
    assert main.main(["diagnose", "host=x", "--port", "1", "--database", "d", "--user", "u", "--as", "ada"]) == 1
    assert capsys.readouterr().out == REFUSED_TEXT
    assert asked == [ConnectionRequest(dsn="host=x", port="1", database="d", user="u", as_user="ada")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"version": 17, "cluster": "app"}', "17/app"),
        ('{"version": 17}', "17/main"),
        ("[]", ""),
        ("{", ""),
        ("{}", ""),
        (None, ""),
    ],
)
def test_which_cluster_is_most_likely_meant(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[ConnectionRequest], text: str | None, expected: str
) -> None:
    monkeypatch.setattr(diagnose, "BACKUP_CONFIG_FILE", str(tmp_path / "none"))
    if text is not None:
        (tmp_path / "health.json").write_text(text, encoding="utf-8")
    assert main.main(["diagnose", "--config", str(tmp_path / "health.json")]) == 1
    assert asked[0].preferred == expected


def test_programs_get_all_of_it(capsys: pytest.CaptureFixture[str], asked: list[ConnectionRequest]) -> None:
    assert main.main(["diagnose", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == old_keys.connection(REFUSED.as_dict())
    assert asked == [ConnectionRequest()]


@pytest.mark.parametrize("remarks", [(), ("rules: a line is broken",)])
def test_it_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], remarks: tuple[str, ...]
) -> None:
    report = Diagnosis(True, None, ACCEPTED.steps, {}, {}, remarks=remarks)
    monkeypatch.setattr(diagnose, "diagnose", lambda _request: report)
    assert main.main(["diagnose"]) == 0
    expected = "The connection works.\n" + "".join(f"But {remark}\n" for remark in remarks)
    assert capsys.readouterr().out.endswith(expected)


def test_a_password_from_a_file_and_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[ConnectionRequest]
) -> None:
    (tmp_path / "secret").write_text(" hush \nno\n", encoding="utf-8")
    assert main.main(["diagnose", "--password-file", str(tmp_path / "secret")]) == 1
    monkeypatch.setattr(sys, "stdin", io.StringIO("hush\r\n"))
    assert main.main(["diagnose", "--password-stdin"]) == 1
    assert [request.password for request in asked] == [" hush ", "hush"]


def test_a_password_in_the_place_of_its_file(
    capsys: pytest.CaptureFixture[str], asked: list[ConnectionRequest]
) -> None:
    assert main.main(["diagnose", "--password-file", "canary"]) == 3
    said = capsys.readouterr()
    assert "canary" not in said.out + said.err
    assert asked == []


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str], asked: list[ConnectionRequest]) -> None:
    assert main.main(["diagnose", "--password-file", "/no/such/file"]) == 3
    assert "Cannot read the password (/no/such/file): No such file" in capsys.readouterr().err
    assert asked == []


def test_an_error_from_a_file_and_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[ConnectionRequest]
) -> None:
    (tmp_path / "log").write_bytes(b"FATAL:\n  odd \xff\n")
    assert main.main(["diagnose", "--error-file", str(tmp_path / "log"), "dbname=x"]) == 1
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"FATAL: odd\n")))
    assert main.main(["diagnose", "--error-file", "-"]) == 1
    (tmp_path / "log").write_text("", encoding="utf-8")
    assert main.main(["diagnose", "--error-file", str(tmp_path / "log")]) == 1
    assert [request.error.startswith("FATAL:") for request in asked] == [True, True, False]
    assert all(request.error for request in asked)


@pytest.mark.parametrize(
    "options",
    [
        ["--error-file", "/no/such/file"],
        ["--dsn-file", "/no/such/file"],
        ["--env-file", "/no/such/file"],
        ["--unit", "no canary"],
    ],
)
def test_what_cannot_be_read(
    asked: list[ConnectionRequest], capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert main.main(["diagnose", *options]) == 3
    assert "canary" not in capsys.readouterr().err
    assert asked == []


def test_a_connection_string_from_a_file_and_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[ConnectionRequest]
) -> None:
    (tmp_path / "dsn").write_text("host=h\n", encoding="utf-8")
    (tmp_path / "env").write_text("PGHOST=h\n", encoding="utf-8")
    assert main.main(["diagnose", "--dsn-file", str(tmp_path / "dsn")]) == 1
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"host=h\n")))
    assert main.main(["diagnose", "--dsn-file", "-", "--port", "1"]) == 1
    assert main.main(["diagnose", "--env-file", str(tmp_path / "env")]) == 1
    assert [request.dsn for request in asked] == ["host=h", "host=h", ""]
    assert [dict(request.source.variables) if request.source else None for request in asked] == [
        None,
        None,
        {"PGHOST": "h"},
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--password-file", "x", "--password-stdin"],
        ["a", "b"],
        ["--odd"],
        ["--error-file", "-", "--password-stdin"],
        ["--dsn-file", "-", "--password-stdin"],
        ["--env-file", "-", "--error-file", "-"],
        ["canary", "--dsn-file", "x"],
        ["--unit", "x", "--env-file", "x"],
        ["--unit", ""],
        ["--dsn-file", "postgresql://u:canary@h/d"],
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], wrong: list[str]) -> None:
    assert main.main(["diagnose", *wrong]) == 2
    said = capsys.readouterr().err
    assert "Next step: " in said
    assert "canary" not in said


def test_what_could_not_be_found_out(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_request: ConnectionRequest) -> Diagnosis:
        raise PgsopError(attempted="load it", target="x", answer="missing", next_step="install it")

    monkeypatch.setattr(diagnose, "diagnose", fail)
    assert main.main(["diagnose"]) == 3
    assert "Next step: install it" in capsys.readouterr().err


def test_what_is_wrong_is_in_colour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], asked: list[ConnectionRequest]
) -> None:
    monkeypatch.setattr(terminal, "colourful", lambda: True)
    main.main(["diagnose"])
    said = capsys.readouterr().out
    assert len(asked) == 1
    assert "\x1b[31mCRITICAL\x1b[0m  odd\\x1b" in said
    assert "\x1b[35mUNKNOWN \x1b[0m" in said
    assert "\x1b[31mCause\x1b[0m: role" in said


def test_a_client_by_another_name(asked: list[ConnectionRequest]) -> None:
    main.main(["diagnose", "--as-client", "lib/pq"])
    assert [request.as_client for request in asked] == ["lib-pq"]


def test_an_unknown_client(capsys: pytest.CaptureFixture[str], asked: list[ConnectionRequest]) -> None:
    assert main.main(["diagnose", "--as-client", "node-postgras"]) == 2
    said = capsys.readouterr().err
    assert "did you mean node-postgres?" in said
    assert "sequelize" in said
    assert asked == []
