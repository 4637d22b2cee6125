# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of the log is about the attempt."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.server_log import mark, since
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    CLUSTER,
    GOOD,
)

SAID = 'connection to server failed: FATAL: password authentication failed for user "appuser"'
LOG = """\
2026-01-01 10:00:00 UTC [1] other@x FATAL:  password authentication failed for user "other"
2026-01-01 10:00:00 UTC [1] other@x DETAIL:  Role "other" does not exist.
2026-01-01 10:00:00 UTC [2] appuser@appdb FATAL:  password authentication failed for user "appuser"
2026-01-01 10:00:00 UTC [2] appuser@appdb DETAIL:  User "appuser" has an expired password.
\tConnection matched file "/etc/pg_hba.conf" line 1: "host all all all md5"
2026-01-01 10:00:00 UTC [3] LOG:  checkpoint complete
2026-01-01 10:00:00 UTC [4] appuser@appdb LOG:  connection authorized: user=appuser
"""


def error_is(folder: Path, text: str, said: str = SAID) -> tuple[str, ...]:
    path = folder / "log"
    path.write_text('FATAL:  password authentication failed for user "appuser"\nDETAIL:  before.\n', encoding="utf-8")
    before = mark(dataclasses.replace(CLUSTER, log_file=str(path)))
    with path.open("a", encoding="utf-8") as log:
        log.write(text)
    return since(before, GOOD.target, said)


def test_only_the_attempt_and_only_what_is_new(tmp_path: Path) -> None:
    assert error_is(tmp_path, LOG) == ('User "appuser" has an expired password.',)


@pytest.mark.parametrize(
    "line",
    [
        'no match in usermap "staff" for user "appuser" authenticated as "ada"',
        "provided user name (appuser) and authenticated user name (ada) do not match",
    ],
)
def test_why_a_peer_was_refused(tmp_path: Path, line: str) -> None:
    text = f"x LOG:  {line}\nx LOG:  {line.replace('appuser', 'other')}\n"
    assert error_is(tmp_path, text) == (line,)


def test_a_log_that_cannot_be_read(tmp_path: Path) -> None:
    assert since(mark(dataclasses.replace(CLUSTER, log_file=str(tmp_path / "none"))), GOOD.target, SAID) == ()


def test_a_log_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "log").touch()
    before = mark(dataclasses.replace(CLUSTER, log_file=str(tmp_path / "log")))
    (tmp_path / "log").unlink()
    assert since(before, GOOD.target, SAID) == ()
