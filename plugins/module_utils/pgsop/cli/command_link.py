# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A symbolic link to the command in a folder that sudo searches: its secure_path has no /usr/local on Debian 14 and with sudo-rs."""

from __future__ import annotations

import os
import stat

from ..errors import PgsopError

_SUFFIX = ".pgsop-new"


def difference(link: str, target: str) -> str:
    """Return the action that brings the link into its wanted state; empty if it is there already.

    Args:
        link: absolute path of the link.
        target: absolute path of the command; empty if there is to be no link.

    Raises:
        PgsopError: the place has another file than a link, or its folder does not exist.
    """
    if not os.path.lexists(link):
        if target and not os.path.isdir(os.path.dirname(link)):
            raise _refused(link, f"there is no folder {os.path.dirname(link)}", "choose another folder")
        return f"link {link} to {target}" if target else ""
    if not stat.S_ISLNK(os.lstat(link).st_mode):
        if not target:
            return ""
        raise _refused(link, "there is a file that is no link", f"read it, and move it away: ls -ld {link}")
    if os.readlink(link) == target:
        return ""
    return f"link {link} to {target}" if target else f"remove {link}"


def update_link(link: str, target: str) -> None:
    """Create, change or remove the link; an old one is replaced in one step.

    Args:
        link: absolute path of the link.
        target: absolute path of the command; empty removes the link.

    Raises:
        PgsopError: the file system refuses it.
    """
    try:
        if not target:
            os.unlink(link)
            return
        temporary = link + _SUFFIX
        if os.path.lexists(temporary):
            os.unlink(temporary)
        os.symlink(target, temporary)
        os.replace(temporary, link)
    except OSError as error:
        raise _refused(link, error.strerror or str(error), "run as root (become: true)") from error


def _refused(link: str, answer: str, next_step: str) -> PgsopError:
    return PgsopError(attempted="link the command pgsop", target=link, answer=answer, next_step=next_step)
