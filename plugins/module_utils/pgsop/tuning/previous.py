# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values an earlier run wrote, read back from the text of its drop-in file."""

from __future__ import annotations

import re

#: name = 'value', as PostgreSQL writes and reads it; a quote inside the value is doubled.
_LINE = re.compile(r"^\s*([A-Za-z_][\w.$]*)\s*=?\s*(?:'((?:[^']|'')*)'|([^\s'#]+))\s*(?:#.*)?$", re.MULTILINE)


def parse(text: str) -> dict[str, str]:
    """Return value by setting; as in the server the last of several lines wins; names are in lower case."""
    values = {}
    for name, quoted, bare in _LINE.findall(text):
        values[name.lower()] = bare or quoted.replace("''", "'")
    return values
