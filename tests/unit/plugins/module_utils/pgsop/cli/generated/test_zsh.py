# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The completion for zsh; molecule/monitoring loads it in a real one."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.generated import zsh
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.main import build_parser

_PARSER, COMMANDS = build_parser()


def test_its_first_line_says_for_which_command_it_is() -> None:
    assert zsh.TEXT.lstrip().startswith("#compdef pgsop\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_its_options(name: str) -> None:
    assert f"    {name}:'{COMMANDS[name].short}'\n" in zsh.TEXT
    block = zsh.TEXT.partition(f"_shtab_pgsop_{name}_options=(")[2].partition("\n)\n")[0]
    for action in COMMANDS[name].actions:
        assert all(option in block for option in action.option_strings)
