# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of the driver: names of objects stay, values of rows do not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.server_error import error_text, warning_text

RAISED = {"context": "PL/pgSQL function app.f(text) line 1 at RAISE", "source_file": "pl_exec.c"}


def error(name: str, code: str | None, primary: str = "", **diag: Any) -> Any:
    """An error as the driver makes it: its class has the condition's name."""
    fields = {"message_primary": primary, **diag}
    made = type(name, (Exception,), {"diag": SimpleNamespace(**fields), "pgcode": code})
    return made(primary)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (
            error("UndefinedTable", "42P01", 'relation "x" does not exist', message_hint="h"),
            'relation "x" does not exist h',
        ),
        (
            error("DependentObjectsStillExist", "2BP01", "cannot drop x", message_detail="view v depends on it"),
            "cannot drop x view v depends on it",
        ),
        (error("InsufficientPrivilege", "42501", "permission denied for table x"), "permission denied for table x"),
        (
            error("InvalidParameterValue", "22023", 'invalid value for parameter "work_mem": "x"', source_file="guc.c"),
            'invalid value for parameter "work_mem": "x"',
        ),
        (
            error(
                "InvalidParameterValue",
                "22023",
                'encoding "LATIN1" does not match locale "C.UTF-8"',
                message_detail='The chosen LC_CTYPE setting requires encoding "UTF8".',
                source_file="dbcommands.c",
            ),
            'encoding "LATIN1" does not match locale "C.UTF-8" The chosen LC_CTYPE setting requires encoding "UTF8".',
        ),
        (
            error("InvalidParameterValue", "22023", 'time zone "canary" not recognized', source_file="timestamp.c"),
            "time zone '...' not recognized (invalid_parameter_value)",
        ),
        (
            error(
                "CheckViolation",
                "23514",
                'new row for relation "t" violates check constraint "c"',
                message_detail="Failing row contains (canary).",
                schema_name="app",
                table_name="t",
                constraint_name="c",
                source_file="execMain.c",
            ),
            "new row for relation '...' violates check constraint '...' (check_violation, table app.t, constraint c)",
        ),
        (
            error("CheckViolation", "23514", "canary is bad", table_name="canary", **RAISED),
            "an error with a message that may hold data (check_violation)",
        ),
        (
            error("RaiseException", "P0001", "canary is bad", message_hint="canary", **RAISED),
            "a function raised an exception (raise_exception)",
        ),
        (
            error(
                "UndefinedTable",
                "42P01",
                'relation "canary" does not exist',
                context='SQL statement "SELECT canary"\nPL/pgSQL function f() line 1 at EXECUTE',
            ),
            "relation '...' does not exist (undefined_table)",
        ),
        (
            error(
                "UndefinedFunction",
                "42883",
                "function x() does not exist",
                context='SQL statement "CREATE VIEW v AS"\nextension script file "e--1.sql", near line 5',
            ),
            "function x() does not exist",
        ),
        (error("InternalError", "ZZ001", "canary"), "an error with a message that may hold data (SQLSTATE ZZ001)"),
        (
            error("InvalidTextRepresentation", "22P02", 'invalid input syntax for type integer: "canary"'),
            "invalid input syntax for type ...: '...' (invalid_text_representation)",
        ),
        (
            error("OperationalError", None, "FATAL:  the database system\n is starting up"),
            "FATAL: the database system is starting up",
        ),
        (
            error("OperationalError", None, "FATAL:  canary\nCONTEXT:  PL/pgSQL function f() line 1 at RAISE\n"),
            "a function that runs at login reported an error",
        ),
        (
            error("QueryCanceled", "57014", "canceling statement due to user request"),
            "canceling statement due to user request",
        ),
    ],
)
def test_error_text(raised: Any, expected: str) -> None:
    assert error_text(raised) == expected


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (
            error("UndefinedTable", "42P01", 'relation "x" does not exist', statement_position="15"),
            'relation "x" does not exist',
        ),
        (
            error("UndefinedTable", "42P01", 'relation "canary" does not exist'),
            "relation '...' does not exist (undefined_table)",
        ),
        (
            error("SyntaxError", "42601", 'syntax error in tsquery: "canary"'),
            "an error with a message that may hold data (syntax_error)",
        ),
        (
            error(
                "UndefinedTable",
                "42P01",
                'relation "canary" does not exist',
                statement_position="1",
                internal_position="1",
            ),
            "relation '...' does not exist (undefined_table)",
        ),
        (
            error("QueryCanceled", "57014", "canceling statement due to statement timeout", message_detail="canary"),
            "canceling statement due to statement timeout",
        ),
        (
            error(
                "IndexCorrupted", "XX002", 'heap tuple (0,1) from table "t" lacks matching index tuple within index "i"'
            ),
            'heap tuple (0,1) from table "t" lacks matching index tuple within index "i"',
        ),
        (error("InternalError_", "XX000", "canary"), "an error with a message that may hold data (internal_error)"),
        (error("DataError", None, "cannot read canary"), "the driver cannot read the answer"),
        (
            error("OperationalError", None, "server closed the connection unexpectedly"),
            "server closed the connection unexpectedly",
        ),
    ],
)
def test_statement_that_computes_from_rows_shows_less(raised: Any, expected: str) -> None:
    assert error_text(raised, computes=True) == expected


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        ('WARNING:  no privileges were granted for "t"\n', 'no privileges were granted for "t"'),
        ("WARNING:  canary\nCONTEXT:  PL/pgSQL function f() line 1 at RAISE\n", "a function raised a warning"),
    ],
)
def test_warning_text(notice: str, expected: str) -> None:
    assert warning_text(notice) == expected
