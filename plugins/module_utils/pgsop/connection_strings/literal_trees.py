# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and values that were read from a configuration or a program."""

from __future__ import annotations

import re
from typing import Any

from ..patterns import Pattern

#: Names and values; a value is a text or another tree.
Tree = dict[str, Any]

#: The value of an expression; `unexpanded` refuses it if the connection has it.
EXPRESSION = "${EXPRESSION}"
#: The beginning of a connection string of pairs.
PAIRS = Pattern(
    r"\s*(host|hostaddr|port|dbname|database|user|username|user id|password|sslmode|service|server|data source|driver|dsn)\s*=",
    re.IGNORECASE,
)
#: Why a name with two values is refused.
TWICE = "it has one name with two values; a password with special characters is quoted"


def merge(tree: Tree, more: Tree) -> None:
    """Add names and values to a tree.

    A second tree of one name gets a number behind its name. A name with two values is computed, or a password with a quote in it.
    """
    for name, value in more.items():
        if name not in tree or tree[name] == value:
            tree[name] = value
        elif isinstance(value, dict):
            tree[f"{name} {len(tree)}"] = value
        else:
            tree[name] = EXPRESSION


def named(tree: Tree) -> Tree:
    """Return a tree in which lists of names and values, as Kubernetes has them for variables, are names with values."""
    found: Tree = {}
    for name, value in tree.items():
        pairs = value if isinstance(value, dict) else {}
        if isinstance(pairs.get("name"), str) and ("value" in pairs or "valueFrom" in pairs):
            inner = pairs.get("value", EXPRESSION)
            found[pairs["name"]] = inner if isinstance(inner, str) else EXPRESSION
        else:
            found[name] = value
    return found


def named_in_all(tree: Tree) -> Tree:
    """Return a tree with `named` done at each level."""
    return named({name: named_in_all(value) if isinstance(value, dict) else value for name, value in tree.items()})
