# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ages, sizes and tables read as a person would write them."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import text


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1234, "1.2 kB"),
        (9949, "9.9 kB"),
        (9999, "10 kB"),
        (999_499, "999 kB"),
        (999_999, "1.0 MB"),
        (1_200_000_000, "1.2 GB"),
        (123_000_000_000, "123 GB"),
        (5 * 10**18, "5000 PB"),
    ],
)
def test_size(count: int, told: str) -> None:
    assert text.size(count) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-5, "0 s"),
        (90, "90 s"),
        (120, "2 min"),
        (7199, "119 min"),
        (7200, "2 h"),
        (47 * 3600, "47 h"),
        (48 * 3600, "2 d"),
        (35 * 86400, "35 d"),
    ],
)
def test_age(seconds: float, told: str) -> None:
    assert text.age(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_took(seconds: float, told: str) -> None:
    assert text.took(seconds) == told


def test_counted() -> None:
    assert text.counted(1, "row") == "1 row"
    assert text.counted(1200, "row") == "1,200 rows"
    assert text.counted(2, "copy", "copies") == "2 copies"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], ""),
        (["appdb"], "appdb"),
        (["appdb", "postgres"], "appdb, postgres"),
        (["a" * 60, "b"], f"{'a' * 60} and 1 more"),
        ([f"db{number:02}" for number in range(20)], "db00, db01, db02, db03, db04, db05, db06, db07 and 12 more"),
    ],
)
def test_some(names: list[str], told: str) -> None:
    assert text.some(names) == told


def test_what_a_terminal_would_obey_is_shown_instead() -> None:
    assert (
        text.printable("a\x1b[2Jb\nc\t\u202ed gr\u00fc\u00df \u6570")
        == "a\\x1b[2Jb\\nc\\t\\u202ed gr\u00fc\u00df \u6570"
    )


def test_width_is_that_of_the_terminal() -> None:
    assert text.width("gr\u00fcn") == 4
    assert text.width("gru\u0308n") == 4
    assert text.width("\u6570\u636e") == 4


@pytest.mark.parametrize(("columns", "told"), [(10, "0123456789"), (9, "012345..."), (4, "0..."), (3, ""), (0, "")])
def test_cut(columns: int, told: str) -> None:
    assert text.cut("0123456789", columns) == told
    assert text.width(text.cut("\u6570" * 9, 10)) <= 10


def test_table_is_aligned() -> None:
    rows = [("appdb", "9 B", "x"), ("\u6570\u636e", "120 kB", "")]
    assert text.table(("NAME", "SIZE", "Z"), rows, right=("SIZE",)) == [
        "NAME     SIZE  Z",
        "appdb     9 B  x",
        "\u6570\u636e   120 kB  ",
    ]


def test_table_is_painted_after_it_is_aligned() -> None:
    rows = [("no", "b"), ("c", "no\n")]
    painted = text.table(("A", "BBB"), rows, paint=lambda head, cell: f"<{head}:{cell}>")
    assert painted == ["A   BBB", "<A:no>  <BBB:b>", "<A:c >  <BBB:no\\n>"]


WIDE = [("appdb", "1.2 GB", "a long remark of the run"), ("x", "9 B", "")]


@pytest.mark.parametrize(
    ("wide", "told"),
    [
        (None, ["NAME   SIZE    REMARK", "appdb  1.2 GB  a long remark of the run", "x      9 B     "]),
        (39, ["NAME   SIZE    REMARK", "appdb  1.2 GB  a long remark of the run", "x      9 B     "]),
        (30, ["NAME   SIZE    REMARK", "appdb  1.2 GB  a long remar...", "x      9 B     "]),
        (26, ["NAME   SIZE", "appdb  1.2 GB", "x      9 B"]),
        (12, ["NAME", "appdb", "x"]),
        (4, ["NAME", "a...", "x"]),
    ],
)
def test_table_is_cut_at_its_end(wide: int | None, told: list[str]) -> None:
    assert text.table(("NAME", "SIZE", "REMARK"), WIDE, wide=wide) == told


COLUMNS = "  WARNING   backup.age: the newest set is old"
QUOTED = "Next step: run 'sudo pgsop backup' and read it"
COMMAND = "Next step: sudo pg_ctlcluster 17 main reload && sudo pgsop health"
PROSE = "Next step: sudo tail the.log, and then: sudo systemctl start x"
SQL = "    -- ends the session of the application"


@pytest.mark.parametrize(
    ("line", "wide", "told"),
    [
        ("a line that fits", 16, ["a line that fits"]),
        ("a line that is not cut", None, ["a line that is not cut"]),
        ("", 10, [""]),
        ("one two three", 9, ["one two", "  three"]),
        ("  - one two three", 12, ["  - one two", "    three"]),
        (COLUMNS, 30, ["  WARNING   backup.age: the", "            newest set is old"]),
        (COLUMNS, 20, ["  WARNING", "    backup.age: the", "    newest set is", "    old"]),
        (QUOTED, 32, ["Next step: run", "  'sudo pgsop backup' and read", "  it"]),
        (QUOTED, 16, ["Next step: run", "  'sudo pgsop", "  backup' and", "  read it"]),
        (COMMAND, 40, ["Next step: sudo pg_ctlcluster 17 main \\", "  reload && sudo pgsop health"]),
        (PROSE, 40, ["Next step: sudo tail the.log, and then:", "  sudo systemctl start x"]),
        (PROSE, 24, ["Next step: sudo tail", "  the.log, and then:", "  sudo systemctl start \\", "  x"]),
        (SQL, 30, ["    -- ends the session of the", "    -- application"]),
        ("a " + "x" * 30 + " b", 10, ["a", "  " + "x" * 30, "  b"]),
        ("\u6570\u636e \u6570\u636e", 8, ["\u6570\u636e", "  \u6570\u636e"]),
        ("\033[31mone two\033[0m three", 13, ["\033[31mone two\033[0m three"]),
        ("\033[31mone two\033[0m three", 12, ["\033[31mone two\033[0m", "  three"]),
    ],
)
def test_line_is_folded_at_blanks(line: str, wide: int | None, told: list[str]) -> None:
    assert text.fold(line, wide) == told
