# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell commands of a server's settings: the paths that they name, so far as their text shows."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

#: An absolute path, also behind ``name=`` as in ``--repository=/srv/archive``; host:/path is on another host.
_PATH = re.compile(r"(?:[\w.-]*=)?(/.*)")
#: What the server replaces: the file's name, its path, the name of the last restart point (archive_command and so on).
_PLACEHOLDER = re.compile(r"%[fpr]")


@dataclass(frozen=True)
class NamedPath:
    """A path that a command names.

    Attributes:
        path: an existing file or folder, absolute.
        folder: whether it is a folder, in which the command may create files.
        output: whether the shell writes to it.
        filled: whether the command names files in it by a placeholder.
    """

    path: str
    folder: bool
    output: bool
    filled: bool


def named_paths(text: str) -> Iterator[NamedPath]:
    """Yield the absolute paths in a command that exist, or the existing folder of one that does not.

    Args:
        text: a shell command as in archive_command; the server fills in %f, %p and %r.
    """
    for word, output in _words(text):
        match = _PATH.fullmatch(word)
        if not match:
            continue
        placeholder = _PLACEHOLDER.search(match.group(1))
        path = match.group(1) if placeholder is None else match.group(1)[: placeholder.start()].rpartition("/")[0]
        path = (path or "/").replace("%%", "%")
        if not os.path.exists(path):
            path = os.path.dirname(path)
        if os.path.exists(path):
            yield NamedPath(path, os.path.isdir(path), output, placeholder is not None)


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Words of a command, each with whether the shell writes to it; words of a command in quotes, too."""
    try:
        lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = list(lexer)
    except ValueError:
        words = text.split()
    for before, word in zip(["", *words], words, strict=False):
        # A word that is the whole text holds blanks that part no words in a shell, such as a non-breaking space.
        if not word.startswith("/") and len(word.split()) > 1 and word != text:
            yield from _words(word)
        else:
            yield word, before.startswith(">")
