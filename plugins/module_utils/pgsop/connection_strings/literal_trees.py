# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and values that were read from a configuration or a program."""

from __future__ import annotations

from typing import Any

from ..dsn import DsnError

#: Names and values; a value is a text or another tree.
Tree = dict[str, Any]

#: The value of what is computed; `unexpanded` refuses it if the connection has it.
EXPRESSION = "${EXPRESSION}"


def merge(tree: Tree, more: Tree) -> None:
    """Add names and values to a tree; a second tree of one name gets a number behind its name.

    Raises:
        DsnError: one name has two values; they are not in the message.
    """
    for name, value in more.items():
        if name not in tree or tree[name] == value:
            tree[name] = value
        elif isinstance(value, dict):
            tree[f"{name} {len(tree)}"] = value
        else:
            raise DsnError("it has one name with two values; a password with special characters is quoted")


def named(tree: Tree) -> Tree:
    """Return a tree whose lists of names and values, as Kubernetes has them for variables, are names with values."""
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
