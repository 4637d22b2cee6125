# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first part of the man page: every command, and the options of those that read the server."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.commands import NAMES
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.generated import man_page, man_page_backups
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.main import build_parser

PAGE = man_page.TEXT + man_page_backups.TEXT


def test_it_begins_as_a_man_page_does() -> None:
    lines = man_page.TEXT.lstrip().splitlines()
    assert lines[1].startswith(".TH PGSOP 1 ")
    # What whatis(1) and apropos(1) show.
    assert lines[lines.index(".SH NAME") + 1].startswith(r"pgsop \- ")


@pytest.mark.parametrize("name", NAMES)
def test_each_command_is_a_section_with_its_options(name: str) -> None:
    assert rf'.IP "\fB{name}\fR" 4' in PAGE
    section = PAGE.partition(f".SH PGSOP {name.upper()}\n")[2].partition(".SH ")[0]
    for action in build_parser()[1][name].actions:
        for option in {*action.option_strings} - {"--config", "-h", "--help"}:
            assert rf"\fB{option}\fR".replace("-", r"\-") in section
