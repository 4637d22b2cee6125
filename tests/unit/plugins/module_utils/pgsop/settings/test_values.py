# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of settings: every expectation was compared with what servers 15 and 17 answer to set_config() and pg_settings."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings.values import (
    Parameter,
    Value,
    canonical,
    written,
)

INT_MAX = "2147483647"


def parameter(name: str, vartype: str, unit: str | None = None, limits: tuple[str, str] | None = None) -> Parameter:
    low, high = limits or (None, None)
    return Parameter(name, "", vartype, "user", unit=unit, min_val=low, max_val=high)


def enumeration(name: str, *choices: str) -> Parameter:
    return Parameter(name, choices[0], "enum", "user", enumvals=choices)


WORK_MEM = parameter("work_mem", "integer", "kB", ("64", INT_MAX))
CACHE_SIZE = parameter("effective_cache_size", "integer", "8kB", ("1", INT_MAX))
WAL_SIZE = parameter("max_wal_size", "integer", "MB", ("2", INT_MAX))
QUERY_SIZE = parameter("track_activity_query_size", "integer", "B", ("100", "1048576"))
TIMEOUT = parameter("statement_timeout", "integer", "ms", ("0", INT_MAX))
CHECKPOINT = parameter("checkpoint_timeout", "integer", "s", ("30", "86400"))
AGE = parameter("log_rotation_age", "integer", "min", ("0", "35791394"))
FILE_LIMIT = parameter("temp_file_limit", "integer", "kB", ("-1", INT_MAX))
COST_DELAY = parameter("vacuum_cost_delay", "real", "ms", ("0", "100"))
PAGE_COST = parameter("random_page_cost", "real", None, ("0", "1.79769e+308"))
SEED = parameter("geqo_seed", "real", None, ("0", "1"))
THRESHOLD = parameter("geqo_threshold", "integer", None, ("2", INT_MAX))
SOCKET_MODE = parameter("unix_socket_permissions", "integer", None, ("0", "511"))
TIMING = parameter("track_io_timing", "bool")
COMMIT = enumeration("synchronous_commit", "local", "remote_write", "remote_apply", "on", "off")
ISOLATION = enumeration("default_transaction_isolation", "serializable", "repeatable read", "read committed")
PREFIX = parameter("log_line_prefix", "string")


@pytest.mark.parametrize(
    ("given", "value", "expected"),
    [
        # plain numbers count base units
        (WORK_MEM, 4096, "4096"),
        (WORK_MEM, "4096", "4096"),
        (CACHE_SIZE, 4096, "4096"),
        (WORK_MEM, "+70", "70"),
        (WORK_MEM, " 70 ", "70"),
        (WORK_MEM, "\t70", "70"),
        (FILE_LIMIT, -1, "-1"),
        (FILE_LIMIT, "-1", "-1"),
        (FILE_LIMIT, "-1kB", "-1"),
        # memory
        (WORK_MEM, "16MB", "16384"),
        (WORK_MEM, "70  kB ", "70"),
        (WORK_MEM, "0.1GB", "104448"),
        (WORK_MEM, "1.01GB", "1058816"),
        (WORK_MEM, "0.3TB", "321912832"),
        (WORK_MEM, "65536B", "64"),
        (CACHE_SIZE, "1GB", "131072"),
        (CACHE_SIZE, "70kB", "9"),
        (CACHE_SIZE, "1TB", "134217728"),
        (WAL_SIZE, "1GB", "1024"),
        (WAL_SIZE, "1.5GB", "1536"),
        (QUERY_SIZE, "4kB", "4096"),
        # time
        (TIMEOUT, "1min", "60000"),
        (TIMEOUT, "1 min", "60000"),
        (TIMEOUT, "1.01min", "61000"),
        (TIMEOUT, "1.5h", "5400000"),
        (TIMEOUT, "10d", "864000000"),
        (TIMEOUT, "1500us", "2"),
        (TIMEOUT, "0.5us", "0"),
        (TIMEOUT, "0.0015s", "2"),
        (CHECKPOINT, "5min", "300"),
        (CHECKPOINT, "30500ms", "30"),
        (AGE, "1d", "1440"),
        (COST_DELAY, "1500us", "1.5"),
        (COST_DELAY, "0.05s", "50"),
        # rounding to even, exponents, hexadecimal and octal numbers
        (WORK_MEM, "64.5", "64"),
        (WORK_MEM, "65.5", "66"),
        (THRESHOLD, 2.5, "2"),
        (WORK_MEM, "1e3", "1000"),
        (WORK_MEM, "1e2MB", "102400"),
        (WORK_MEM, "0x40", "64"),
        (WORK_MEM, "0X40", "64"),
        (WORK_MEM, "0100", "64"),
        # file modes are shown in octal
        (SOCKET_MODE, "0770", "0770"),
        (SOCKET_MODE, "0777", "0777"),
        (SOCKET_MODE, 511, "0777"),
        (SOCKET_MODE, 0, "0000"),
        # reals, as %g shows them
        (PAGE_COST, 1.1, "1.1"),
        (PAGE_COST, "1.10", "1.1"),
        (PAGE_COST, 4, "4"),
        (PAGE_COST, "1e-3", "0.001"),
        (PAGE_COST, 1e-7, "1e-07"),
        (PAGE_COST, ".5", "0.5"),
        (PAGE_COST, "100.", "100"),
        (SEED, 1, "1"),
        # limits themselves are allowed
        (WORK_MEM, 64, "64"),
        (WORK_MEM, INT_MAX, INT_MAX),
        (WORK_MEM, "64kB", "64"),
        # booleans
        (TIMING, True, "on"),
        (TIMING, False, "off"),
        *[(TIMING, word, "on") for word in ("on", "ON", "true", "yes", "Yes", "1", 1)],
        *[(TIMING, word, "off") for word in ("off", "Off", "false", "no", "0", 0)],
        # enumerations in the server's spelling
        (COMMIT, "on", "on"),
        (COMMIT, True, "on"),
        (COMMIT, False, "off"),
        (COMMIT, "Remote_Apply", "remote_apply"),
        (ISOLATION, "READ COMMITTED", "read committed"),
        # text stays as it is
        (PREFIX, "%m [%p] %q%u@%d ", "%m [%p] %q%u@%d "),
        (PREFIX, 'it\'s \\ 100 % "fine"', 'it\'s \\ 100 % "fine"'),
        (PREFIX, "", ""),
        (PREFIX, 5, "5"),
        (PREFIX, False, "off"),
    ],
)
def test_value_is_read_as_the_server_reads_it(given: Parameter, value: Value, expected: str) -> None:
    assert canonical(given, value) == expected


@pytest.mark.parametrize(
    ("given", "value", "words"),
    [
        (WORK_MEM, "63", r"'63' is outside the server's range 64 \.\. 2147483647 \(in units of kB\)"),
        (WORK_MEM, "63kB", "outside the server's range"),
        (WORK_MEM, "3TB", "outside the server's range"),
        (WORK_MEM, -1, "outside the server's range"),
        (FILE_LIMIT, "-1MB", "outside the server's range"),
        (TIMEOUT, "2147483648", "outside the server's range"),
        (SOCKET_MODE, "777", r"outside the server's range 0 \.\. 511$"),
        (SEED, 1.01, "outside the server's range"),
        (PAGE_COST, "1e999", "outside the server's range"),
        (PAGE_COST, -0.1, "outside the server's range"),
        (WORK_MEM, "70KB", "has the unit 'KB': write a number and one of B, kB, MB, GB, TB"),
        (WORK_MEM, "70mb", "has the unit 'mb'"),
        (WORK_MEM, "70s", "has the unit 's'"),
        (TIMEOUT, "1m", "has the unit 'm': write a number and one of us, ms, s, min, h, d"),
        (TIMEOUT, "1S", "has the unit 'S'"),
        (TIMEOUT, "1MB", "has the unit 'MB'"),
        (THRESHOLD, "5MB", "takes a plain number"),
        (SEED, "0.5s", "takes a plain number"),
        *[
            (WORK_MEM, text, "is not a number")
            for text in ("", "  ", "abc", "7 0", "70,0", "1_000", "70kB4", "..5", "0o70")
        ],
        *[(PAGE_COST, text, "is not a number") for text in ("inf", "nan", "1e+", "on")],
        (WORK_MEM, True, "'on' is not a number"),
        *[(TIMING, text, "is not a boolean: write on or off") for text in ("", "2", "o", "enabled", "None")],
        (COMMIT, "maybe", "'maybe' is not one of local, remote_write, remote_apply, on, off"),
        (ISOLATION, "read_committed", "is not one of"),
        (ISOLATION, "", "is not one of"),
        (PREFIX, "two\nlines", "a value is one line"),
        (PREFIX, "nul\0", "a value is one line"),
    ],
)
def test_value_that_the_server_refuses_is_refused_in_words(given: Parameter, value: Value, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        canonical(given, value)


@pytest.mark.parametrize("value", ["1e999", "0x" + "f" * 300, "-1e999"])
def test_number_beyond_all_limits_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="range"):
        canonical(WORK_MEM, value)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        *[(TIMING, text) for text in (" on", "on ")],
        *[(COMMIT, text) for text in (" on", "on ", " local ")],
        *[(CACHE_SIZE, text) for text in ("08", "089", "\uff17\uff10", "70\xa0", "\xa070")],
    ],
)
def test_value_that_only_the_server_refuses_is_refused_here_too(given: Parameter, value: str) -> None:
    """Nobody else notices a bad value of a postmaster setting while the restart is withheld: the next boot fails."""
    with pytest.raises(ValueError, match=r"number|boolean|one of"):
        canonical(given, value)


@pytest.mark.parametrize(("value", "expected"), [("0100kB", "64"), ("0100MB", "65536"), ("0x40kB", "64")])
def test_octal_or_hexadecimal_number_with_a_unit_is_never_taken_for_decimal(value: str, expected: str) -> None:
    try:
        found = canonical(WORK_MEM, value)
    except ValueError:
        return  # to refuse what nobody writes is fine, to mistake it is not
    assert found == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, "on"), (False, "off"), (5, "5"), (1.5, "1.5"), ("16MB", "16MB"), ("", ""), ("on", "on")],
)
def test_value_is_written_as_given(value: Value, expected: str) -> None:
    assert written(value) == expected


def test_parameter_is_read_by_column_name() -> None:
    row = {"name": "wal_level", "setting": "replica", "vartype": "enum", "context": "postmaster", "short_desc": "x"}
    found = Parameter.from_row(dict(row, enumvals=["minimal", "replica"], pending_restart=True))
    assert found == Parameter(
        "wal_level", "replica", "enum", "postmaster", enumvals=("minimal", "replica"), pending_restart=True
    )
    assert Parameter.from_row(dict(row, enumvals=None)).enumvals is None
