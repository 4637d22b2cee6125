# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of a command is found without its arguments."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.filter.command_programs import FilterModule, command_programs


@pytest.mark.parametrize(
    ("command", "program"),
    [("/bin/a", "/bin/a"), ("/bin/a -x 'y z'", "/bin/a"), ("'/opt/two words/a' b", "/opt/two words/a")],
)
def test_program_is_the_first_word_of_a_shell(command: str, program: str) -> None:
    assert command_programs({"one": command, "none": "", "blank": " "}) == {"one": program}


def test_filter_is_registered() -> None:
    assert FilterModule().filters() == {"command_programs": command_programs}
