# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A diagnosis as lines, and in the colors of the caller."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.catalogue import CLIENTS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.model import DIFFERS, FAILS, Difference
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.predict import Prediction
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.evidence import Cause
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import Diagnosis
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render.diagnose import lines
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.render.samples import (
    ACCEPTED,
    REFUSED,
    REFUSED_TEXT,
)


def marked(shown: str, status: str) -> str:
    return f"<{status}>{shown}" if status else shown


def test_nothing_is_painted_by_default() -> None:
    assert list(lines(REFUSED)) == REFUSED_TEXT.splitlines()
    assert list(lines(ACCEPTED)) == ["listener  OK        127.0.0.1", "", "The connection works."]


def test_remarks_follow_a_connection_that_works() -> None:
    report = Diagnosis(True, None, (), {}, {}, remarks=("rules: odd\x1b",))
    assert list(lines(report)) == ["", "The connection works.", "But rules: odd\\x1b"]


def test_what_is_wrong_has_the_color_of_its_status() -> None:
    found = list(lines(REFUSED, marked))
    assert found[1] == "role      <CRITICAL>CRITICAL  odd\\x1b"
    assert found[2].startswith("slots     <UNKNOWN>UNKNOWN")
    assert found[4].startswith("<CRITICAL>Cause: role")


def test_differences_of_a_client_follow_the_cause() -> None:
    first = Difference("client.a", FAILS, "it refuses", "change it")
    second = Difference("client.b", DIFFERS, "it ignores\x1b", "leave it out")
    client = Prediction("pgx", CLIENTS["pgx"], (first, second))
    found = list(lines(Diagnosis(False, Cause("client.a", "it refuses", "change it"), (), {}, {}, client=client)))
    assert found[1:3] == ["Cause: it refuses (client.a)", "Next step: change it"]
    assert found[3].startswith("As pgx, measured with pgx 4")
    assert found[4:] == ["  it ignores\\x1b (client.b): leave it out"]


def test_a_client_of_a_connection_that_works() -> None:
    found = list(lines(Diagnosis(True, None, (), {}, {}, client=Prediction("pgx", CLIENTS["pgx"]))))
    assert found[-1].endswith(": no difference from libpq is known")
