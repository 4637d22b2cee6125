# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in pg_ident.conf that the server would take for something else."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import FileMode, FileState
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.ident import make_file, render
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import parse


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ann", "ann"),
        ("ann@example.org", "ann@example.org"),
        ("allan", "allan"),
        # Without quotes: the names in the file of that name.
        ("@passwd", '"@passwd"'),
        # Without quotes: every role, and every member of a role.
        ("all", '"all"'),
        ("+staff", '"+staff"'),
        ("a b", '"a b"'),
        ("a,b", '"a,b"'),
        ("a#b", '"a#b"'),
        ("/^(.*)@x$", '"/^(.*)@x$"'),
        ("\u00e4nne", '"\u00e4nne"'),
    ],
)
def test_name_is_in_quotes_where_it_would_be_something_else(name: str, written: str) -> None:
    line = render([{"map": "staff", "system_user": name, "role": name}], "test").splitlines()[-1]
    assert line.split("staff", 1)[1].replace(written, "<>").split() == ["<>", "<>"]


@pytest.mark.parametrize("text", [None, "", "# MAPNAME\n"])
def test_map_that_is_declared_and_not_written_is_reported(text: str | None) -> None:
    """The name of the map is mistyped in the rule, and the packaged file has no lines to report."""
    rule = parse({"type": "local", "method": "peer", "options": {"map": "staf"}})
    maps = [{"map": "staff", "system_user": "ann", "role": "clerk"}]
    state, mode = FileState("/x", text, "postgres", "postgres", 0o640), FileMode("postgres", "postgres", 0o640)
    found = make_file(state, mode, [rule], maps, "test")
    assert not found.writes
    assert found.reported == ["/x: no lines (left as it is: a rule uses map staf, which is not declared)"]
