# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is pasted, no password gets into an output, to a server outside of its place, or to the resolution of names."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import connection_values, dsn
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import main
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.names import NAMES
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.read import read
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import examine
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import DiagnosisHost
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.pasted import LEFT, RIGHT, Pasted, pasted
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.services import service

COUNT = 800
#: Variables of a service by their origin, with {} for the text.
SERVICES = {
    "Environment": {"DATABASE_URL": "{}"},
    "EnvironmentFile": {"DB_HOST": "{}", "DB_NAME": "appdb", "DB_USER": "appuser", "DB_PASSWORD": f"{LEFT}{RIGHT}"},
    "process": {"PGHOST": "127.0.0.1", "PGDATABASE": "{}", "PGOPTIONS": "{}", "PGPASSWORD": f"{LEFT}{RIGHT}"},
}
#: What reads the strings is not the server; its log is the same on all of them.
MAJORS = (18,)


class Watch:
    """What leaves this process: arguments of connections without their password, and names that are resolved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        self.attempts = 0
        self._connect: Callable[..., Any] = psycopg2.connect
        self._resolve: Callable[..., Any] = socket.getaddrinfo
        monkeypatch.setattr(psycopg2, "connect", self.connect)
        monkeypatch.setattr(socket, "getaddrinfo", self.resolve)

    def connect(self, *arguments: Any, **named: Any) -> Any:
        self.seen.append(repr([arguments, {key: value for key, value in named.items() if key != "password"}]))
        self.attempts += "pgsop diagnose" in named.values()
        return self._connect(*arguments, **named)

    def resolve(self, *arguments: Any, **named: Any) -> Any:
        self.seen.append(repr(arguments))
        return self._resolve(*arguments, **named)


def has_secret(text: str) -> bool:
    return any(half.lower() in text.lower() for half in (LEFT, RIGHT))


@pytest.fixture
def watch(office: DiagnosisHost, monkeypatch: pytest.MonkeyPatch) -> Watch:
    monkeypatch.setattr(examine, "list_clusters", lambda: [office.server.cluster])
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    return Watch(monkeypatch)


@contextlib.contextmanager
def typed(one: Pasted, home: Path) -> Iterator[list[str]]:
    """The arguments of the command, with everything else of one text in its place."""
    changed: dict[str, str] = {}
    arguments = ["diagnose"]
    # Three of four texts are for a client, another one each time.
    number = sum(map(ord, one.text))
    if number % 4:
        arguments += [f"--as-client={NAMES[number % len(NAMES)]}"]
    if one.place == "DSN":
        arguments += ["--", one.text]
    elif one.place in ("--dsn-file", "--env-file", "value --env-file"):
        text = f"DATABASE_URL={one.text}\n" if one.place.startswith("value") else one.text
        (home / "source").write_text(text, encoding="utf-8")
        arguments += [one.place.split()[-1], str(home / "source")]
    elif one.place.startswith("unit "):
        arguments += ["--unit", "app"]
    elif one.place.startswith("--"):
        arguments += [f"{one.place}={one.text}"]
    elif one.place.startswith("error "):
        (home / "error.log").write_text(one.text, encoding="utf-8")
        arguments += ["--error-file", str(home / "error.log")]
    elif one.place.startswith("PG"):
        changed = {one.place: one.text, **({} if one.place in ("PGHOST", "PGHOSTADDR") else {"PGHOST": "127.0.0.1"})}
    else:
        (home / "services").write_text(f"[app]\n{one.text}\nhost=127.0.0.1\n", encoding="utf-8")
        changed = {"PGSERVICEFILE": str(home / "services")}
        arguments += ["service=app" if one.place == "service" else f"service='{one.text}'"]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in changed.items():
            patch.setenv(name, value)
        if one.place.startswith("unit "):
            origin = one.place.split()[1]
            service(
                origin, {name: value.replace("{}", one.text) for name, value in SERVICES[origin].items()}, home, patch
            )
        yield arguments


def _statuses(place: str) -> set[int]:
    """Exit statuses: of a value that is no user, file or unit, of a file that may have no connection in it, of a connection string."""
    if place in ("--as", "--password-file", "--unit"):
        return {2, 3}
    return {0, 1, 3} if "env-file" in place or place.startswith("unit ") else {0, 1}


def test_no_secret_gets_out(
    office: DiagnosisHost, watch: Watch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    leaks, refused = [], 0
    for one in pasted(COUNT, "appdb", office.server.port):
        before = office.server.log_size()
        del watch.seen[:]
        with typed(one, tmp_path) as arguments:
            statuses = [main.main([*arguments[:1], "--format", form, *arguments[1:]]) for form in ("text", "json")]
        out, err = capfd.readouterr()
        assert set(statuses) <= _statuses(one.place), one
        assert "Traceback" not in err
        places = {"output": out, "errors": err, "sent": " ".join(watch.seen), "log": office.server.log_from(before)}
        leaks += [(name, one) for name, text in places.items() if has_secret(text)]
        refused += "(dsn.invalid)" in out
    print(f"{COUNT} texts, {refused} refused as dsn.invalid, {watch.attempts} attempts", file=sys.stderr)
    assert leaks == []


def test_no_part_of_a_password_becomes_another_value() -> None:
    """The reader without a server, and so with many more texts."""
    found, leaks = 0, []
    for seed in range(5):
        for one in pasted(1000, "appdb", 5432, seed=seed):
            try:
                read_string = read(one.text)
                dsn.refuse(read_string.values)
            except dsn.DsnError as error:
                shown = f"{error}{error.hint}"
            else:
                found += one.place == "DSN"
                hidden = (*connection_values.SECRETS, *connection_values.NOT_SENT)
                values = {key: value for key, value in read_string.values.items() if key not in hidden}
                shown = f"{values}{read_string.notes}"
            leaks += [one] if has_secret(shown) else []
    assert leaks == []
    assert found > 500


def test_what_libpq_reads_is_tried(office: DiagnosisHost, watch: Watch, capfd: pytest.CaptureFixture[str]) -> None:
    """With the password in its place a string is as good as any, whatever characters the password has."""
    tried = [
        one for one in pasted(COUNT, "appdb", office.server.port) if one.place == "DSN" and _reads(one.text, office)
    ]
    assert len(tried) >= 20
    for one in tried:
        before = watch.attempts
        office.secretly(
            f"ALTER ROLE appuser PASSWORD $canary${psycopg2.extensions.parse_dsn(one.text)['password']}$canary$"
        )
        assert main.main(["diagnose", "--format", "json", "--", one.text]) == 0, one
        assert json.loads(capfd.readouterr().out)["works"]
        assert watch.attempts > before


def _reads(text: str, office: DiagnosisHost) -> bool:
    """Whether libpq takes each part of it for what it was meant as."""
    try:
        found = psycopg2.extensions.parse_dsn(text)
    except psycopg2.Error:
        return False
    meant = {"user": "appuser", "host": "127.0.0.1", "port": str(office.server.port), "dbname": "appdb"}
    password = found.pop("password", "")
    found.pop("sslmode", None)
    return found == meant and password.startswith(LEFT) and password.endswith(RIGHT)
