# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that are not in force, cannot be, or should not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...errors import ServerError
from ...finding import CRITICAL
from ...unsafe_settings import UNSAFE, overrides
from ..check import SERVER, HiddenError, Measured, check
from ..context import ServerContext

#: What a setting that only a superuser or pg_read_all_settings may see stands for.
_GUARDED = "data_directory"

_FILE_ERRORS = """
SELECT sourcefile, sourceline, name, error FROM pg_catalog.pg_file_settings WHERE error IS NOT NULL ORDER BY seqno, sourcefile, sourceline
"""
# The view above reports a good value that waits for a restart like a bad one. Only the good one has this mark.
_WAITING = "SELECT name FROM pg_catalog.pg_settings WHERE pending_restart AND context = 'postmaster'"
_NOT_APPLIED = "setting could not be applied"
#: Of a line that was taken out; it has no file and no line.
_TAKEN_OUT = re.compile(r'parameter "([^"]+)" cannot be changed without restarting')

_HBA = "SELECT * FROM pg_catalog.pg_hba_file_rules ORDER BY line_number"
_IDENT = "SELECT * FROM pg_catalog.pg_ident_file_mappings ORDER BY line_number"
#: Since when the ident file can be seen.
IDENT_SINCE = 15
#: SQLSTATEs of a file that is not there, that may not be read, and that cannot be.
_NO_FILE = ("58P01", "42501", "58030")
_OF_A_DATABASE_OR_ROLE = ("database", "user", "database user")


@check(
    "settings.pending_restart",
    sop="4",
    title="settings that wait for a restart",
    scope=SERVER,
    threshold_on_count=True,
    warn=0,
    ok_message="every setting of the files is in force",
    hint="restart the cluster in a maintenance window, or take the change back",
)
def pending_restart(here: ServerContext) -> Iterator[Measured]:
    """Yield settings with another value in the files than in force, lines removed from the files included.

    Raises:
        HiddenError: after the last one, if the role does not see all settings.
    """
    for name, setting in sorted(here.settings.items()):
        if setting.pending_restart:
            yield Measured(
                name, None, f"{name} is {setting.value or 'empty'} until a restart brings what the files say into force"
            )
    if _GUARDED not in here.settings:
        raise HiddenError(f"{here.me['name']} may not see all settings; grant it pg_monitor")


@check(
    "settings.file_errors",
    sop="4",
    title="errors in configuration files",
    scope=SERVER,
    ok_message="every line of the configuration files can be read",
    hint="correct the line before the next restart, which would fail; SELECT * FROM pg_file_settings WHERE error IS NOT NULL tells when it is right",
)
def file_errors(here: ServerContext) -> Iterator[Measured]:
    """Yield lines with which the server would not start again; a reload only logs them."""
    wrong = here.session.rows(_FILE_ERRORS)
    waiting = {row["name"] for row in here.session.rows(_WAITING)} if wrong else set()
    for row in wrong:
        taken_out = _TAKEN_OUT.match(row["error"])
        late = taken_out.group(1) if taken_out else row["name"] if row["error"] == _NOT_APPLIED else None
        if late not in waiting:
            place = f"{row['sourcefile']}, line {row['sourceline']}" if row["sourcefile"] else "the configuration"
            about = f"{row['name']}: " if row["name"] else ""
            yield Measured(row["name"] or place, None, f"{place}: {about}{row['error']}", CRITICAL)


@check(
    "settings.hba_errors",
    sop="5",
    title="errors in the HBA and ident files",
    scope=SERVER,
    hint="correct the line; while one is wrong a reload keeps the old rules, and a restart fails",
)
def hba_errors(here: ServerContext) -> Iterator[Measured]:
    """Yield lines of the HBA and ident files that a reload refuses; pg_reload_conf() returns true all the same."""
    found = [*_wrong_lines(here, _HBA, "hba_file")]
    unseen = f"; PostgreSQL {here.version} does not show its ident file"
    if here.version >= IDENT_SINCE:
        found += _wrong_lines(here, _IDENT, "ident_file")
        unseen = ""
    yield from found or [Measured("server", None, f"every line of the HBA and ident files can be read{unseen}")]


def _wrong_lines(here: ServerContext, statement: str, setting: str) -> Iterator[Measured]:
    """Yield lines of such a file that cannot be read; the names of included files are known only since 16."""
    try:
        rows = here.session.rows(statement)
    except ServerError as error:
        if error.code not in _NO_FILE or not here.me["superuser"]:
            raise
        yield Measured(setting, None, error.answer, CRITICAL)
        return
    path = here.settings[setting].value if setting in here.settings else setting
    for row in rows:
        if row["error"] is not None:
            place = f"{row.get('file_name') or path}, line {row['line_number']}"
            yield Measured(setting, None, f"{place}: {row['error']}", CRITICAL)
    if setting == "hba_file" and not rows:
        yield Measured(setting, None, f"{path} has no rule, so nobody could connect", CRITICAL)


@check(
    "settings.unsafe",
    sop="4",
    title="settings that put data at risk",
    scope=SERVER,
    ok_message="no setting puts data at risk",
    hint="set it back: in the files and by ALTER SYSTEM RESET, or by ALTER DATABASE or ALTER ROLE ... RESET",
)
def unsafe(here: ServerContext) -> Iterator[Measured]:
    """Yield settings for repairs and tests that are in force for the server, a database or a role."""
    for name, (danger, outcome) in UNSAFE.items():
        setting = here.setting(name)
        if setting.on == danger and setting.source not in _OF_A_DATABASE_OR_ROLE:
            yield Measured(name, None, f"{name} is {setting.value}: {outcome}", CRITICAL)
    for override in overrides(here.session):
        yield Measured(override.name, None, override.message, CRITICAL)
