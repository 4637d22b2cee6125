# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of variables that no role has: mistyped ones, and others that may be meant for a role."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.nearest import did_you_mean

#: The least similarity of a mistyped name, from 0 to 1. One wrong letter in a name of 15 has 0.93.
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
        meant = did_you_mean(plain, known, SIMILAR)
        role = next((each for each in roles if plain.startswith(f"{each}_")), "")
        if meant or role:
            refused.append(
                f"role {role} has no variable {name}{meant}" if role else f"no role has a variable {name}{meant}"
            )
        elif plain.startswith("pg_"):
            ignored.append(name)
        elif _same_endings(plain, known):
            ignored.append(f"{name} (did you mean {' or '.join(_same_endings(plain, known))}?)")
    return Unknown(refused, ignored)


def _same_endings(name: str, known: Iterable[str]) -> list[str]:
    """Return the known names that end as a name without a role does, such as postgresql_port."""
    general = _GENERAL.match(name)
    ending = name[general.end() :] if general else ""
    return sorted(each for each in known if ending and re.fullmatch(rf"pg_[a-z]+_{re.escape(ending)}", each))
