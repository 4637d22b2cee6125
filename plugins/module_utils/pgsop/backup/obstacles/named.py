# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One name in the body of a function, and the kinds of objects that names can be of."""

from __future__ import annotations

from dataclasses import dataclass

#: Kinds of objects, as messages call them.
RELATION, FUNCTION, TYPE, OPERATOR_NAME = "relation", "function", "type", "operator"
CONFIGURATION, DICTIONARY = "text search configuration", "text search dictionary"


@dataclass(frozen=True)
class Named:
    """One name at one place.

    Attributes:
        kind: of the object.
        name: without its schema.
        schema: empty if the body has the name alone.
        arguments: number of arguments of a function's call.
        read: whether rows of a relation are read, not only its columns' types or its number.
        operand: on the left of an operator, if it is an argument of the function: ``$1`` or its name.
    """

    kind: str
    name: str
    schema: str = ""
    arguments: int = 0
    read: bool = False
    operand: str = ""
