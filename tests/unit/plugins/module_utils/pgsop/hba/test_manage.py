# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of pg_hba.conf: written, read by the server, loaded, tried, or brought back. The server is played by tables."""

from __future__ import annotations

import contextlib
import dataclasses
import grp
import os
import pwd
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import (
    availability,
    command,
    connection,
    service,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import FileMode, FileState
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba import activate
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba import manage as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.manage import HbaRequest, manage

USER = pwd.getpwuid(os.getuid()).pw_name
GROUP = grp.getgrgid(os.getgid()).gr_name
ADMIN: dict[str, Any] = {"type": "local", "user": [USER], "method": "peer"}
SOP: list[dict[str, Any]] = [
    {"type": "host", "address": address, "method": "scram-sha-256"} for address in ("127.0.0.1/32", "::1/128")
]
RULES = [ADMIN, *SOP]
OTHER = [ADMIN, dict(SOP[0], database=["app"])]


@dataclass
class Server(Session):
    """A running server with one HBA file."""

    root: Path
    error: str = ""
    refuses_login: bool = False
    md5: dict[str, list[str]] = field(default_factory=dict)
    ssl: str = "on"
    loaded_at: float = 0.0
    acts: list[str] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.root / "pg_hba.conf"

    @property
    def cluster(self) -> Cluster:
        return Cluster(17, "main", 5432, True, USER, str(self.root), str(self.root), "/l", "/s")

    def rows(self, statement: str, parameters: Any = ()) -> list[dict[str, Any]]:
        if "pg_hba_file_rules" in statement:
            return list(self.file_rules())
        if "rolpassword" in statement:
            return [{"role": role, "groups": groups} for role, groups in self.md5.items()]
        answers = {"SHOW hba_file": str(self.path), "SHOW ssl": self.ssl, "SELECT 1": 1}
        return [{"value": self.loaded_at if "pg_conf_load_time" in statement else answers[statement]}]

    def file_rules(self) -> Iterator[dict[str, Any]]:
        self.acts.append("read")
        masks = {"32": "255.255.255.255", "128": "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}
        for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), start=1):
            if line and not line.startswith("#"):
                kind, database, user, *rest = line.split()
                address, _slash, bits = rest[0].partition("/") if kind != "local" else ("", "", "")
                yield {
                    "line_number": number,
                    "type": kind,
                    "database": database.split(","),
                    "user_name": user.split(","),
                    "address": address or None,
                    "netmask": masks.get(bits),
                    "auth_method": rest[-1],
                    "options": None,
                    "error": self.error or None,
                }

    def load(self, act: str) -> None:
        self.acts.append(act)
        time.sleep(0.02)  # file systems tell times no finer than the kernel's clock ticks
        self.loaded_at = time.time()

    @contextlib.contextmanager
    def connect(self, _cluster: Cluster) -> Iterator[Session]:
        if self.refuses_login and "reload" in self.acts:
            raise PgsopError(attempted="query the server", target="x", answer="no pg_hba.conf entry", next_step="look")
        yield self


@pytest.fixture(name="server")
def _server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server(tmp_path)
    (tmp_path / "postmaster.pid").write_text("4711\n", encoding="utf-8")
    for place in (connection, module):
        monkeypatch.setattr(place, "find_cluster", lambda _version, _name: server.cluster)
    for place in (connection, availability):
        monkeypatch.setattr(place, "is_ready", lambda _cluster: True)
    for place in (module, activate):
        monkeypatch.setattr(place, "connect", server.connect)
    monkeypatch.setattr(activate, "reload", lambda _session: server.load("reload"))
    monkeypatch.setattr(service, "signal_reload", lambda cluster: server.load(f"signal to {cluster.pid}"))
    if USER != GROUP:  # the engine takes the owner's name for the group's, as it is for postgres
        pytest.skip("this user's group has another name")
    manage(request(RULES), check=False)
    server.acts.clear()
    return server


def request(rules: Sequence[dict[str, Any]]) -> HbaRequest:
    return HbaRequest(17, "main", "t", rules)


def test_file_is_written_read_by_the_server_and_then_loaded(server: Server) -> None:
    answer = manage(request(OTHER), check=False).as_dict()
    assert answer["actions"] == [f"write {server.path}", "reload"]
    assert server.acts == ["read", "reload"]
    assert "app" in server.path.read_text(encoding="utf-8")
    assert server.path.stat().st_mode & 0o777 == 0o640
    assert answer["diff"]["before_header"] == str(server.path)
    assert [rule.split()[1] for rule in answer["rules"]] == ["all", "app"]


def test_second_run_changes_nothing(server: Server) -> None:
    for check in (True, False):
        answer = manage(request(RULES), check=check).as_dict()
        assert (answer["changed"], answer["diff"], server.acts) == (False, {}, [])


def test_check_mode_tells_the_same_and_touches_nothing(server: Server) -> None:
    before = server.path.read_bytes()
    foreseen = manage(request(OTHER), check=True).as_dict()
    assert (server.path.read_bytes(), server.acts) == (before, [])
    assert manage(request(OTHER), check=False).as_dict() == foreseen


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_mode_altered_by_hand_is_repaired(server: Server, mode: int) -> None:
    server.path.chmod(mode)
    answer = manage(request(RULES), check=False).as_dict()
    assert answer["actions"][0] == f"write {server.path}"
    assert f"{mode:04o}" in answer["diff"]["before"]


def test_file_that_was_written_but_never_loaded_is_loaded(server: Server) -> None:
    server.loaded_at = 0
    answer = manage(request(RULES), check=False).as_dict()
    assert answer["actions"] == ["reload"]
    assert answer["diff"]["before"].endswith("# this file is not loaded yet\n")


def test_password_in_a_rule_is_in_neither_diff_nor_answer(server: Server) -> None:
    def ldap(password: str) -> list[dict[str, Any]]:
        options = {"ldapserver": "a", "ldapbindpasswd": password}
        return [ADMIN, dict(SOP[0], method="ldap", options=options), SOP[1]]

    before = manage(request(ldap("s3cret")), check=True)
    server.path.write_text(before.text, encoding="utf-8")
    answer = manage(request(ldap("0ther")), check=True).as_dict()
    assert not any(word in str(answer) for word in ("s3cret", "0ther"))
    assert answer["diff"]["before"].endswith("# a password differs\n")


def test_what_the_server_cannot_read_is_undone_before_it_is_used(server: Server) -> None:
    before = server.path.read_bytes()
    server.error = "invalid authentication method"
    with pytest.raises(PgsopError, match="invalid authentication method"):
        manage(request(OTHER), check=False)
    assert server.path.read_bytes() == before
    assert "reload" not in server.acts


def test_refused_change_leaves_nothing_to_do(server: Server) -> None:
    server.error = "invalid authentication method"
    with pytest.raises(PgsopError):
        manage(request(OTHER), check=False)
    server.error = ""
    assert manage(request(RULES), check=True).actions == []


def test_rules_that_refuse_the_login_are_undone_without_a_login(server: Server) -> None:
    before = server.path.read_bytes()
    server.refuses_login = True
    with pytest.raises(PgsopError, match=r"no pg_hba\.conf entry.*previous state was put back"):
        manage(request(OTHER), check=False)
    assert server.path.read_bytes() == before
    assert server.acts == ["read", "reload", "signal to 4711"]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (SOP, "locked out"),
        ([ADMIN, dict(SOP[0], method="trust")], "lets anybody in"),
        ([ADMIN, dict(SOP[0], metod="x")], "rule 2: unknown key metod"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_bad_rules_are_refused_before_anything_is_touched(
    server: Server, rules: list[dict[str, Any]], words: str, check: bool
) -> None:
    before = server.path.read_bytes()
    with pytest.raises(PgsopError, match=words) as refused:
        manage(request(rules), check=check)
    assert "nothing was changed" in refused.value.next_step
    assert (server.path.read_bytes(), server.acts) == (before, [])


@pytest.mark.parametrize("check", [True, False])
def test_roles_with_an_md5_verifier_are_listed_not_locked_out(server: Server, check: bool) -> None:
    server.md5 = {"amy": ["amy", "staff"], "bob": ["bob"]}
    with pytest.raises(PgsopError, match="could not log in: amy, bob"):
        manage(request(RULES), check=check)
    assert server.acts == []


def test_rule_for_tls_is_refused_while_ssl_is_off(server: Server) -> None:
    rules = [ADMIN, dict(SOP[0], type="hostssl")]
    assert manage(request(rules), check=True).actions
    server.ssl = "off"
    with pytest.raises(PgsopError, match="ssl is off"):
        manage(request(rules), check=True)


def test_file_of_a_server_that_cannot_be_asked_is_the_configured_one(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(arguments: Sequence[str], **_more: object) -> command.Answer:
        return command.Answer(0, f"{server.root}/moved-{arguments[-1]}\n", "")

    for place in (connection, availability):
        monkeypatch.setattr(place, "is_ready", lambda _cluster: False)
    monkeypatch.setattr(command, "run", run)
    maps = [{"map": "staff", "system_user": "ann", "role": "clerk"}]
    answer = manage(dataclasses.replace(request(OTHER), ident_maps=maps), check=True).as_dict()
    assert answer["actions"][:2] == [f"write {server.root}/moved-hba_file", f"write {server.root}/moved-ident_file"]


@pytest.mark.parametrize("missing", [True, False])
def test_without_a_server_the_file_is_shown_but_not_written(
    server: Server, monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    for place in (connection, availability):
        monkeypatch.setattr(place, "is_ready", lambda _cluster: False)
    if missing:
        for place in (connection, module):
            monkeypatch.setattr(place, "find_cluster", lambda _version, _name: None)
    monkeypatch.setattr(module, "POSTGRES", USER)
    monkeypatch.setattr(module, "config_directory", lambda _version, _name: str(server.root))
    answer = manage(request(OTHER), check=True).as_dict()
    assert answer["validated"] is False
    assert answer["actions"] == [f"write {server.path}"]
    assert answer["diff"]["after_header"].endswith("(not yet validated by a server)")
    with pytest.raises(PgsopError, match="no such cluster" if missing else "does not answer"):
        manage(request(OTHER), check=False)


@pytest.mark.parametrize(
    ("state", "start", "text", "steps"),
    [
        (availability.STOPPED, True, "new", ["write /h", "start"]),
        (availability.STOPPED, False, "new", ["write /h"]),
        (availability.STOPPED, True, "old", []),
        (availability.ANSWERS, True, "new", ["write /h", "reload"]),
        (availability.REFUSED, True, "old", ["reload"]),
    ],
)
def test_start_of_a_stopped_server_is_a_step(state: str, start: bool, text: str, steps: list[str]) -> None:
    before = FileState("/h", "old", "postgres", "postgres", 0o640)
    mode = FileMode("postgres", "postgres", 0o640)
    outcome = module.HbaOutcome(before, text, mode, (), loaded=False, state=state, start=start)
    assert outcome.actions == steps
