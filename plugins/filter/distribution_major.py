# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter distribution_major."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: distribution_major
short_description: Major version of PostgreSQL that a distribution ships
version_added: 0.1.0
author: Nexus TechWorks (@nexus-techworks)
description:
  - Takes the facts of a host and tells which major version of PostgreSQL its distribution ships.
  - Fails for a distribution this collection does not know.
options:
  _input:
    description: Facts of the host, with C(distribution) and C(distribution_version).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show what the distribution ships
  ansible.builtin.debug:
    msg: "{{ ansible_facts | aerovista.postgresql.distribution_major }}"
"""

RETURN = r"""
_value:
  description: Major version, for example V(16).
  type: int
"""

#: Package postgresql of each release, from the archives of Debian and Ubuntu.
MAJORS: Mapping[str, int] = {
    "Debian 12": 15,
    "Debian 13": 17,
    "Ubuntu 24.04": 16,
}


def distribution_major(facts: Mapping[str, Any]) -> int:
    """Return the major version of PostgreSQL in the distribution of a host.

    Raises:
        AnsibleFilterError: the facts of the distribution are missing, or MAJORS does not have the release.
    """
    name, version = facts.get("distribution"), str(facts.get("distribution_version", ""))
    if not name:
        raise AnsibleFilterError(
            "the facts of the distribution are missing: gather them (gather_facts, subset distribution) or set postgresql_version"
        )
    # Debian counts point releases behind the dot, Ubuntu names its releases with it.
    release = f"{name} {version if name == 'Ubuntu' else version.split('.', maxsplit=1)[0]}"
    if release not in MAJORS:
        raise AnsibleFilterError(
            f"{release} is not among the supported releases ({', '.join(MAJORS)}): set postgresql_version to use it all the same"
        )
    return MAJORS[release]


class FilterModule:
    """Filter distribution_major."""

    def filters(self) -> dict[str, Callable[..., int]]:
        """Return the filter by name."""
        return {"distribution_major": distribution_major}
