# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of an act: for a person, for a program, or, in an unattended run, for the log."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from typing import Any

from .. import old_keys
from ..text import counted, printable
from . import log, terminal
from .options import quiet

#: If this variable is set, a report in JSON has the lines of the text too, under the key `text`: playbooks print them. It is not an option,
#: because a command of release 0.4.0 would refuse that.
WITH_TEXT = "PGSOP_REPORT_TEXT"
#: The one line of a dry run.
NOTHING_DONE = "Nothing was done: this was a dry run."


def print_result(arguments: argparse.Namespace, report: Mapping[str, Any], lines: Sequence[str], summary: str) -> None:
    """Print the result of an act; in an unattended run log its summary instead.

    Args:
        arguments: of the command line, with format and scheduled.
        report: the whole report; its `warnings` are shown in any case, on standard error in an unattended run.
        lines: the report for a person.
        summary: the report in one line.
    """
    warnings: Sequence[str] = report.get("warnings", ())
    if quiet(arguments):
        log.note(summary)
        for warning in warnings:
            log.warn(warning)
            terminal.print_error(f"pgsop: warning: {warning}")
        return
    text = [printable(line) for line in (*lines, *(f"Warning: {warning}" for warning in warnings))]
    if arguments.format == "json":
        complete = old_keys.act(report)
        terminal.say_json({**complete, "text": text} if os.environ.get(WITH_TEXT) else complete)
    else:
        for line in text:
            terminal.say(line)


def dry_run_lines(sentences: Sequence[str]) -> list[str]:
    """Return the lines of a dry run: a head, and an item for each planned action."""
    return ["Nothing was done. A run would:", *(f"  - {sentence}" for sentence in sentences)]


#: Where taking away the s makes no singular.
_SINGULAR = {"indexes": "index"}


def counts(numbers: Mapping[str, int]) -> str:
    """Return the compared or checked objects, counted by kind, as in "2 tables, 1 index"; kinds without any are left out."""
    kinds = {kind.replace("_checked", "").replace("_", " "): count for kind, count in numbers.items() if count}
    return ", ".join(counted(count, _SINGULAR.get(kind, kind[:-1]), kind) for kind, count in kinds.items()) or "nothing"
