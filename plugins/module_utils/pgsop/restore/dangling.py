# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grants in a dump for roles that did not exist any more: the dump names them by number, and no server can restore them.

One entry of a dump has all grants of an object. So the entry is written as a script, and only the statements for missing roles are left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from re import Match

from .. import command
from ..backup.config import BackupConfig
from ..backup.tools import program
from ..errors import PgsopError
from . import toc

#: Entries that can name a role besides the owner.
_CONCERNED = re.compile(r"(?:(?:DEFAULT )?ACL|POLICY|USER MAPPING|COMMENT .*POLICY) ")
_ENTRY = re.compile(r"-- TOC entry (\d+) ")
_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*)
    |(?P<meta>\\[^\n]*)
    |(?P<text>[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$)
    |(?P<name>"(?:[^"]|"")*")
    |(?P<word>[^\W\d][\w$]*)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
#: How a comparison goes on after the name of an object, and kinds of objects that name roles.
_DIFFERENCE = re.compile(r" (?:is missing|was not there|is not as it was)$")
_OF_ROLES = ("privileges ", "policy ", "default privileges ", "user mapping ")
#: pg_restore may take that long to write the entries of a very large table of contents, in seconds.
_TIMEOUT_S = 3600.0


@dataclass(frozen=True)
class _Token:
    """One token; its value is lower case for a word, and the name itself for a quoted name."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class _Piece:
    """One statement with the comments before it, and the number of the entry it belongs to."""

    entry: int
    text: str
    tokens: tuple[_Token, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Return its words and names, without those in parentheses."""
        return tuple(token.value for token in self.tokens if token.kind in ("word", "name"))

    def shown(self) -> str:
        """Return the statement on one line, without expressions and options: a password may be in them."""
        if not self.tokens:
            return ""
        secret = self.words[:1] == ("create",)
        end = next((token.start for token in self.tokens if secret and _is(token, "using", "check", "options")), None)
        return " ".join(self.text[self.tokens[0].start : end or self.tokens[-1].end].rstrip(";").split())


@dataclass
class Dangling:
    """The entries of a dump that name missing roles.

    Attributes:
        entries: numbers of these entries in the table of contents.
        script: the same entries as SQL for psql, without the missing roles; empty if no entry names such a role.
        skipped: statements that were left out or changed, as sentences.
    """

    entries: list[int] = field(default_factory=list)
    script: str = ""
    skipped: list[str] = field(default_factory=list)


def examine(config: BackupConfig, path: str, known: Iterable[str]) -> Dangling:
    """Find the entries of a dump that name missing roles.

    Args:
        config: with the major version of pg_restore.
        path: file or folder of the dump.
        known: names of the roles of the set.

    Raises:
        PgsopError: pg_restore cannot read the dump.
    """
    concerned = [entry for entry in toc.read(config, path) if _CONCERNED.match(entry.text)]
    if not concerned:
        return Dangling()
    with toc.use_list(concerned) as listed:
        script = _run(config, ["--verbose", f"--use-list={listed}", "--file=-", path])
    return without(script, missing_roles(script, known))


def missing_roles(script: str, known: Iterable[str]) -> set[str]:
    """Return the names in a script that stand for missing roles: numbers that are no name of a known role, and the empty name."""
    named = {token.value for piece in _pieces(script) for token in piece.tokens if token.kind == "name"}
    return {name for name in named if not name or (name.isascii() and name.isdigit())} - set(known) | {""}


def without_missing_roles(script: str, missing: AbstractSet[str]) -> tuple[str, list[str]]:
    """Return a whole script without missing roles, and the statements that were left out or changed, as sentences."""
    changed = list(_changed(_pieces(script), missing))
    return "".join(text for _piece, text, _change in changed), [change for _piece, _text, change in changed if change]


def entries_naming(script: str, missing: AbstractSet[str]) -> list[int]:
    """Return the numbers of the entries in a script of pg_restore --verbose that name missing roles."""
    return without(script, missing).entries


def without(script: str, missing: AbstractSet[str]) -> Dangling:
    """Return the entries of a pg_restore --verbose script that name missing roles, and their statements without these."""
    changed = list(_changed(_pieces(script), missing))
    entries = sorted({piece.entry for piece, text, _change in changed if text != piece.text})
    kept = "".join(
        text
        for piece, text, _change in changed
        if piece.entry in (0, *entries) or (piece.tokens and piece.tokens[0].kind == "meta")
    )
    return Dangling(entries, kept if entries else "", [change for _piece, _text, change in changed if change])


def excused(sentences: Iterable[str], found: Dangling) -> tuple[list[str], list[str]]:
    """Split differences into those to report, and those that are due to statements that were left out.

    Sets of 0.4.0 describe objects with the roles that did not exist. Later ones do not, and need no excuse.

    Args:
        sentences: kind and name of an object, and its difference.
        found: with the statements that were left out.
    """
    left: list[str] = []
    explained: list[str] = []
    for sentence in sentences:
        (explained if _explains(found, sentence) else left).append(sentence)
    return left, explained


def _explains(found: Dangling, sentence: str) -> bool:
    words = _DIFFERENCE.sub("", sentence).split(" ")
    if not found.skipped:
        return False
    if sentence.startswith(_OF_ROLES):
        return True
    tails = (" ".join(words[first:]) for first in range(1, len(words)))
    return any(
        re.search(rf"(?<![\w.\"]){re.escape(tail)}(?![\w.\"])", told) for tail in tails for told in found.skipped
    )


def _run(config: BackupConfig, arguments: Sequence[str]) -> str:
    answer = command.run([program(config, "pg_restore"), *arguments], timeout=_TIMEOUT_S)
    if answer.status != 0:
        raise PgsopError(
            attempted="read the table of contents of the dump",
            target=os.path.basename(arguments[-1]),
            answer=f"pg_restore ended with status {answer.status}",
            next_step="check the set with 'pgsop backups --verify', or choose another one",
        )
    return answer.output


def _pieces(script: str) -> Iterator[_Piece]:
    start, depth, entry = 0, 0, 0
    tokens: list[_Token] = []
    for found in _TOKEN.finditer(script):
        kind, text = str(found.lastgroup if found.lastgroup != "tag" else "text"), found[0]
        number = _ENTRY.match(text)
        if kind == "space":
            entry = int(number[1]) if number and not tokens else entry
            continue
        depth += {"(": 1, ")": -1}.get(text, 0)
        if depth == 0:
            tokens.append(_token(found, kind, start))
        if kind == "meta" or (text == ";" and depth == 0):
            yield _Piece(entry, script[start : found.end()], tuple(tokens))
            start, tokens = found.end(), []
    yield _Piece(entry, script[start:], tuple(tokens))


def _token(found: Match[str], kind: str, start: int) -> _Token:
    value = found[0]
    if kind == "word":
        value = value.lower()
    elif kind == "name":
        value = value[1:-1].replace('""', '"')
    return _Token(kind, value, found.start() - start, found.end() - start)


def _changed(pieces: Iterable[_Piece], missing: AbstractSet[str]) -> Iterator[tuple[_Piece, str, str]]:
    """Each piece with its text as it is to be run, and what was left out of it."""
    as_missing = False
    dropped: set[str] = set()
    for piece in pieces:
        words = piece.words
        if words[:3] == ("set", "session", "authorization"):
            as_missing = words[3] in missing
            told = (
                f"what role {words[3]} granted is granted by the owner: that role did not exist when the dump was made"
            )
            yield piece, "" if as_missing else piece.text, told if as_missing else ""
        elif words[:3] == ("reset", "session", "authorization"):
            yield piece, "" if as_missing else piece.text, ""
            as_missing = False
        elif words[:3] == ("comment", "on", "policy"):
            gone = _policy(piece, 3) in dropped
            yield piece, "" if gone else piece.text, f"{piece.shown()} is left out" if gone else ""
        else:
            text = _without(piece, missing)
            if not text and words[:2] == ("create", "policy"):
                dropped.add(_policy(piece, 2))
            yield piece, text, _describe(piece, text)


def _describe(piece: _Piece, text: str) -> str:
    if text == piece.text:
        return ""
    return f"{piece.shown()} is {'changed' if text else 'left out'}: it names a role that did not exist when the dump was made"


def _policy(piece: _Piece, first: int) -> str:
    """Return name and table of a policy; `first` is the number of words before the name."""
    end = next(
        (number for number, token in enumerate(piece.tokens) if _is(token, "as", "for", "to", "is", "using", "with")),
        None,
    )
    return "".join(f"{token.value} " for token in piece.tokens[first:end] if token.value != ";")


def _without(piece: _Piece, missing: AbstractSet[str]) -> str:
    """Return the statement without missing roles; empty if no role is left."""
    words = piece.words
    if words[:3] == ("alter", "default", "privileges") and _follows(piece, ("for", "role"), missing):
        return ""
    if words[:4] == ("create", "user", "mapping", "for"):
        return "" if piece.tokens[4].kind == "name" and piece.tokens[4].value in missing else piece.text
    if words[:2] == ("create", "policy"):
        return _shorter(piece, missing, "to", ("using", "with"))
    if words[:1] == ("grant",) or words[:1] == ("revoke",) or words[:3] == ("alter", "default", "privileges"):
        if _follows(piece, ("granted", "by"), missing):
            return ""
        return _shorter(piece, missing, "from" if "revoke" in words else "to", ("with", "granted", "cascade"))
    return piece.text


def _follows(piece: _Piece, before: tuple[str, str], missing: AbstractSet[str]) -> bool:
    triples = zip(piece.tokens, piece.tokens[1:], piece.tokens[2:], strict=False)
    return any(
        _is(one, before[0]) and _is(two, before[1]) and three.kind == "name" and three.value in missing
        for one, two, three in triples
    )


def _shorter(piece: _Piece, missing: AbstractSet[str], opening: str, closing: tuple[str, ...]) -> str:
    """Return the statement with a shorter list of roles, which stands between two words."""
    tokens = piece.tokens
    begin = max((number for number, token in enumerate(tokens) if _is(token, opening)), default=-1)
    if begin < 0:
        return piece.text
    rest = tokens[begin + 1 :]
    length = next(
        (number for number, token in enumerate(rest) if token.value == ";" or _is(token, *closing)), len(rest)
    )
    roles = [token for token in rest[:length] if token.kind in ("name", "word") and not _is(token, "group")]
    left = [token for token in roles if token.kind == "word" or token.value not in missing]
    if not left:
        return ""
    if len(left) == len(roles):
        return piece.text
    names = ", ".join(piece.text[token.start : token.end] for token in left)
    return f"{piece.text[: tokens[begin].end]} {names}{piece.text[roles[-1].end :]}"


def _is(token: _Token, *words: str) -> bool:
    return token.kind == "word" and token.value in words
