# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a run came on each host: which roles of this collection it finished, in which one it stopped."""

from __future__ import annotations

from collections.abc import Collection, Sequence

_CHECK = "pg_preflight"
#: What Ansible runs if --tags is not given, and what it runs besides.
_EVERYTHING = ("all", "tagged", "always")


class Progress:
    """The roles of a run, in their order, and the last one that each host began."""

    def __init__(self, tags: Collection[str] = ()) -> None:
        """Take the tags of the command line; empty for all."""
        self._tags = tags
        self._roles: list[str] = []
        self._last: dict[str, str] = {}
        #: Whether a play with roles of this collection had no host.
        self.without_hosts = False

    def plan(self, roles: Sequence[str]) -> None:
        """Add the roles of a play, in their order."""
        self._roles += [role for role in roles if role not in self._roles and role != _CHECK]

    def began(self, host: str, role: str) -> None:
        """Note that a host runs a task of a role."""
        self._last[host] = role

    def stopped(self, host: str) -> str:
        """Return in one sentence how far a host came on which a task failed; empty if nothing was begun."""
        last = self._last.get(host, "")
        wanted = [role for role in self._roles if not self._tags or {*self._tags} & {role, *_EVERYTHING}]
        if last == _CHECK or last not in wanted:
            return ""
        place = wanted.index(last)
        done, left = ", ".join(wanted[:place]) or "nothing", ", ".join(wanted[place + 1 :]) or "nothing"
        return (
            f"stopped in {last}. Done before: {done}. Not begun: {left}. Next step: correct the cause and run it again; parts that are done"
            " stay as they are"
        )
