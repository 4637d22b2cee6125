# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of variables that no role has: mistyped ones, and others that may be meant for a role."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

#: The least similarity of a mistyped name, from 0 to 1, as difflib.SequenceMatcher.ratio measures it: twice the letters in common by all
#: letters. One wrong letter in a name of 15 has 0.93.
SIMILAR = 0.85
#: How a name must begin that is compared: also with a slip in "postgres".
_OURS = re.compile("pg|po")
_GENERAL = re.compile(r"postgres(?:ql)?_")


class Unknown(NamedTuple):
    """Names that no role has.

    Attributes:
        refused: sentences about names that are meant for a role for certain.
        ignored: sentences about names that may be meant for one.
    """

    refused: list[str]
    ignored: list[str]


def unknown_names(
    names: Iterable[str], known: Collection[str], roles: Collection[str], exceptions: Collection[str]
) -> Unknown:
    """Return sentences about names of variables that no role has.

    Args:
        names: all variables of a host.
        known: those that the roles have.
        roles: names of the roles, each the beginning of its variables' names.
        exceptions: names that belong to others.
    """
    refused, ignored = [], []
    for name in sorted(set(names) - set(known) - set(exceptions)):
        plain = name.lower().replace("-", "_")
        if not _OURS.match(plain):
            continue
        near = nearest(plain, known)
        role = next((each for each in roles if plain.startswith(f"{each}_")), "")
        if near or role:
            refused.append(
                f"{f'role {role}' if role else 'no role'} has {'no' if role else 'a'} variable {name}{_meant(near)}"
            )
        elif plain.startswith("pg_"):
            ignored.append(name)
        elif _same_endings(plain, known):
            ignored.append(f"{name} (did you mean {' or '.join(_same_endings(plain, known))}?)")
    return Unknown(refused, ignored)


def nearest(name: str, known: Iterable[str], similar: float = SIMILAR) -> str:
    """Return the known name that is most like another name, empty if no name is similar enough.

    Args:
        name: in lower case.
        known: names to compare it with.
        similar: the least similarity, from 0 to 1.
    """
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=similar)), "")


def _meant(near: str) -> str:
    return f": did you mean {near}?" if near else ""


def _same_endings(name: str, known: Iterable[str]) -> list[str]:
    """Return the known names that end as a name without a role does, such as postgresql_port."""
    general = _GENERAL.match(name)
    ending = name[general.end() :] if general else ""
    return sorted(each for each in known if ending and re.fullmatch(rf"pg_[a-z]+_{re.escape(ending)}", each))
