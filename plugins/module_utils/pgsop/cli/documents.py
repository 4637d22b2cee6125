# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The man page of the command and its completions for bash and zsh, in the folders that Debian has for local software."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from typing import NamedTuple

from ..errors import PgsopError
from ..files import FileMode, FileState, has_mode, make_folder, read_state, remove, write_atomically
from .generated import bash, man_page, man_page_backups, zsh

#: By their path below a folder such as /usr/local/share.
TEXTS = {
    "man/man1/pgsop.1": man_page.TEXT.lstrip() + man_page_backups.TEXT.lstrip(),
    "bash-completion/completions/pgsop": bash.TEXT.lstrip(),
    "zsh/site-functions/_pgsop": zsh.TEXT.lstrip(),
}
#: In the first lines of each of them, in every release.
_MADE = "made by scripts/cli_docs of the collection aerovista.postgresql"
_MARKED_LINES = 5
_FOLDER_BITS = 0o755
_FILE_BITS = 0o644


class Document(NamedTuple):
    """A file, as it is and as it is to be.

    Attributes:
        before: as it is.
        text: its content, None if it is to be removed.
        mode: owner, group and permission bits.
    """

    before: FileState
    text: str | None
    mode: FileMode

    @property
    def action(self) -> str:
        """Return what a run does with the file; empty if it is as it is to be."""
        path, found = self.before.path, self.before.text
        if self.text is None:
            return f"remove {path}" if found is not None and is_ours(found) else ""
        return "" if found == self.text and has_mode(self.before, self.mode) else f"write {path}"

    @property
    def lines(self) -> tuple[str, str]:
        """Return a line for each side of a diff, instead of hundreds of lines of text."""
        path = self.before.path
        after = "" if self.text is None else _described(path, self.text)
        return "" if self.before.text is None else _described(path, self.before.text), after


def plan(share: str, owner: str, group: str, *, present: bool) -> list[Document]:
    """Return all documents, as they are and as they are to be.

    Args:
        share: absolute path of the folder, such as /usr/local/share.
        owner: user who owns the files.
        group: their group.
        present: whether they are to be there.

    Raises:
        PgsopError: a place has something else than a plain file, or the file cannot be read.
    """
    mode = FileMode(owner, group, _FILE_BITS)
    return [_document(os.path.join(share, name), text if present else None, mode) for name, text in TEXTS.items()]


def apply(documents: Sequence[Document]) -> None:
    """Write or remove the documents that differ, and make their folders.

    Raises:
        PgsopError: the file system refuses it.
    """
    for document in documents:
        path = document.before.path
        if document.action and document.text is None:
            remove(path)
        elif document.action:
            _make_folders(os.path.dirname(path))
            write_atomically(path, document.text or "", document.mode)


def is_ours(text: str) -> bool:
    """Return whether a release of the collection has made a text."""
    return any(_MADE in line for line in text.splitlines()[:_MARKED_LINES])


def _document(path: str, text: str | None, mode: FileMode) -> Document:
    if os.path.lexists(path) and (os.path.islink(path) or not os.path.isfile(path)):
        if text is None:
            return Document(FileState(path), None, mode)
        raise PgsopError(
            attempted="install man page and completions of pgsop",
            target=path,
            answer="it is no plain file",
            next_step=f"check it, and move it away: ls -ld {path}",
        )
    return Document(read_state(path), text, mode)


def _make_folders(folder: str) -> None:
    """Create a folder and its parents, as far as they do not exist, so that every user can read manuals."""
    if not os.path.isdir(folder):
        _make_folders(os.path.dirname(folder))
        make_folder(folder, _FOLDER_BITS)


def _described(path: str, text: str) -> str:
    return f"{path}: sha256 {hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}\n"
