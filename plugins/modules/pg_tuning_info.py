#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_tuning_info
short_description: Propose server settings from the memory and CPUs PostgreSQL may use
version_added: 0.1.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Measures what PostgreSQL may use of this host, cgroups included, and proposes values, each with a reason.
  - Values are in whole steps, and a value written earlier is proposed again unless the memory has really changed. So a
    kernel update never schedules a restart.
  - The most memory the server could come to use with these values is added up. On a host that is too small for the
    profile, its values are lowered until they fit. Values set in O(settings) beyond the budget are refused.
  - Every value is checked against the running server's own C(pg_settings). Where there is no server yet, it is checked
    against what the packages of that version have, and the proposal is the same.
options:
  profile:
    description:
      - What the server is used for.
      - V(sop) is section 6 of the SOP, five settings and nothing else. The others also write settings for WAL, storage,
        parallelism and JIT; V(dw) is for a data warehouse.
    type: str
    choices:
      - sop
      - web
      - oltp
      - mixed
      - dw
    default: sop
  memory_mb:
    description:
      - Memory PostgreSQL may use, in MB, at least 256. Give it where other services share the host.
      - Measured when not given.
    type: int
  storage:
    description:
      - Kind of disk the data is on. The profile V(sop) does not look at it.
    type: str
    choices:
      - hdd
      - ssd
      - nvme
    default: ssd
  settings:
    description:
      - Settings with values of your own, whatever the profile says of them.
    type: dict
    default: {}
  force:
    description:
      - Accept values in O(settings) with which the server could use more memory than it has.
    type: bool
    default: false
  dropin:
    description:
      - Name of the drop-in file that holds the values written earlier, as given to M(aerovista.postgresql.pg_settings).
    type: str
    default: pg_tuning
extends_documentation_fragment:
  - aerovista.postgresql.attributes
  - aerovista.postgresql.attributes.info_module
  - aerovista.postgresql.cluster
seealso:
  - module: aerovista.postgresql.pg_settings
    description: Brings the proposed values into force.
"""

EXAMPLES = r"""
- name: Propose the values of the SOP
  aerovista.postgresql.pg_tuning_info:
    version: 16
  register: proposal

- name: Bring them into force
  aerovista.postgresql.pg_settings:
    version: 16
    name: pg_tuning
    priority: 60
    settings: "{{ proposal.proposed }}"
    reasons: "{{ proposal.reasons }}"

- name: Propose values for a web application on a host shared with others, with fewer connections
  aerovista.postgresql.pg_tuning_info:
    version: 16
    profile: web
    memory_mb: 4096
    storage: nvme
    settings:
      max_connections: 60
"""

RETURN = r"""
settings:
  description: Every proposed setting.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the setting.
      type: str
      sample: shared_buffers
    current:
      description: The server's value, as C(SHOW) prints it. None where no server could be asked.
      type: str
      sample: 128MB
    proposed:
      description: The value to set.
      type: str
      sample: 2GB
    reason:
      description: Why this value.
      type: str
      sample: "SOP section 6: 25 % of 8192 MB"
    inputs:
      description: What the value was computed from.
      type: dict
      sample: {"memory_mb": 8192, "percent": 25}
    needs_restart:
      description: Whether only a restart brings the value into force; false where it is in force already.
      type: bool
    source:
      description: V(profile), V(lowered) where the profile's value does not fit the host, V(override) if set by hand.
      type: str
      sample: profile
proposed:
  description: Proposed value by name, ready for M(aerovista.postgresql.pg_settings).
  returned: success
  type: dict
  sample: {"max_connections": "100", "shared_buffers": "2GB"}
reasons:
  description: Reason by name, ready for M(aerovista.postgresql.pg_settings).
  returned: success
  type: dict
memory:
  description: Memory PostgreSQL may use.
  returned: success
  type: dict
  contains:
    mb:
      description: As measured or given, in MB.
      type: int
      sample: 7943
    counted_mb:
      description: In whole steps; what the values were computed from.
      type: int
      sample: 7936
    source:
      description: Where it was measured, or C(given).
      type: str
      sample: MemTotal
cpus:
  description: CPUs PostgreSQL may use.
  returned: success
  type: int
  sample: 4
budget:
  description: The most memory the server could come to use with these values.
  returned: success
  type: dict
  contains:
    worst_case_mb:
      description: Sum of the parts.
      type: int
      sample: 5888
    limit_mb:
      description: Nine tenths of the memory.
      type: int
      sample: 7142
    factor:
      description: Worst case as a share of the memory.
      type: float
      sample: 0.74
    parts:
      description: Shared memory, sessions and autovacuum, in MB.
      type: dict
      sample: {"shared_buffers": 1984, "sessions": 3200, "autovacuum": 768}
    fits:
      description: Whether the worst case is within the limit.
      type: bool
lowered:
  description: Names of the settings that are lower than the profile has them, because the host is small.
  returned: success
  type: list
  elements: str
  sample: ["work_mem", "maintenance_work_mem"]
validated:
  description: Whether a running server checked the values.
  returned: success
  type: bool
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import CLUSTER
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.host import (
    TuningRequest,
    propose_for_host,
)


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            **CLUSTER,
            "profile": {"type": "str", "choices": ["sop", "web", "oltp", "mixed", "dw"], "default": "sop"},
            "memory_mb": {"type": "int"},
            "storage": {"type": "str", "choices": ["hdd", "ssd", "nvme"], "default": "ssd"},
            "settings": {"type": "dict", "default": {}},
            "force": {"type": "bool", "default": False},
            "dropin": {"type": "str", "default": "pg_tuning"},
        },
        supports_check_mode=True,
    )
    try:
        outcome = propose_for_host(TuningRequest(**module.params))
    except PgsopError as error:
        module.fail_json(msg=str(error))
    if not outcome.proposal.budget.fits:
        module.warn(f"even at its least values the server could use {outcome.proposal.budget.text}")
    module.exit_json(changed=False, **outcome.as_dict())


if __name__ == "__main__":
    main()
