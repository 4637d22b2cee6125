# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of the driver by their SQLSTATE: the full message if it names only objects, otherwise condition and objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .server_conditions import recognize

#: Classes with messages that name objects, settings, files and sessions, as long as the statement computes nothing from rows.
_OBJECTS = (
    *("08", "0A", "0B", "0L", "0P", "25", "26", "28", "2B", "2D", "34", "3B", "3D", "3F"),
    *("40", "42", "53", "54", "55", "57", "58", "F0", "XX"),
)
#: The same if the statement may compute from rows: an expression can ask for any object, and an extension can report any value.
_NEVER_ROWS = ("08", "25", "40", "53", "54", "57")
_NEVER_ROWS_CODES = ("42501", "55P03", "XX001", "XX002")
_NAMES = "42"
#: Where the server reports a value of a setting, or an option of a database, role or tablespace; no row has a part in it.
_OF_OPTIONS = frozenset({"guc.c", "guc_funcs.c", "variable.c", "dbcommands.c", "user.c", "tablespace.c"})
#: Where the server itself fills in the names of objects. A function can fill in anything.
_OF_CONSTRAINTS = frozenset(
    {
        "domains.c",
        "execExprInterp.c",
        "execIndexing.c",
        "execMain.c",
        "execPartition.c",
        "nbtinsert.c",
        "nbtsort.c",
        "ri_triggers.c",
        "tablecmds.c",
        "tuplesort.c",
        "tuplesortvariants.c",
        "typecmds.c",
    }
)
_LANGUAGES = re.compile(r"pl_\w+\.c|plperl\.c|plpy_\w+\.c|pltcl\.c")
_SCRIPT = re.compile(r'extension script file "|SQL statement "|SQL extension script')
#: Classes of the driver that no condition has.
_DRIVERS = ("", "Data", "Database", "Integrity", "Interface", "Internal", "NotSupported", "Operational", "Programming")
_KINDS = ("table", "column", "datatype", "constraint")


def error_text(error: Any, *, computes: bool = False) -> str:
    """Return the text of an error without rows and statements.

    Args:
        error: of the driver.
        computes: whether the statement may compute from rows, as one of the site or a check of an index does.
    """
    diag, code = getattr(error, "diag", None), getattr(error, "pgcode", None)
    if code is None:
        return _without_code(error, computes=computes)
    if _safe(code, diag, computes=computes):
        parts = ("primary", "hint") if computes else ("primary", "detail", "hint")
        words = " ".join(_field(diag, f"message_{part}") for part in parts)
        return " ".join(words.split()) or _condition(error, code)
    form = _form(code, diag)
    return f"{form} ({', '.join([_condition(error, code), *_objects(diag)])})"


def warning_text(notice: str) -> str:
    """Return the text of a warning; for a function's warning only that it raised one, because the text may hold data.

    Args:
        notice: as the driver keeps it.
    """
    words = notice.partition(":")[2]
    return "a function raised a warning" if "CONTEXT:  " in words else words.strip()


def _condition(error: Any, code: str) -> str:
    """PostgreSQL's name of the condition: the driver names its class after it, if it knows the SQLSTATE."""
    name = type(error).__name__
    if name.endswith("Error") and name[:-5] in _DRIVERS:
        return f"SQLSTATE {code}"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().rstrip("_")


def _safe(code: str, diag: Any, *, computes: bool) -> bool:
    """Whether no part of the message can come from a row."""
    if _of_function(diag):
        return False
    if computes:
        written = bool(_field(diag, "statement_position")) and not _field(diag, "internal_position")
        return code[:2] in _NEVER_ROWS or code in _NEVER_ROWS_CODES or (code.startswith(_NAMES) and written)
    return code[:2] in _OBJECTS or _field(diag, "source_file") in _OF_OPTIONS


def _of_function(diag: Any) -> bool:
    """Whether a function was at work: it can report any text under any SQLSTATE."""
    if _LANGUAGES.fullmatch(_field(diag, "source_file")):
        return True
    context = _field(diag, "context")
    return bool(context) and not ("extension script" in context and _SCRIPT.match(context))


def _form(code: str, diag: Any) -> str:
    recognized = recognize(_field(diag, "message_primary"))
    if recognized:
        return recognized[1]
    if code == "P0001":
        return "a function raised an exception"
    return "an error with a message that may hold data"


def _objects(diag: Any) -> Iterator[str]:
    if _field(diag, "source_file") not in _OF_CONSTRAINTS:
        return
    schema = _field(diag, "schema_name")
    for kind in _KINDS:
        name = _field(diag, f"{kind}_name")
        if name:
            yield f"{kind} {schema}.{name}" if schema and kind in ("table", "datatype") else f"{kind} {name}"


def _without_code(error: Any, *, computes: bool) -> str:
    """Of the connection, or of the driver; a function that runs at login can report any text."""
    text = str(error)
    if "CONTEXT:  " in text:
        return "a function that runs at login reported an error"
    if computes and type(error).__name__ not in ("OperationalError", "InterfaceError", "ProgrammingError"):
        return "the driver cannot read the answer"
    return " ".join(text.split())


def _field(diag: Any, name: str) -> str:
    return str(getattr(diag, name, None) or "")
