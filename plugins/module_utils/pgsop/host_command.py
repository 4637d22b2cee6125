# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command pgsop on the host: what is there, what is to be there, and the step between."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from . import command_link, zipapp
from .errors import PgsopError
from .files import FileMode, FileState, group_exists, has_mode, read_state, remove, user_exists, write_atomically
from .version import VERSION

#: Root runs it, so nobody else may write it.
_MOST = 0o755


@dataclass(frozen=True)
class Request:
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
class Outcome:
    """What was, or in check mode would be, done."""

    request: Request
    before: FileState
    wanted: Optional[bytes]
    linking: str = ""

    @property
    def actions(self) -> List[str]:
        """What an apply does."""
        return self.writing + ([self.linking] if self.linking else [])

    @property
    def writing(self) -> List[str]:
        """What an apply does with the file itself."""
        if self.wanted is None:
            return [f"remove {self.request.path}"] if self.before.text is not None else []
        same = _content(self.before) == self.wanted and has_mode(self.before, self.request.mode)
        return [] if same else [f"write {self.request.path}"]

    def as_dict(self) -> Dict[str, Any]:
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
            "version": "" if self.wanted is None else VERSION,
            "sha256": "" if self.wanted is None else hashlib.sha256(self.wanted).hexdigest(),
            "diff": {"before_header": path, "after_header": path, "before": before, "after": after},
        }


def manage(request: Request, *, check: bool) -> Outcome:
    """Bring the command to what is wanted.

    Raises:
        PgsopError: where something else is in its place, or it cannot be written.
    """
    _refuse_bad_input(request)
    before = read_state(request.path)
    content = _content(before)
    if content is not None and zipapp.version_in(content) is None:
        raise _refused(
            request, "there is a file that is not pgsop", f"look at it, and move it away: ls -l {request.path}"
        )
    target = request.path if request.present else ""
    linking = _linking(request, target)
    outcome = Outcome(request, before, zipapp.build() if request.present else None, linking)
    if outcome.writing and not check:
        if outcome.wanted is None:
            remove(request.path)
        else:
            write_atomically(request.path, outcome.wanted, request.mode)
    if linking and not check:
        command_link.settle(request.link, target)
    return outcome


def _linking(request: Request, target: str) -> str:
    """What is to be done with the link; one that leads elsewhere is not ours to remove."""
    if not request.link or (not target and os.path.realpath(request.link) != os.path.realpath(request.path)):
        return ""
    return command_link.difference(request.link, target)


def _refuse_bad_input(request: Request) -> None:
    path, mode = request.path, request.mode
    if not os.path.isabs(path) or (request.link and not os.path.isabs(request.link)):
        raise _refused(request, "that is no absolute path", "write all of it, as in /usr/local/bin/pgsop")
    if request.link == path:
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


def _refused(request: Request, answer: str, next_step: str) -> PgsopError:
    attempted = "install the command pgsop" if request.present else "remove the command pgsop"
    return PgsopError(attempted=attempted, target=request.path, answer=answer, next_step=next_step)


def _content(state: FileState) -> Optional[bytes]:
    return None if state.text is None else state.text.encode("utf-8", "surrogateescape")


def _described(state: FileState, content: Optional[bytes]) -> str:
    """A file in the words of a diff: hundreds of kilobytes of sources tell nobody anything."""
    if content is None:
        return ""
    return f"{state.describe_mode()}pgsop {zipapp.version_in(content)}, sha256 {hashlib.sha256(content).hexdigest()}\n"
