# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter declared_access."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

DOCUMENTATION = r"""
name: declared_access
short_description: Names and logins that a declaration of databases and roles implies
version_added: 0.5.0
author: Nexus TechWorks (@nexus-techworks)
description:
  - Expands the short form of module M(aerovista.postgresql.pg_databases) into the names of its databases and roles, and into the
    logins whose password is declared.
  - All lists are empty for a declaration that filter P(aerovista.postgresql.database_problems#filter) refuses.
positional: _input, roles, monitoring_logins
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
  monitoring_logins:
    description: Logins of monitoring programs, with the keys of O(aerovista.postgresql.pg_databases#module:monitoring_logins).
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Show the declared databases
  ansible.builtin.debug:
    msg: "{{ (pg_bootstrap_databases | aerovista.postgresql.declared_access(pg_bootstrap_roles)).databases }}"
"""

RETURN = r"""
_value:
  description:
    - C(databases) and C(roles), names, with those that each cluster has. C(logins), each with C(role), C(database) and C(password).
  type: dict
"""


def declared_access(
    databases: Sequence[Mapping[str, Any]],
    roles: Sequence[Mapping[str, Any]] = (),
    monitoring_logins: Sequence[Mapping[str, Any]] = (),
) -> dict[str, list[Any]]:
    """Return the names and logins that a declaration implies, under the keys databases, roles and logins."""
    # Imported here: where a task uses one filter of a collection, Ansible loads all of them, again in each task.
    from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.logins import (
        declared_access as expand,
    )

    return expand(databases, roles, monitoring_logins)


class FilterModule:
    """Filter declared_access."""

    def filters(self) -> dict[str, Callable[..., dict[str, list[Any]]]]:
        """Return the filter by name."""
        return {"declared_access": declared_access}
