#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_settings
short_description: Bring server settings into force through one drop-in file
version_added: 0.1.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Owns one file in C(conf.d) per caller, named by O(name), and makes the settings in it the effective ones.
  - Every name, type, range and enum value is checked against the running server's own C(pg_settings) before anything is
    written. C(postgresql.conf) is never edited, and nothing is ever set by C(ALTER SYSTEM).
  - Reloads where that is enough, restarts only for settings of context C(postmaster), and then asks a new session whether
    each value is in force. Where it is not, or the server does not come back, the previous file is put back.
  - A managed setting in C(postgresql.auto.conf) would win over the file. It is shown in the diff and reset, see
    O(auto_conf). The same setting in a later file of somebody else's is refused, with file and line.
  - Where there is no server yet, check mode shows the file it would write, marked as not yet validated.
options:
  name:
    description:
      - Who owns the settings. Becomes part of the file name, for example C(conf.d/50-pg_hardening.conf).
    type: str
    required: true
  priority:
    description:
      - The number in front of the file name, from 0 to 99. The server reads the files in this order and the last one wins.
    type: int
    default: 50
  settings:
    description:
      - Every setting that O(name) owns, with its value, as a boolean, a number or a string like V(16MB).
      - What is left out leaves the file, and with it goes back to what the other files say.
    type: dict
    required: true
  reasons:
    description:
      - A sentence per setting, written above it into the file.
    type: dict
    default: {}
  auto_conf:
    description:
      - What to do with a managed setting that stands in C(postgresql.auto.conf).
    type: str
    choices:
      - reset
      - refuse
    default: reset
  start:
    description:
      - If the server is stopped and its files differ, write them and start the server, for example because a value that was edited by
        hand keeps it from starting. If it does not start, the previous files come back.
    type: bool
    default: false
    version_added: 0.5.0
extends_documentation_fragment:
  - aerovista.postgresql.attributes
  - aerovista.postgresql.cluster
  - aerovista.postgresql.cluster.restart
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
seealso:
  - module: aerovista.postgresql.pg_tuning_info
    description: Proposes values for the memory settings.
"""

EXAMPLES = r"""
- name: Keep the server on the loopback interface
  aerovista.postgresql.pg_settings:
    version: 16
    name: listener
    settings:
      listen_addresses: localhost
      password_encryption: scram-sha-256
    reasons:
      listen_addresses: Local only.

- name: Raise work_mem, without a restart of the server whatever else is pending
  aerovista.postgresql.pg_settings:
    version: 16
    name: reporting
    priority: 70
    restart: never
    settings:
      work_mem: 32MB
"""

RETURN = r"""
file:
  description: The file that holds the settings.
  returned: success
  type: str
  sample: /etc/postgresql/16/main/conf.d/50-listener.conf
actions:
  description: What was, or in check mode would be, done, in order.
  returned: success
  type: list
  elements: str
  sample: ["write /etc/postgresql/16/main/conf.d/50-listener.conf", "reload"]
pending_restart:
  description: Settings of the whole server that wait for a restart.
  returned: success
  type: list
  elements: str
  sample: ["shared_buffers"]
overrides:
  description:
    - Values of databases and roles that put data at risk, of managed settings such as C(zero_damaged_pages). They win over the file, and
      are reported and not changed.
  returned: success
  type: list
  elements: dict
  version_added: 0.5.0
  contains:
    name:
      description: Name of the setting.
      type: str
      sample: zero_damaged_pages
    value:
      description: Stored value.
      type: str
      sample: "on"
    role:
      description: Role, empty for all roles.
      type: str
    database:
      description: Database, empty for all databases.
      type: str
    message:
      description: Setting, value, sessions and consequence.
      type: str
    statement:
      description: The statement that takes the value back.
      type: str
      sample: ALTER ROLE appuser RESET zero_damaged_pages
settings:
  description: Every managed setting.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the setting.
      type: str
      sample: work_mem
    value:
      description: Declared value.
      type: str
      sample: 16MB
    previous:
      description: Value in force before the change, as C(SHOW) prints it. None where no server could be asked.
      type: str
      sample: 4MB
    in_force:
      description: Whether the declared value was in force before the change.
      type: bool
    needs_restart:
      description: Whether only a restart brings it into force.
      type: bool
    context:
      description: The setting's context in C(pg_settings).
      type: str
      sample: user
    reason:
      description: Why the value is what it is.
      type: str
validated:
  description: Whether a running server checked the settings.
  returned: success
  type: bool
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import CLUSTER, RESTART
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings.declaration import SettingsRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings.manage import manage


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            **CLUSTER,
            **RESTART,
            "name": {"type": "str", "required": True},
            "priority": {"type": "int", "default": 50},
            "settings": {"type": "dict", "required": True},
            "reasons": {"type": "dict", "default": {}},
            "auto_conf": {"type": "str", "choices": ["reset", "refuse"], "default": "reset"},
            "start": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    params = module.params
    try:
        request = SettingsRequest(
            version=params["version"],
            cluster=params["cluster"],
            name=params["name"],
            priority=params["priority"],
            settings=params["settings"],
            reasons=params["reasons"],
            restart_allowed=params["restart"] == "allowed",
            refuse_auto_conf=params["auto_conf"] == "refuse",
            start=params["start"],
        )
        outcome = manage(request, check=module.check_mode)
    except PgsopError as error:
        module.fail_json(msg=str(error))
    if outcome.pending_restart:
        module.warn(f"waiting for a restart of the server: {', '.join(outcome.pending_restart)}")
    module.exit_json(**outcome.as_dict())


if __name__ == "__main__":
    main()
