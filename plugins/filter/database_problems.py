# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter database_problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

DOCUMENTATION = r"""
name: database_problems
short_description: What is wrong with declared databases and roles, before any host is asked
version_added: 0.2.0
author: Nexus TechWorks (@nexus-techworks)
description:
  - Says what module M(aerovista.postgresql.pg_databases) would refuse of a declaration, as far as that can be told without a server.
  - No sentence holds a password, nor anything that stands where a password could be.
positional: _input, roles, public_connect, administrator
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
  public_connect:
    description: Databases, as in O(aerovista.postgresql.pg_databases#module:public_connect).
    type: list
    elements: str
    default: []
  administrator:
    description: The superuser that owns the cluster.
    type: str
    default: postgres
"""

EXAMPLES = r"""
- name: Refuse a declaration that contradicts itself
  ansible.builtin.assert:
    that: databases | aerovista.postgresql.database_problems(roles) | length == 0
"""

RETURN = r"""
_value:
  description: The problems, as sentences.
  type: list
  elements: str
"""


def database_problems(
    databases: Sequence[Mapping[str, Any]],
    roles: Sequence[Mapping[str, Any]] = (),
    public_connect: Sequence[str] = (),
    administrator: str = "postgres",
) -> list[str]:
    """Return the faults of a declaration of databases and roles, one sentence each; empty if it is valid."""
    # Imported here: where a task uses one filter of a collection, Ansible loads all of them, again in each task.
    from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.declaration import problems

    lists = {"databases": databases, "roles": roles, "public_connect": public_connect}
    empty = [f"{name} has no value; an empty list is written []" for name, value in lists.items() if value is None]
    return empty or problems(databases, roles, public_connect, administrator)


class FilterModule:
    """Filter database_problems."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return the filter by name."""
        return {"database_problems": database_problems}
