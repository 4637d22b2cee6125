# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter backup_problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

DOCUMENTATION = r"""
name: backup_problems
short_description: What is wrong with the configuration of backups, before any host is asked
version_added: 0.3.0
author: Nexus TechWorks (@nexus-techworks)
description:
  - Says what the command C(pgsop) would refuse of its configuration, C(/etc/pgsop/backup.json).
  - Also refuses commands with syntax of a shell outside of quotes, such as C(|), C(>) or C(&&), because no shell runs them.
options:
  _input:
    description: The configuration, as role C(pg_backup) writes it.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Refuse a configuration that cannot be
  ansible.builtin.assert:
    that: configuration | aerovista.postgresql.backup_problems | length == 0
"""

RETURN = r"""
_value:
  description: The problems, as sentences with the names of the variables of role C(pg_backup).
  type: list
  elements: str
"""


def backup_problems(configuration: Mapping[str, Any]) -> list[str]:
    """Return the faults of the configuration of backups, one sentence each; empty if it is valid."""
    # Imported here: where a task uses one filter of a collection, Ansible loads all of them, again in each task.
    from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import variable_problems

    return variable_problems(configuration)


class FilterModule:
    """Filter backup_problems."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return the filter by name."""
        return {"backup_problems": backup_problems}
