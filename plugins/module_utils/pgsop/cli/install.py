# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command pgsop on the host: its state, its wanted state, and the step between."""

from __future__ import annotations

import glob
import hashlib
import itertools
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import PgsopError
from ..files import FileMode, FileState, group_exists, has_mode, read_state, remove, user_exists, write_atomically
from ..transaction import transaction
from ..version import VERSION
from . import command_link, documents, zipapp
from .report_types import InstallReport

#: Root runs it, so no other user may write it.
_MOST = 0o755
#: Mode bits that a foreign file keeps: root typed its name for another program.
_READ_ONLY = 0o644
#: Only a file of this name is replaced if it is not the command; any other name may be that of another program.
_NAME = "pgsop"
#: Between the name of the command and the number of a file that was in its place.
_KEPT = ".replaced."


@dataclass(frozen=True)
class InstallRequest:
    """The wanted state of the command.

    Attributes:
        path: absolute path of the command.
        mode: owner, group and permission bits.
        present: whether the command is to be installed, instead of removed.
        link: absolute path of a link to it; empty for no link.
        share: absolute path of the folder for its man page and completions, such as /usr/local/share; if empty, they are not installed.
    """

    path: str
    mode: FileMode
    present: bool = True
    link: str = ""
    share: str = ""


@dataclass(frozen=True)
class InstallOutcome:
    """The changes of a run, or in check mode the planned ones.

    Attributes:
        request: the wanted state.
        before: the file as it was.
        wanted: content of the command, None if it is to be removed.
        replaced: files beside it that are kept of earlier replacements and of this one.
        keep: path for the foreign file in the place of the command; empty if there is no such file.
        linking: the action for the link; empty for no action.
        texts: the man page and the completions.
    """

    request: InstallRequest
    before: FileState
    wanted: bytes | None
    replaced: Sequence[str] = ()
    keep: str = ""
    linking: str = ""
    texts: Sequence[documents.Document] = ()

    @property
    def actions(self) -> list[str]:
        """Return the actions of a run, in their order."""
        others = [self.linking, *(document.action for document in self.texts)]
        return self.writing + [action for action in others if action]

    @property
    def writing(self) -> list[str]:
        """Return the actions on the command itself, without those on the link and the texts."""
        if self.wanted is None:
            return [f"remove {self.request.path}"] if self.before.text is not None else []
        same = _content(self.before) == self.wanted and has_mode(self.before, self.request.mode)
        kept = [f"keep the file that is not pgsop as {self.keep}"] if self.keep else []
        return [] if same else [*kept, f"write {self.request.path}"]

    def as_dict(self) -> InstallReport:
        """Return the return values of module pg_cli."""
        path, after = self.request.path, ""
        if self.wanted is not None:
            mode = self.request.mode
            after = _described(FileState(path, "", mode.owner, mode.group, mode.mode), self.wanted)
        before = _described(self.before, _content(self.before))
        after += f"{self.linking}\n" if self.linking else ""
        for document in self.texts:
            if document.action:
                old, new = document.lines
                before, after = before + old, after + new
        return {
            "changed": bool(self.actions),
            "actions": self.actions,
            "path": path,
            "replaced": list(self.replaced),
            "version": "" if self.wanted is None else VERSION,
            "sha256": "" if self.wanted is None else hashlib.sha256(self.wanted).hexdigest(),
            "diff": {"before_header": path, "after_header": path, "before": before, "after": after},
        }


def manage(request: InstallRequest, *, check: bool) -> InstallOutcome:
    """Install or remove the command, its link, its man page and its completions.

    Args:
        request: the wanted state.
        check: whether this is check mode: nothing is written.

    Raises:
        PgsopError: a folder, a link, a device or a file that must not be replaced is in the place, or a file cannot be written.
    """
    _refuse_bad_input(request)
    before = read_state(request.path)
    replaced, keep = _replaced(request.path), ""
    if _is_foreign(before):
        keep = _place_for(request, before, replaced)
        replaced = sorted({*replaced, keep})
    linking = _linking(request)
    wanted = zipapp.build() if request.present else None
    outcome = InstallOutcome(request, before, wanted, replaced, keep, linking, _texts(request))
    if not check:
        if outcome.writing:
            _apply(outcome)
        if linking:
            command_link.update_link(request.link, request.path if request.present else "")
        documents.apply(outcome.texts)
    return outcome


def _texts(request: InstallRequest) -> list[documents.Document]:
    owner, group = request.mode.owner, request.mode.group
    return documents.plan(request.share, owner, group, present=request.present) if request.share else []


def _linking(request: InstallRequest) -> str:
    """Return the action for the link; a link that leads elsewhere is not removed."""
    if not request.link:
        return ""
    if request.present:
        return command_link.difference(request.link, request.path)
    ours = os.path.realpath(request.link) == os.path.realpath(request.path)
    return command_link.difference(request.link, "") if ours else ""


def _apply(outcome: InstallOutcome) -> None:
    request, before = outcome.request, outcome.before
    if outcome.wanted is None:
        remove(request.path)
        return
    with transaction() as undo:
        if outcome.keep and not os.path.lexists(outcome.keep):
            undo.callback(remove, outcome.keep)
            mode = FileMode(before.owner, before.group, before.mode & _READ_ONLY)
            write_atomically(outcome.keep, before.text or "", mode, modified_ns=before.modified_ns)
        write_atomically(request.path, outcome.wanted, request.mode)


def _is_foreign(state: FileState) -> bool:
    content = _content(state)
    return content is not None and zipapp.version_in(content) is None


def _replaced(path: str) -> list[str]:
    """Return files that were in the place of the command and are kept beside it."""
    return sorted(glob.glob(f"{glob.escape(path)}{_KEPT}*"))


def _place_for(request: InstallRequest, before: FileState, replaced: Sequence[str]) -> str:
    """Return the path that keeps a foreign file in the place of the command; a killed run may have kept it already.

    Raises:
        PgsopError: it must not be replaced.
    """
    if not request.present or os.path.basename(request.path) != _NAME:
        next_step = f"check which program it is, and move it away: ls -l {request.path}"
        raise _refused(request, "there is a file that is not pgsop", next_step)
    for path in replaced:
        if os.path.isfile(path) and not os.path.islink(path) and read_state(path).text == before.text:
            return path
    numbers = itertools.count(1)
    return next(path for path in (f"{request.path}{_KEPT}{number}" for number in numbers) if not os.path.lexists(path))


def _refuse_bad_input(request: InstallRequest) -> None:
    path, mode = request.path, request.mode
    if not all(map(os.path.isabs, filter(None, (path or ".", request.link, request.share)))):
        raise _refused(request, "that is no absolute path", "write all of it, as in /usr/local/bin/pgsop")
    if request.link and _place(request.link) == _place(path):
        raise _refused(request, "its link has the same path", "leave the link out")
    if not request.present and not os.path.lexists(path):
        return
    if not os.path.isdir(os.path.dirname(path)):
        raise _refused(request, f"there is no folder {os.path.dirname(path)}", "make it first, or choose another one")
    if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
        raise _refused(request, "what is there is no plain file", f"look at it, and move it away: ls -ld {path}")
    if mode.mode & ~_MOST:
        answer = f"with mode {mode.mode:04o} others could change what root runs, or run it as somebody else"
        raise _refused(request, answer, f"choose one within {_MOST:04o}")
    for kind, name, known in (("user", mode.owner, user_exists), ("group", mode.group, group_exists)):
        if not known(name):
            raise _refused(request, f"there is no {kind} {name}", "choose one that the host has; the default is root")


def _place(path: str) -> str:
    """Return the path without links in its folder: /sbin is /usr/sbin, and the link would replace the command."""
    return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))


def _refused(request: InstallRequest, answer: str, next_step: str) -> PgsopError:
    attempted = "install the command pgsop" if request.present else "remove the command pgsop"
    return PgsopError(attempted=attempted, target=request.path, answer=answer, next_step=next_step)


def _content(state: FileState) -> bytes | None:
    return None if state.text is None else state.text.encode("utf-8", "surrogateescape")


def _described(state: FileState, content: bytes | None) -> str:
    """Return a line that stands for a file in a diff: version and checksum instead of hundreds of kilobytes of sources."""
    if content is None:
        return ""
    version = zipapp.version_in(content)
    what = f"pgsop {version}" if version else f"a file that is not pgsop, {len(content)} bytes"
    return f"{state.describe_mode()}{what}, sha256 {hashlib.sha256(content).hexdigest()}\n"
