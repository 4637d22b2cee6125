# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines with a name and a value: variables, properties, INI, TOML, and YAML with its indentation and lists."""

from __future__ import annotations

import re

from ..dsn import DsnError
from ..patterns import Pattern
from . import flow_maps, literals
from .literal_trees import EXPRESSION, TWICE, Tree, named_in_all

LINE = Pattern(
    r"(?P<indent>[ \t]*(?P<item>- +)?)(?:(?:export|set|ENV) +)?(?P<quote>[\"']?)(?P<name>[A-Za-z_][\w./-]*|<<)(?P=quote)"
    r"[ \t]*(?:(?P<equals>=(?![>=]))[ \t]*|:(?:[ \t]+|$))(?P<value>.*)"
)
_IGNORED = Pattern(r"\s*([#;!].*|---|\.\.\.|)")
_SECTION = Pattern(r"\s*\[\[?([\w .:\"'-]+)\]\]?\s*([#;].*)?")
_DOUBLE = Pattern(r'"((?:[^"\\]|\\.)*)"')
_SINGLE = Pattern(r"'((?:[^']|'')*)'")
_BEHIND = Pattern(r"[ \t]*,?[ \t]*(#.*)?")
_ITEM = Pattern(r"[ \t]*- .*")
_FLOW_ITEM = Pattern(r"([ \t]*)- +(\{.*)")
#: A value that is a call of a program.
_CALL = Pattern(r"(?:(?:await|new)\s+)*[A-Za-z_$\\][\w.:>\\-]*\((?:\s*[\"'`{\[:].*|\s*[\w.]+\s*[:=,].*|\s*)")
_QUOTED_COMMA = Pattern(r"[\"']\s*,\s*$", re.MULTILINE)
_NUMBER_COMMA = Pattern(r"([0-9]+),")
_PROPERTY = Pattern(r"jdbc\\:|r2dbc\\:|\\:\\?/\\?/")
_ESCAPED = Pattern(r"\\(u[0-9A-Fa-f]{4}|.)")
#: Escapes that all readers of variables resolve, and those that TOML and dotenv resolve and a shell keeps.
_PLAIN_ESCAPE = Pattern(r'\\(["\\$`/])')
_AMBIGUOUS = Pattern(r"\\[abefnrtuUvx]")
_JAVA = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
#: Levels of a dotted name; deeper ones are not the configuration of an application.
_DEEPEST = 20
#: Lines of a map in braces within YAML.
_LONGEST = 200


def read(text: str) -> Tree | None:
    """Return the names and values of lines; None if a line has another form.

    Raises:
        DsnError: a value cannot be read; the message has no part of it.
    """
    reader = _Reader(text)
    return reader.read()


def has_call(text: str) -> bool:
    """Return whether the value of a line is a call of a program."""
    lines = (LINE.fullmatch(line.rstrip()) for line in text.splitlines())
    return any(line is not None and _CALL.fullmatch(line["value"]) for line in lines)


class _Reader:
    """A reader of lines, with the trees that are open at a line, by their indentation."""

    def __init__(self, text: str) -> None:
        self._lines = re.split("\r\n|\n|\r", text)
        self._root: Tree = {}
        self._open: list[tuple[float, Tree]] = [(-1, self._root)]
        self._anchors: dict[str, Tree] = {}
        self._given: dict[tuple[int, str], str] = {}
        #: Whether values are those of program text: there a word without quotes is the name of a variable.
        self._program = bool(_QUOTED_COMMA.search(text))
        self._properties = bool(_PROPERTY.search(text))

    def read(self) -> Tree | None:
        at = 0
        while at < len(self._lines):
            raw = self._lines[at]
            at += 1
            if _IGNORED.fullmatch(raw.strip()):
                continue
            depth, last = _depth(raw), min(len(self._lines), at + _LONGEST)
            while depth > 0 and at < last:
                depth += flow_maps.depth(self._lines[at])
                raw, at = f"{raw}\n{self._lines[at]}", at + 1
            if not self._line(raw):
                return None
        return named_in_all(self._root) or None

    def _line(self, raw: str) -> bool:
        """Read one line, and return whether it has a form that is known."""
        first, newline, more = raw.partition("\n")
        section, item = _SECTION.fullmatch(raw), _FLOW_ITEM.fullmatch(first)
        if section:
            self._begin(section[1])
            return True
        line = LINE.fullmatch(first.rstrip(" \t"))
        if item and self._root:
            tree = flow_maps.read(item[2] + newline + more)
            self._close(len(item[1]) + 0.5)
            self._open[-1][1][str(len(self._open[-1][1]))] = tree if tree is not None else EXPRESSION
            return True
        if line is None:
            # An item of a list in YAML, such as a port of a container.
            return bool(self._root and _ITEM.fullmatch(raw))
        self._pair(line, line["value"] + newline + more)
        return True

    def _begin(self, name: str) -> None:
        """Open a section of INI or a table of TOML."""
        tree = self._root
        for part in re.split(r"\.", name.strip()):
            inner = tree.setdefault(part.strip("\"' "), {})
            if not isinstance(inner, dict):
                raise DsnError("a name has both a value and names below it")
            tree = inner
        self._open = [(-1, tree)]

    def _close(self, indent: float) -> None:
        while len(self._open) > 1 and self._open[-1][0] >= indent:
            self._open.pop()

    def _pair(self, line: re.Match[str], value: str) -> None:
        indent, name = len(line["indent"]), line["name"]
        if line["item"] and not line["equals"]:
            # A map as an item: names with the indentation of this one belong to it.
            dash = indent - len(line["item"]) + 0.5
            self._close(dash)
            item: Tree = {}
            self._open[-1][1][str(len(self._open[-1][1]))] = item
            self._open.append((dash, item))
        self._close(indent)
        tree = self._open[-1][1]
        if name == "<<":
            tree.update(self._anchors.get(value.lstrip("*"), {}))
        elif not line["equals"] and (not value or value.startswith("&")):
            child: Tree = {}
            _parent(tree, name)[name.split(".")[-1]] = child
            self._anchors[value.lstrip("&")] = child
            self._open.append((indent, child))
        else:
            self._put(_parent(tree, name), name.split(".")[-1], value, line)

    def _put(self, tree: Tree, name: str, value: str, line: re.Match[str]) -> None:
        if self._given.setdefault((id(tree), name), value) != value:
            raise DsnError(TWICE)
        inner = (flow_maps.read(value) or literals.read(value)) if value.startswith("{") else None
        tree[name] = inner if inner is not None else self._scalar(value, line)

    def _scalar(self, value: str, line: re.Match[str]) -> str:
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
            if mark == "'":
                return found[1].replace("''", "'")
            return _in_file(found[1]) if line["equals"] else flow_maps.double_quoted(found[1])
        plain = re.split(r"[ \t]#", value, maxsplit=1)[0].strip(" \t")
        if self._program and plain.endswith(","):
            number = _NUMBER_COMMA.fullmatch(plain)
            return number[1] if number else EXPRESSION
        if line["equals"] and (self._properties or "." in line["name"]):
            return _ESCAPED.sub(_of_java, plain)
        return plain


def _in_file(text: str) -> str:
    """Return what stands between double quotes in a file of variables, INI or TOML.

    Raises:
        DsnError: it has an escape that some of their readers resolve and others keep; the message has no part of the text.
    """
    if _AMBIGUOUS.search(_PLAIN_ESCAPE.sub("", text)):
        raise DsnError(
            "a value in double quotes has a backslash that programs read in different ways; use single quotes"
        )
    return _PLAIN_ESCAPE.sub(r"\1", text)


def _of_java(found: re.Match[str]) -> str:
    """Return a character that has a backslash before it in a file of properties."""
    code = found[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _JAVA.get(code, code)


def _depth(raw: str) -> int:
    """Return the number of brackets that are open behind a line with a map in braces as its value; 0 for another line."""
    item, line = _FLOW_ITEM.fullmatch(raw), LINE.fullmatch(raw.rstrip(" \t"))
    value = item[2] if item else line["value"] if line else ""
    return flow_maps.depth(value) if value.startswith("{") else 0


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
