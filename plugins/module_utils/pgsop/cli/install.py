# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command pgsop on the host: what is there, what is to be there, and the step between."""

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
from . import command_link, zipapp
from .report_types import InstallReport

#: Root runs it, so nobody else may write it.
_MOST = 0o755
#: What is left of the mode of a file that is not the command: root typed its name for another program.
_READ_ONLY = 0o644
#: Only a file of this name is replaced if it is not the command; any other name may be that of another program.
_NAME = "pgsop"
#: Between the name of the command and the number of a file that was in its place.
_KEPT = ".replaced."


@dataclass(frozen=True)
class InstallRequest:
    """What is wanted.

    Attributes:
        path: the command.
        mode: owner, group and permission bits.
        present: whether it is to be there.
        link: where a link to it is to be as well; empty for none.
    """

    path: str
    mode: FileMode
    present: bool = True
    link: str = ""


@dataclass(frozen=True)
class InstallOutcome:
    """What was, or in check mode would be, done.

    Attributes:
        request: what is wanted.
        before: the file as it was.
        wanted: content of the command, None if it is not to be there.
        replaced: files beside it that are kept of earlier replacements and of this one.
        keep: where this run keeps the file that was in the place of the command; empty if it was the command or absent.
        linking: what has to be done with the link; empty if nothing has to.
    """

    request: InstallRequest
    before: FileState
    wanted: bytes | None
    replaced: Sequence[str] = ()
    keep: str = ""
    linking: str = ""

    @property
    def actions(self) -> list[str]:
        """What an apply does."""
        return self.writing + ([self.linking] if self.linking else [])

    @property
    def writing(self) -> list[str]:
        """What an apply does with the file itself."""
        if self.wanted is None:
            return [f"remove {self.request.path}"] if self.before.text is not None else []
        same = _content(self.before) == self.wanted and has_mode(self.before, self.request.mode)
        kept = [f"keep the file that is not pgsop as {self.keep}"] if self.keep else []
        return [] if same else [*kept, f"write {self.request.path}"]

    def as_dict(self) -> InstallReport:
        """The module's return values."""
        path, after = self.request.path, ""
        if self.wanted is not None:
            mode = self.request.mode
            after = _described(FileState(path, "", mode.owner, mode.group, mode.mode), self.wanted)
        before = _described(self.before, _content(self.before))
        after += f"{self.linking}\n" if self.linking else ""
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
    """Bring the command to what is wanted.

    Raises:
        PgsopError: if a folder, a link or a device is in its place, or a file that must not be replaced, or if it cannot be written.
    """
    _refuse_bad_input(request)
    before = read_state(request.path)
    replaced, keep = _replaced(request.path), ""
    if _is_foreign(before):
        keep = _place_for(request, before, replaced)
        replaced = sorted({*replaced, keep})
    linking = _linking(request)
    outcome = InstallOutcome(request, before, zipapp.build() if request.present else None, replaced, keep, linking)
    if not check:
        if outcome.writing:
            _apply(outcome)
        if linking:
            command_link.update_link(request.link, request.path if request.present else "")
    return outcome


def _linking(request: InstallRequest) -> str:
    """What is to be done with the link; one that leads elsewhere is not ours to remove."""
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
    """Files that were in the place of the command and are kept beside it."""
    return sorted(glob.glob(f"{glob.escape(path)}{_KEPT}*"))


def _place_for(request: InstallRequest, before: FileState, replaced: Sequence[str]) -> str:
    """Where to keep a file that is in the place of the command; a killed run may have kept it already.

    Raises:
        PgsopError: if it must not be replaced.
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
    if not os.path.isabs(path) or (request.link and not os.path.isabs(request.link)):
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
    """The path without links in its folder: /sbin is /usr/sbin, and the link would replace the command."""
    return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))


def _refused(request: InstallRequest, answer: str, next_step: str) -> PgsopError:
    attempted = "install the command pgsop" if request.present else "remove the command pgsop"
    return PgsopError(attempted=attempted, target=request.path, answer=answer, next_step=next_step)


def _content(state: FileState) -> bytes | None:
    return None if state.text is None else state.text.encode("utf-8", "surrogateescape")


def _described(state: FileState, content: bytes | None) -> str:
    """A file in the words of a diff: hundreds of kilobytes of sources tell nobody anything."""
    if content is None:
        return ""
    version = zipapp.version_in(content)
    what = f"pgsop {version}" if version else f"a file that is not pgsop, {len(content)} bytes"
    return f"{state.describe_mode()}{what}, sha256 {hashlib.sha256(content).hexdigest()}\n"
