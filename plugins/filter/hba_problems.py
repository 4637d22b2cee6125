# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter hba_problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

DOCUMENTATION = r"""
name: hba_problems
short_description: What is wrong with HBA rules, before any host is asked
version_added: 0.1.0
author: Nexus TechWorks (@nexus-techworks)
positional: _input, ident_maps
description:
  - Says what module M(aerovista.postgresql.pg_hba) would refuse of a list of rules, as far as that can be told without a server.
options:
  _input:
    description: Rules, with the keys of O(aerovista.postgresql.pg_hba#module:rules).
    type: list
    elements: dict
    required: true
  ident_maps:
    description: User name maps, with the keys of O(aerovista.postgresql.pg_hba#module:ident_maps).
    type: list
    elements: dict
    default: []
    version_added: 0.5.0
"""

EXAMPLES = r"""
- name: Refuse bad rules
  ansible.builtin.assert:
    that: rules | aerovista.postgresql.hba_problems | length == 0
"""

RETURN = r"""
_value:
  description: The problems, as sentences.
  type: list
  elements: str
"""


def hba_problems(entries: Sequence[Mapping[str, Any]], ident_maps: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    """Return the faults of HBA rules and user name maps, one sentence each; empty if they are valid."""
    # Imported here: where a task uses one filter of a collection, Ansible loads all of them, again in each task.
    from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.ident import problems as ident_problems
    from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.policy import problems
    from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import parse_all

    rules, wrong = parse_all(entries)
    return (wrong or problems(rules, administrator="postgres")) + ident_problems(ident_maps)


class FilterModule:
    """Filter hba_problems."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return the filter by name."""
        return {"hba_problems": hba_problems}
