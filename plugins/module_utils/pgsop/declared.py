# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What roles declare for the command: one JSON file each, read and refused as a whole."""

from __future__ import annotations

import json
import re
from typing import Any, Collection, List, Sequence

from .errors import PgsopError


def read(path: str, role: str) -> Any:
    """What the file holds.

    Args:
        path: the file.
        role: which one writes it.

    Raises:
        PgsopError: where it cannot be read, or is no JSON.
    """
    try:
        with open(path, encoding="utf-8") as handle:
            return json.load(handle)
    except FileNotFoundError as error:
        answer = "there is no such file"
        next_step = f"run role {role}, which writes it, or name another one with --config"
        raise PgsopError(attempted="read the configuration", target=path, answer=answer, next_step=next_step) from error
    except (OSError, ValueError) as error:
        answer = getattr(error, "strerror", None) or str(error)
        next_step = f"run pgsop as root or as the cluster's owner; role {role} writes the file anew"
        raise PgsopError(attempted="read the configuration", target=path, answer=answer, next_step=next_step) from error


def refuse(problems: Sequence[str], source: str, role: str) -> None:
    """Refuse what cannot be meant.

    Args:
        problems: all that is wrong, as sentences; none for nothing.
        source: where it is declared.
        role: which one writes it.

    Raises:
        PgsopError: with all problems, where there are any.
    """
    if problems:
        raise PgsopError(
            attempted="use the configuration",
            target=source,
            answer="; ".join(problems),
            next_step=f"correct the inventory and run role {role}, which writes the file",
        )


def name_variables(problems: Sequence[str], role: str, keys: Collection[str]) -> List[str]:
    """The same sentences with the names of the role's variables, for which a person can search.

    Args:
        problems: sentences, each about the key that it begins with, and maybe about one after "above".
        role: its name is the prefix of its variables.
        keys: keys of the file.
    """
    named = "|".join(sorted(map(re.escape, keys), key=len, reverse=True))
    return [re.sub(rf"(?:^|(?<=, above ))(?:{named})\b", rf"{role}_\g<0>", problem) for problem in problems]
