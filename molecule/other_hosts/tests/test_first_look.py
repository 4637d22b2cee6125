# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first command of the README on a bare host, with the declaration of inventories/nxcore: short enough to be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import yaml
from bed.hosts import ROOT

if TYPE_CHECKING:
    from conftest import Container, PlayResult, PlayRunner

DECLARED = ROOT / "inventories/nxcore/group_vars/postgresql.yml"
COLUMNS, MOST_LINES = 100, 300


@pytest.fixture(scope="module")
def shown(one_platform: str, fresh_container: Callable[..., Container], play: PlayRunner) -> PlayResult:
    declared = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))
    bare = fresh_container(one_platform)
    result = play(ROOT / "playbooks/site.yml", on=bare, check=True, diff=True, extra_vars=declared)
    assert result.rc == 0, result.output
    return result


def test_a_terminal_of_100_columns_shows_at_most_300_lines(shown: PlayResult) -> None:
    lines = sum(max(1, -(-len(line) // COLUMNS)) for line in shown.stdout.splitlines())
    assert lines <= MOST_LINES, shown.stdout


@pytest.mark.parametrize(
    "text",
    [
        "\n+CREATE ROLE appuser WITH ",
        "\n+GRANT CONNECT ON DATABASE appdb TO appuser;\n",
        "\n+local   all             postgres                                peer\n",
        "\n+listen_addresses = 'localhost'  # ",
        "\n+ProtectSystem=strict\n",
        " backup --scheduled\n",
        "(item=/usr/local/share/pgsop/grafana-dashboard.json (new, ",
        "(item=/var/lib/pgsop (new folder, postgres:postgres 0750))",
        "\nPOSTGRESQL ",
    ],
)
def test_what_matters_is_shown(shown: PlayResult, text: str) -> None:
    assert text in shown.stdout


@pytest.mark.parametrize("text", ["skipping: ", "Validating arguments", '"panels"', "alert: "])
def test_what_does_not_matter_is_not_shown(shown: PlayResult, text: str) -> None:
    assert text not in shown.output
