# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that refuse the server's owner: which line does, and the command that repairs it."""

from __future__ import annotations

import os
import subprocess

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import OwnerRefusedError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.lockout import find_lockout
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.knock import ACCEPTED, REFUSED
from ansible_collections.aerovista.postgresql.tests.servers.hba.conftest import Gate

#: What an edit by hand leaves, with the line that decides.
EDITS = {
    "password": ("# tutorial\nlocal all OWNER scram-sha-256\n", "line 2 of {path} (local all OWNER scram-sha-256)"),
    "map": ("local all OWNER peer map=staff\n", "line 1 of {path} (local all OWNER peer map=staff)"),
    "reject": ("local all all reject\nlocal all OWNER peer\n", "line 1 of {path} (local all all reject)"),
    "no rule": ("host all all 127.0.0.1/32 scram-sha-256\n", "no line of {path} matches it"),
    "no line end": ("host all all 127.0.0.1/32 scram-sha-256", "no line of {path} matches it"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_the_line_is_named_and_the_command_repairs_it(gate: Gate, edit: str) -> None:
    text, words = EDITS[edit]
    gate.write(text)
    gate.becomes(REFUSED)
    lockout = find_lockout(gate.cluster)
    assert lockout is not None
    assert words.format(path=gate.path).replace("OWNER", gate.cluster.owner) in lockout.sentence
    assert "edited by hand" in lockout.sentence
    command, _and, reload = lockout.remedy.partition("by hand: ")[2].rpartition(" && ")
    assert reload == f"sudo pg_ctlcluster {gate.cluster.version} main reload"
    subprocess.run(["sh", "-c", command.replace("sudo ", "")], check=True, stdout=subprocess.DEVNULL)
    gate.reload()
    gate.becomes(ACCEPTED)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "is missing"),
        ("", "has no rule"),
        ("local all all peer\nlocl all all peer\n", "line 2 of"),
    ],
)
def test_a_file_that_the_server_cannot_read_is_named_while_older_rules_refuse(
    gate: Gate, text: str | None, words: str
) -> None:
    gate.write("local all OWNER scram-sha-256\n")
    gate.becomes(REFUSED)
    gate.write(text)
    lockout = find_lockout(gate.cluster)
    assert lockout is not None
    assert words in lockout.sentence


def test_a_right_file_that_is_not_loaded_needs_a_reload_only(gate: Gate) -> None:
    gate.write("local all OWNER scram-sha-256\n")
    gate.becomes(REFUSED)
    gate.path.write_text(f"local all {gate.cluster.owner} peer\n", encoding="utf-8")
    lockout = find_lockout(gate.cluster)
    assert lockout is not None
    assert "has not loaded" in lockout.sentence
    assert lockout.remedy.endswith(f"by hand: sudo pg_ctlcluster {gate.cluster.version} main reload")


def test_every_session_of_the_owner_is_refused_with_the_line(gate: Gate) -> None:
    assert find_lockout(gate.cluster) is None
    gate.write("local all OWNER scram-sha-256\n")
    gate.becomes(REFUSED)
    with pytest.raises(OwnerRefusedError, match=r"line 1 of .*pg_hba\.conf") as refused, connect(gate.cluster):
        pass
    assert "pg_ctlcluster" in refused.value.next_step


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_user_that_is_not_the_owner_is_not_told_of_the_rules(gate: Gate) -> None:
    gate.write("local all OWNER scram-sha-256\n")
    gate.becomes(REFUSED)
    os.seteuid(1)
    try:
        assert find_lockout(gate.cluster) is None
    finally:
        os.seteuid(0)
