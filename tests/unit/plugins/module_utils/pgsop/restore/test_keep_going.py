# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statements of an entry that is left out; the rest is tried on real hosts (molecule/backup)."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import keep_going
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.restore.test_pg_restore import (
    CHECK,
    target_in,
)


def test_statement_is_what_stands_between_the_comments(tmp_path: Path) -> None:
    expected = "ALTER TABLE public.t\n    ADD CONSTRAINT c CHECK ((a <> '--\n-- x'));"
    assert keep_going.statement(target_in(tmp_path), CHECK) == expected


def test_rows_of_an_extension_are_added_to_those_of_its_script() -> None:
    rows = "1\tone\n2\t\\\\.\n"
    script = f'SET x;\n\nCOPY powa."My t" (id, "a (b)") FROM stdin;\n{rows}\\.\n\n\n--\n-- end\n'
    changed = keep_going.merged(script)
    assert 'CREATE TEMPORARY TABLE pgsop_rows AS TABLE powa."My t" WITH NO DATA;' in changed
    assert (
        f'COPY pg_temp.pgsop_rows (id, "a (b)") FROM stdin;\n{rows}\\.\nINSERT INTO powa."My t" (id, "a (b)")'
        in changed
    )
    assert 'SELECT id, "a (b)" FROM pg_temp.pgsop_rows ON CONFLICT DO NOTHING;' in changed
    assert changed.endswith("-- end\n")
    assert keep_going.merged("SET x;") == "SET x;"
