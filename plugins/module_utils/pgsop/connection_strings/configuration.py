# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration of applications as nested names: lines of NAME=value or `name: value`, JSON, and dictionaries of Python."""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any

from .. import dsn
from ..dsn import DsnError
from . import parameters
from .parsed_string import Draft

#: Names and values; a value is a text or another tree.
Tree = dict[str, Any]

_LINE = re.compile(
    r"(?P<indent>[ \t]*(?:- +)?)(?:(?:export|set|ENV) +)?(?P<quote>[\"']?)(?P<name>[A-Za-z_][\w./-]*|<<)(?P=quote)"
    r"[ \t]*(?:(?P<equals>=)[ \t]*|:(?:[ \t]+|$))(?P<value>.*)"
)
_IGNORED = re.compile(r"\s*([#;!].*|---|\.\.\.|\[[\w .-]+\]|)")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"')
_SINGLE = re.compile(r"'((?:[^']|'')*)'")
_BEHIND = re.compile(r"[ \t]*,?[ \t]*(#.*)?")
_ASSIGNED = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(?=\{)")
_EXPRESSION = re.compile(r":\s*(os\.environ|os\.getenv|getenv|env|config)\b\s*[.(\[]")
_ITEM = re.compile(r"[ \t]*- .*")
_ENTRY = re.compile(r"\s*[\"'][\w.-]+[\"']\s*:")
_WINDOWS = "its lines end with a carriage return, as in files from Windows; what does not remove it takes it for a part of a value"
#: Levels of a dotted name; deeper ones are not the configuration of an application.
_DEEPEST = 20
_TWICE = "it has one name with two values; a password with special characters is quoted"


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
        draft.note("it is JSON or a dictionary of Python; its values were read")
        return _dictionary(body)
    tree = _lines(text)
    if tree is not None:
        draft.note("it is configuration of an application with a name before each value; its values were read")
        if "\r" in text:
            draft.note(_WINDOWS)
    return tree


def is_one_pair(text: str) -> bool:
    """Return whether a text is one line that libpq reads: its first name is a parameter of libpq or a driver, with = behind it."""
    line = _LINE.fullmatch(text.strip())
    return bool("\n" not in text.strip() and line and line["equals"] and parameters.is_known(line["name"]))


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
    if not isinstance(found, dict) and _EXPRESSION.search(body):
        raise dsn.unfilled("it has an expression of Python in the place of a value, such as os.environ")
    if not isinstance(found, dict):
        raise DsnError("it begins as JSON or a dictionary of Python, and is neither with plain values")
    return _texts(found)


def _texts(found: dict[Any, Any]) -> Tree:
    """Return a dictionary with texts as names and values, without lists and empty values."""
    tree: Tree = {}
    for name, value in found.items():
        if isinstance(value, dict):
            tree[str(name)] = _texts(value)
        elif isinstance(value, (str, int)):
            tree[str(name)] = str(value)
    return tree


def _lines(text: str) -> Tree | None:
    root: Tree = {}
    open_trees: list[tuple[int, Tree]] = [(-1, root)]
    anchors: dict[str, Tree] = {}
    given: dict[tuple[int, str], str] = {}
    for raw in re.split("\r\n|\n|\r", text):
        if _IGNORED.fullmatch(raw.strip()):
            continue
        line = _LINE.fullmatch(raw.rstrip(" \t"))
        if line is None and root and _ITEM.fullmatch(raw):
            # An item of a list in YAML, such as a port of a container.
            continue
        if line is None:
            return None
        while open_trees[-1][0] >= len(line["indent"]):
            open_trees.pop()
        tree, name, value = open_trees[-1][1], line["name"], line["value"]
        if name == "<<":
            tree.update(anchors.get(value.lstrip("*"), {}))
        elif not line["equals"] and (not value or value.startswith("&")):
            child: Tree = {}
            _parent(tree, name)[name.split(".")[-1]] = child
            anchors[value.lstrip("&")] = child
            open_trees.append((len(line["indent"]), child))
        else:
            tree, name = _parent(tree, name), name.split(".")[-1]
            if given.setdefault((id(tree), name), value) != value:
                raise DsnError(_TWICE)
            tree[name] = _scalar(value)
    return root or None


def _parent(tree: Tree, name: str) -> Tree:
    """Return the tree for a dotted name, as properties have it."""
    parts = name.split(".")[:-1]
    if len(parts) > _DEEPEST:
        raise DsnError("a name has too many dots")
    for part in parts:
        inner = tree.setdefault(part, {})
        if not isinstance(inner, dict):
            raise DsnError("a name has both a value and names below it")
        tree = inner
    return tree


def _scalar(value: str) -> str:
    """Return a value without its quotes and without a comment.

    Raises:
        DsnError: there is text behind the closing quote.
    """
    for quoted, mark in ((_DOUBLE, '"'), (_SINGLE, "'")):
        if not value.startswith(mark):
            continue
        found = quoted.match(value)
        if found is None or not _BEHIND.fullmatch(value, found.end()):
            raise DsnError(
                'a value begins with a quote and does not end with one; a quote within a value is written \\"'
            )
        return re.sub(r'\\(["\\$`/])', r"\1", found[1]) if mark == '"' else found[1].replace("''", "'")
    return re.split(r"[ \t]#", value, maxsplit=1)[0].strip(" \t")
