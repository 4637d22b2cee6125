# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables as systemd reads them: files of EnvironmentFile=, assignments of Environment=, and the values of 'systemctl show'.

The rules were measured with systemd 252 and 257 (Debian 12 and 13). They differ from a shell's: no variable is filled in, a # inside a
line begins no comment, `export` is no keyword, and a value may be quoted in part.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping

from ..dsn import DsnError
from ..patterns import Pattern

_NAME = Pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY = Pattern(r"[^=\r\n]*")
_EXPORTED = Pattern(r"export[ \t]+")
_LINE_ENDS, _BLANKS = "\r\n", " \t\r\n"
#: What a backslash takes its meaning from inside of double quotes; before others it stays.
_ESCAPED = '"\\`$'
_CONTROL = Pattern(r"[\x00-\x08\x0b-\x1f\x7f]")
#: C's escapes in Environment=, and the quoted characters in the output of systemctl.
_C_ESCAPES: Mapping[str, str] = {
    **dict(zip("ntrabfvs", "\n\t\r\a\b\f\v ", strict=True)),
    **{sign: sign for sign in "\\\"'`$"},
}
_CODE = Pattern(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{3})")
_ENVIRONMENT = Pattern(r"^[ \t]*Environment[ \t]*=[ \t]*(.*)$", re.MULTILINE)
_FOLDED = Pattern(r"\\\r?\n[ \t]*")
_SPECIFIER = Pattern("%(.?)", re.DOTALL)
#: A word of a shell without an expansion: in single quotes, in double quotes, behind a backslash, plain.
_PART = r"""'([^']*)'|"((?:[^"\\$`]|\\.)*)"|\\(.)|([^\s'"\\$`&;|<>()])"""
_PART_OF_A_SHELL = Pattern(_PART, re.DOTALL)
_OF_A_SHELL = Pattern(f"(?:{_PART})*", re.DOTALL)


class Assignment:
    """One variable of a file.

    Args:
        name: of the variable; what stands before it is not a part of it.
        value: as systemd reads it.
        written: the value as it stands in the file.
        exported: whether `export` stands before it, so that systemd ignores the line.
    """

    def __init__(self, name: str, value: str, written: str, *, exported: bool) -> None:
        self.name = name
        self.value = value
        self.written = written
        self.exported = exported

    @property
    def differs(self) -> bool:
        """Return whether a shell that reads the file gets another value."""
        if self.written.startswith("~") or not _OF_A_SHELL.fullmatch(self.written):
            return True
        return "".join(_shell_part(*part) for part in _PART_OF_A_SHELL.findall(self.written)) != self.value


def _shell_part(single: str, double: str, escaped: str, plain: str) -> str:
    """Return what a shell makes of one part of a word."""
    folded = re.sub(r'\\(["\\$`\n])', lambda found: found[1].strip("\n"), double)
    return single or folded or escaped.strip("\n") or plain


def read_file(text: str) -> list[Assignment]:
    """Return the variables of a file for EnvironmentFile=, in their order; lines that systemd ignores are left out.

    Args:
        text: its content. A line with `export` is returned with a mark, and systemd ignores it.

    Raises:
        DsnError: the file has a character that makes systemd refuse it.
    """
    if "\0" in text:
        raise DsnError("it has a character with the code 0, for which systemd refuses the file")
    found: list[Assignment] = []
    for key, value, written in _Scanner(text).pairs():
        exported = _EXPORTED.match(key)
        name = key[exported.end() :] if exported else key
        if _NAME.fullmatch(name) and not _CONTROL.search(value):
            found.append(Assignment(name, value, written, exported=bool(exported)))
    return found


class _Scanner:
    """parse_env_file_internal in systemd (src/basic/env-file.c)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def pairs(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, value, and the value as it is written."""
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign in _BLANKS:
                self._at += 1
            elif sign in "#;":
                self._skip_comment()
            else:
                yield from self._pair()

    def _skip_comment(self) -> None:
        while self._at < len(self._text) and self._text[self._at] not in _LINE_ENDS:
            # A backslash at its end does not continue a comment.
            self._at += 1

    def _pair(self) -> Iterator[tuple[str, str, str]]:
        line = _KEY.match(self._text, self._at)
        key = line[0] if line else ""
        self._at += len(key)
        if self._text[self._at : self._at + 1] != "=":
            return
        self._at += 1
        start = self._at
        value = self._value()
        yield key.rstrip(" \t"), value, self._text[start : self._at].strip(_BLANKS)

    def _value(self) -> str:
        """Read a value to its line's end; parts in quotes at its beginning may have line ends."""
        found, kept, plain = "", 0, False
        while self._at < len(self._text):
            sign = self._text[self._at]
            self._at += 1
            if sign in _LINE_ENDS:
                break
            if sign == "\\":
                part, plain = self._escaped(), True
                found += part
                kept = len(found)
            elif plain:
                found += sign
                kept = len(found) if sign not in _BLANKS else kept
            elif sign in "'\"":
                found += self._quoted(sign)
                kept = len(found)
            elif sign not in _BLANKS:
                found, plain = found + sign, True
                kept = len(found)
        return found[:kept]

    def _escaped(self) -> str:
        """Return the character behind a backslash; a line end disappears."""
        sign = self._text[self._at : self._at + 1]
        self._at += len(sign)
        return "" if sign in _LINE_ENDS else sign

    def _quoted(self, mark: str) -> str:
        found = ""
        while self._at < len(self._text):
            sign = self._text[self._at]
            self._at += 1
            if sign == mark:
                break
            if sign != "\\" or mark == "'":
                found += sign
                continue
            behind = self._text[self._at : self._at + 1]
            self._at += len(behind)
            found += behind if behind in _ESCAPED else "" if behind == "\n" else f"\\{behind}"
        return found


def words(text: str) -> list[str]:
    """Return the words of a list, as Environment= and 'systemctl show' have them: quotes and C's escapes are resolved.

    Raises:
        DsnError: a quote is not closed, or a backslash has no meaning; systemd ignores such a line.
    """
    found: list[str] = []
    word: str | None = None
    mark, at = "", 0
    while at < len(text):
        sign = text[at]
        at += 1
        if sign == "\\":
            part, at = _c_escape(text, at)
            word = (word or "") + part
        elif mark and sign == mark:
            mark = ""
        elif not mark and sign in "'\"":
            word, mark = word or "", sign
        elif not mark and sign in _BLANKS:
            found += [word] if word is not None else []
            word = None
        else:
            word = (word or "") + sign
    if mark:
        raise DsnError("an Environment= line has a quote that is opened and never closed; systemd ignores the line")
    return found if word is None else [*found, word]


def _c_escape(text: str, at: int) -> tuple[str, int]:
    sign = text[at : at + 1]
    if sign in _C_ESCAPES:
        return _C_ESCAPES[sign], at + 1
    code = _CODE.match(text, at)
    number = int(code[4], 8) if code and code[4] else int(code[1] or code[2] or code[3], 16) if code else 0
    if code is None or not 0 < number <= sys.maxunicode:
        raise DsnError(r"an Environment= line has a backslash that systemd does not know; a backslash is written \\")
    return chr(number), code.end()


def has_environment(text: str) -> bool:
    """Return whether a text has a line Environment= of a unit."""
    return bool(_ENVIRONMENT.search(text))


def read_environment(text: str) -> dict[str, str]:
    """Return the variables in the Environment= lines of a unit's text; a line without a value removes those before it.

    Values with a specifier of systemd, such as %h, become ${SPECIFIER}: a variable that is not filled in.

    Raises:
        DsnError: a line cannot be read, and systemd ignores it; the message has no part of it.
    """
    found: dict[str, str] = {}
    for line in _ENVIRONMENT.findall(_FOLDED.sub(" ", text)):
        parts = words(line)
        if not parts:
            found.clear()
        for part in parts:
            name, equals, value = part.partition("=")
            if not equals or not _NAME.fullmatch(name):
                raise DsnError("an Environment= line has a word that is not NAME=VALUE; a value with blanks is quoted")
            found[name] = _specified(value)
    return found


def _specified(value: str) -> str:
    """Return a value with %% as %; measured: systemd ignores an assignment with an unknown specifier, such as %40 of a URL."""
    if any(letter.isdigit() for letter in _SPECIFIER.findall(value)):
        raise DsnError(
            "an Environment= line has a % with a digit behind it, and systemd ignores it: a % is written %% there"
        )
    if any(letter.isalpha() for letter in _SPECIFIER.findall(value)):
        return "${SPECIFIER}"
    return value.replace("%%", "%")


def broken_names(text: str) -> list[str]:
    """Return the variables that a unit's text sets with Environment=, and that systemd ignores or changes because of a % or a quote."""
    found: list[str] = []
    for line in _ENVIRONMENT.findall(_FOLDED.sub(" ", text)):
        try:
            parts = [word.partition("=") for word in words(line)]
        except DsnError:
            found += re.findall(r"(?:^|[\s\"'])([A-Za-z_][A-Za-z0-9_]*)=", line)
            continue
        found += [name for name, _equals, value in parts if _NAME.fullmatch(name) and _is_broken(value)]
    return found


def _is_broken(value: str) -> bool:
    """Return whether a value has a % with a digit behind it, or the code of a character in a URL that is a specifier, too."""
    return any(letter.isdigit() for letter in _SPECIFIER.findall(value)) or bool(
        re.search("%[A-Fa-f][0-9A-Fa-f]", value.replace("%%", ""))
    )
