# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a drop-in file under conf.d."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..debian import MANAGED


def file_name(name: str, priority: int) -> str:
    """Return the file name of a caller's drop-in; the server reads these in order of name, and the last value wins."""
    return f"{priority:02d}-{name}.conf"


def quote(text: str) -> str:
    """Return a value as a quoted string of postgresql.conf (guc-file.l)."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def render(name: str, values: Mapping[str, str], reasons: Mapping[str, Any]) -> str:
    """Return the whole file: a header that names the caller, then each setting under its reason.

    Args:
        name: the caller.
        values: setting -> value, not yet quoted.
        reasons: setting -> a sentence; settings without one get no comment.
    """
    lines = [f"{MANAGED}{' '.join(name.split())}: changes made here are overwritten.\n"]
    for setting, value in values.items():
        reason = " ".join(str(reasons.get(setting) or "").split())
        lines.append(f"\n# {reason}\n" if reason else "\n")
        lines.append(f"{setting} = {quote(value)}\n")
    return "".join(lines)


def one_line_each(text: str) -> str:
    """Return a drop-in as it is shown: without empty lines, and with each reason behind its setting."""
    return re.sub(r"\n(?:# (.*)\n)?(.+\n)", lambda found: _with_reason(found[2], found[1]), text)


def _with_reason(line: str, reason: str | None) -> str:
    return line if reason is None else f"{line[:-1]}  # {reason}\n"


def caller_of(path: str) -> str:
    """Return the caller that manages a configuration file; empty if no caller does or it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            first = handle.readline()
    except OSError:
        return ""
    return first[len(MANAGED) :].split(":")[0] if first.startswith(MANAGED) else ""
