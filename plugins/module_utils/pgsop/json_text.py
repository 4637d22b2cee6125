# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON that is valid UTF-8 whatever is in it: a byte of a database that is not UTF-8 is written as an escape."""

from __future__ import annotations

import json
import re
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")


def to_json(value: Any, *, indent: int | None = None, sort_keys: bool = False) -> str:
    """Return a value as JSON; json.loads() returns the same value."""
    text = json.dumps(value, indent=indent, sort_keys=sort_keys, ensure_ascii=False)
    # A surrogate is always inside of a string, where JSON takes an escape for the character.
    return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
