# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter plain_passwords."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
name: plain_passwords
short_description: Roles whose declared password is in plain text in a file on the controller
version_added: 0.5.0
author: Nexus TechWorks (@nexus-techworks)
description:
  - Names each role of a declaration whose password can be read in a file of the inventory or in a playbook, and the place.
  - A password is named only if the file and the line that Ansible gives as its origin have it in plain text. So values of a vault, of
    lookups, of the environment and of the command line are never named.
  - Before ansible-core 2.19 values have no origin, and nothing is named. Neither is a password that is composed of parts.
positional: _input, roles
options:
  _input:
    description: Databases, with the keys of O(aerovista.postgresql.pg_databases#module:databases).
    type: list
    elements: dict
    required: true
  roles:
    description: Roles, with the keys of O(aerovista.postgresql.pg_databases#module:roles).
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Show the places
  ansible.builtin.debug:
    msg: "{{ pg_bootstrap_databases | aerovista.postgresql.plain_passwords(pg_bootstrap_roles) }}"
"""

RETURN = r"""
_value:
  description: Role, file and line of each, without the password.
  type: list
  elements: str
  sample: ["appuser (inventories/nxcore/group_vars/postgresql.yml, line 12)"]
"""


def plain_passwords(databases: Sequence[Mapping[str, Any]], roles: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    """Return the roles with a password in plain text in a file, each with the place."""
    found = ((name, _place(password)) for name, password in _passwords([*databases, *roles]))
    return sorted({f"{name} ({place})" for name, place in found if place})


def _passwords(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield name and password of every role in a declaration, at any depth."""
    if isinstance(value, Mapping):
        if isinstance(value.get("password"), str) and value["password"]:
            yield str(value.get("name", "a role")), value["password"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _passwords(each)


def _place(password: str) -> str:
    """Return file and line of a password; empty unless they have it in plain text.

    Tags of values are not in the public interface of ansible-core, so a tag that is missing means that nothing is known.
    """
    tags = {type(tag).__name__: tag for tag in getattr(password, "_ansible_tags_mapping", {}).values()}
    origin = tags.get("Origin")
    path, number = getattr(origin, "path", None), getattr(origin, "line_num", None)
    if "VaultedValue" in tags or not path or not number:
        return ""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return ""
    # The first line of a file that is a vault has this mark, and no line of it is in plain text.
    if lines[0].startswith("$ANSIBLE_VAULT") or str(password) not in "".join(lines[number - 1 : number]):
        return ""
    shown = os.path.relpath(path)
    return f"{path if shown.startswith('..') else shown}, line {number}"


class FilterModule:
    """Filter plain_passwords."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return the filter by name."""
        return {"plain_passwords": plain_passwords}
