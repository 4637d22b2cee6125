# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of the server's log about the server itself. Errors of sessions hold rows, and stay in the log."""

from __future__ import annotations

import re
from re import Pattern

#: The first severity in a line is the server's; a line that begins with a tab continues the one before it.
_LINE = re.compile(
    r"(?!\t).*?(?:^|[^\w'\"])(?P<severity>DEBUG\d?|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC|DETAIL|HINT|CONTEXT|QUERY|STATEMENT|LOCATION):  ?"
    r"(?P<text>.*)"
)
_ENDS = ("FATAL", "PANIC")
_MORE = ("DETAIL", "HINT")


def server_lines(text: str, of_log: Pattern[str], *, more: bool = False) -> list[str]:
    """Return the lines that report why a server or a login ended, each with single blanks.

    Args:
        text: part of the log.
        of_log: start of the messages of severity LOG that count; those with statements must not.
        more: also the lines DETAIL and HINT of these messages.
    """
    groups: list[list[str]] = []
    group: list[str] | None = None
    for line in text.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        severity, shown = found["severity"], " ".join(line.split())
        if severity in _MORE:
            if group is not None and more:
                group.append(shown)
        elif severity == "CONTEXT":
            # A function ran at login, and can report any text.
            if group is not None:
                group.clear()
            group = None
        elif severity in _ENDS or (severity == "LOG" and of_log.match(found["text"])):
            group = [shown]
            groups.append(group)
        else:
            group = None
    return [line for each in groups for line in each]
