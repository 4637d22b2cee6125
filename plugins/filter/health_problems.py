# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter health_problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

DOCUMENTATION = r"""
name: health_problems
short_description: What is wrong with the configuration of health, before any host is asked
version_added: 0.4.0
author: Nexus TechWorks (@nexus-techworks)
description:
  - Says what the command C(pgsop health) would refuse of its configuration, C(/etc/pgsop/health.json).
options:
  _input:
    description: The configuration, as role C(pg_monitoring) writes it.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Refuse a configuration that cannot be
  ansible.builtin.assert:
    that: configuration | aerovista.postgresql.health_problems | length == 0
"""

RETURN = r"""
_value:
  description: The problems, as sentences with the names of the variables of role C(pg_monitoring).
  type: list
  elements: str
"""


def health_problems(configuration: Mapping[str, Any]) -> list[str]:
    """Return the faults of the configuration of health, one sentence each; empty if it is valid."""
    # Imported here: where a task uses one filter of a collection, Ansible loads all of them, again in each task.
    from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.declaration import variable_problems

    return variable_problems(configuration)


class FilterModule:
    """Filter health_problems."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return the filter by name."""
        return {"health_problems": health_problems}
