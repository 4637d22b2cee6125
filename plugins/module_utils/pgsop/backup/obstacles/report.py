# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Obstacles as sentences, from the form in which a manifest keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: Obstacles, and names, in one message; the others are counted.
_SHOWN = 5


def listed(names: Sequence[str]) -> str:
    """Return the first five names, and the number of the others."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def sentence(obstacle: Mapping[str, Any]) -> str:
    """Return the object and the reason."""
    return f"{obstacle['kind']} {obstacle['name']}: {obstacle['message'].rstrip('. ')}"


def summary(found: Sequence[Mapping[str, Any]]) -> str:
    """Return the first five obstacles, and the number of the others."""
    more = len(found) - _SHOWN
    shown = "; ".join(map(sentence, found[:_SHOWN]))
    return f"{shown}; and {more} more" if more > 0 else shown


def hints(found: Sequence[Mapping[str, Any]]) -> str:
    """Return the steps that remove the obstacles of the summary, each step once."""
    return "; then ".join(dict.fromkeys(str(obstacle["hint"]) for obstacle in found[:_SHOWN]))
