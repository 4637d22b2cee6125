# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an act that went well is told: to a person, to a program, or, where nobody watches, to the log."""

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
    """Tell the outcome.

    Args:
        arguments: of the command line: in what form, and whether somebody watches.
        report: all of it; what is under `warnings` is not passed over, whoever listens.
        lines: the same for a person.
        summary: the same in one line.
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
    """What a dry run says."""
    return ["Nothing was done. A run would:", *(f"  - {sentence}" for sentence in sentences)]


#: Where taking away the s makes no singular.
_SINGULAR = {"indexes": "index"}


def counts(numbers: Mapping[str, int]) -> str:
    """What was looked at, counted by kind; an empty database has little of it."""
    kinds = {kind.replace("_checked", "").replace("_", " "): count for kind, count in numbers.items() if count}
    return ", ".join(counted(count, _SINGULAR.get(kind, kind[:-1]), kind) for kind, count in kinds.items()) or "nothing"
