# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration of applications as nested names: lines, JSON and other maps in braces, lines of a unit, and program text."""

from __future__ import annotations

import ast
import json
import warnings
from typing import Any

from .. import dsn
from ..dsn import DsnError
from ..patterns import Pattern
from . import configuration_lines, containers, flow_maps, literals, parameters, systemd_lines
from .literal_trees import Tree, named
from .parsed_string import Draft

_ASSIGNED = Pattern(r"\s*([A-Za-z_]\w*)\s*=\s*(?=\{)")
_EXPRESSION = Pattern(r":\s*(os\.environ|os\.getenv|getenv|env|config)\b\s*[.(\[]")
#: Signs without which no text is program text.
_SIGNS = Pattern(r"=>|:=|[({\[]")
_ENTRY = Pattern(r"\s*[\"'][\w.-]+[\"']\s*:")
_PROGRAM = "it is program text; its literal values were read, and nothing was computed"
_WINDOWS = "its lines end with a carriage return, as in files from Windows; what does not remove it takes it for a part of a value"


def parse(text: str, draft: Draft) -> Tree | None:
    """Return the names and values of a text; None if it is not the configuration of an application.

    Raises:
        DsnError: it cannot be read; the message has no part of it.
    """
    start = _ASSIGNED.match(text)
    body = text[start.end() :].strip() if start else text.strip()
    if _ENTRY.match(body) and "\n" not in body.rstrip():
        body = f"{{{body.rstrip(', ')}}}"
    if body.startswith("{"):
        draft.note("it is a map in braces, such as JSON; its values were read")
        return _dictionary(body)
    if systemd_lines.has_environment(text):
        draft.note("it has lines Environment= of a unit; the variables of these lines were read")
        return dict(systemd_lines.read_environment(text))
    if containers.is_command(text):
        draft.note("it is a command line of a container; its variables were read")
        return dict(containers.read_variables(text))
    tree = _program(text, draft) if configuration_lines.has_call(text) else None
    tree = tree or configuration_lines.read(text)
    if tree is None:
        return _program(text, draft)
    if not draft.notes or _PROGRAM not in draft.notes:
        draft.note("it is configuration of an application with a name before each value; its values were read")
        if "\r" in text:
            draft.note(_WINDOWS)
    return tree


def _program(text: str, draft: Draft) -> Tree | None:
    """Return the literal values of program text; None if it has no pair, and no call with a connection."""
    if not _SIGNS.search(text):
        return None
    tree = literals.read(text)
    if tree:
        draft.note(_PROGRAM)
    return tree


def is_one_pair(text: str) -> bool:
    """Return whether a text is one line that libpq reads: its first name is a parameter of libpq or a driver, with = behind it."""
    line = configuration_lines.LINE.fullmatch(text.strip())
    if "\n" in text.strip() or not line or not line["equals"] or not parameters.is_known(line["name"]):
        return False
    return not line["value"].startswith("{") and not configuration_lines.has_call(text)


def _dictionary(body: str) -> Tree:
    found: object = None
    for load in (json.loads, ast.literal_eval):
        try:
            # A warning of Python about an escape quotes from the password.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = load(body)
            break
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    if isinstance(found, dict):
        return _texts(found)
    tree = flow_maps.read(body) or _literals(body)
    if tree is None and _EXPRESSION.search(body):
        raise dsn.unfilled("it has an expression of a program in the place of a value, such as os.environ")
    if tree is None:
        raise DsnError("it begins as JSON or another map in braces, and has other than plain values")
    return tree


def _literals(body: str) -> Tree | None:
    """Return the values of a map in program text; None for another text."""
    try:
        tree = literals.read(f"map({body})")
    except DsnError:
        return None
    return tree["map"] if tree else None


def _texts(found: dict[Any, Any]) -> Tree:
    """Return a dictionary with texts as names and values; the items of a list have their numbers as names."""
    tree: Tree = {}
    for name, value in found.items():
        if isinstance(value, dict):
            tree[str(name)] = _texts(value)
        elif isinstance(value, (list, tuple)):
            items = {str(number): item for number, item in enumerate(value) if isinstance(item, dict)}
            tree.update({str(name): named(_texts(items))} if items else {})
        elif isinstance(value, (str, int)):
            tree[str(name)] = str(value)
    return tree
