# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of a dump: their kinds and names."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import toc


def entry(line: str) -> toc.TocEntry:
    return toc.TocEntry(int(line.split(";", maxsplit=1)[0]), line.split(" ", maxsplit=3)[3], line)


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ("7; 2606 9 FK CONSTRAINT public chi chi_p_fkey app", "constraint", "public.chi.chi_p_fkey"),
        ("7; 2606 9 CHECK CONSTRAINT public t c app", "constraint", "public.t.c"),
        ("7; 1259 9 INDEX app i app", "index", "app.i"),
        ("7; 1259 9 MATERIALIZED VIEW app v app", "materialized view", "app.v"),
        ("7; 0 9 MATERIALIZED VIEW DATA app v app", "materialized view data", "app.v"),
        ("7; 0 9 TABLE DATA app t app", "table data", "app.t"),
        ("7; 1255 9 FUNCTION app f(integer, text) app", "function", "app.f(integer, text)"),
        ("7; 2620 9 TRIGGER app t tr app", "trigger", "app.t.tr"),
        ("7; 3079 9 EXTENSION - pgq ", "extension", "pgq"),
        ("7; 0 0 ACL app TABLE t app", "privileges", "app.TABLE t"),
        (
            "7; 826 9 DEFAULT ACL - DEFAULT PRIVILEGES FOR TABLES app",
            "default privileges",
            "DEFAULT PRIVILEGES FOR TABLES",
        ),
    ],
)
def test_kind_and_name(line: str, kind: str, name: str) -> None:
    assert toc.kind_and_name(entry(line)) == (kind, name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("app.t", "app t"),
        ('"my schema"."a.b"', "my schema a.b"),
        ('app."say ""hi"""', 'app say "hi"'),
        ('app."two\nlines"', "app two lines"),
    ],
)
def test_name_as_the_table_of_contents_has_it(name: str, shown: str) -> None:
    assert toc.shown(name) == shown


def test_data_of_tables_is_found_by_their_whole_names() -> None:
    lines = [
        "1; 0 1 TABLE DATA app t app",
        "2; 0 2 TABLE DATA app t2 app",
        "3; 1259 3 TABLE app t app",
        "4; 0 4 TABLE DATA a t b",
    ]
    assert [each.identifier for each in toc.data_of(map(entry, lines), {"app.t": 1, 'a."t b"': 2})] == [1]
