#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module pg_preflight."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_preflight
short_description: Refuse variables that cannot work, before anything changes
version_added: 0.5.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Checks all variables of all roles of this collection - names, types, ranges, rules and contradictions - and fails with one sentence for
    each problem, all problems at once.
  - Then asks the host, once, what only it knows - memory, programs, folders, directives of systemd, packages, locales, time zones - and a
    server that answers about settings, databases, roles and extensions. Without a server, tables of each major version are used.
  - Refuses tags of the command line that no role has. If another playbook was started than one of this collection, only tags that are
    similar to one of a role are refused.
  - Each role of this collection begins with it. A task has no options; the options below are what its part on the controller sends to the host.
options:
  packaged:
    description:
      - Whether the distribution must have the major version.
    type: bool
    default: false
  settings:
    description:
      - Declared server settings, each with C(place), C(name), C(value), C(of_session), and C(problem), which is used if no server answers.
    type: list
    elements: dict
    default: []
  databases:
    description:
      - Declared databases, without passwords.
    type: list
    elements: dict
    default: []
  roles:
    description:
      - Declared roles, without passwords.
    type: list
    elements: dict
    default: []
  public_connect:
    description:
      - Databases from which PUBLIC loses CONNECT.
    type: list
    elements: str
    default: []
  named_databases:
    description:
      - Databases that must exist, each with C(place) and C(name).
    type: list
    elements: dict
    default: []
  pairs:
    description:
      - Databases and roles that may log in over TCP.
    type: list
    elements: dict
    default: []
  declared_databases:
    description:
      - Names of databases that are declared or that each cluster has.
    type: list
    elements: str
    default: []
  declared_roles:
    description:
      - Names of roles that are declared or that each cluster has.
    type: list
    elements: str
    default: []
  programs:
    description:
      - Paths of programs that the cluster's owner must be able to run, by variable.
    type: dict
    default: {}
  os_users:
    description:
      - Users of the host that log in over the socket.
    type: list
    elements: str
    default: []
  write_paths:
    description:
      - Folders that must exist.
    type: list
    elements: str
    default: []
  directives:
    description:
      - Directives that systemd must know for a service.
    type: list
    elements: str
    default: []
  backup_directory:
    description:
      - Folder of the sets, which must be outside of the server's own folders; empty if it need not be checked.
    type: str
    default: ""
  memory_mb:
    description:
      - Declared memory for PostgreSQL, in MB; 0 if it is measured.
    type: int
    default: 0
extends_documentation_fragment:
  - aerovista.postgresql.attributes
  - aerovista.postgresql.attributes.info_module
  - aerovista.postgresql.cluster
"""

EXAMPLES = r"""
- name: Check what is declared
  aerovista.postgresql.pg_preflight:
"""

RETURN = r"""
msg:
  description: Each problem as a sentence, on a line of its own if there are several.
  returned: failure
  type: str
  sample: "pg_install_port is 99999 and must be from 1 to 65535. Nothing was changed. Next step: correct the inventory."
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import CLUSTER
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.preflight.manage import inspect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.preflight.request import PreflightRequest

_DICTS = {"type": "list", "elements": "dict", "default": []}
_NAMES = {"type": "list", "elements": "str", "default": []}


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            **CLUSTER,
            "packaged": {"type": "bool", "default": False},
            "settings": _DICTS,
            "databases": _DICTS,
            "roles": _DICTS,
            "public_connect": _NAMES,
            "named_databases": _DICTS,
            "pairs": _DICTS,
            "declared_databases": _NAMES,
            "declared_roles": _NAMES,
            "programs": {"type": "dict", "default": {}},
            "os_users": _NAMES,
            "write_paths": _NAMES,
            "directives": _NAMES,
            "backup_directory": {"type": "str", "default": ""},
            "memory_mb": {"type": "int", "default": 0},
        },
        supports_check_mode=True,
    )
    try:
        report = inspect(PreflightRequest(**module.params))
    except PgsopError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, **report)


if __name__ == "__main__":
    main()
