#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_sandbox
short_description: Run a cluster inside a systemd sandbox, and prove what it is worth
version_added: 0.1.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Owns one drop-in of the cluster's unit, C(postgresql@VERSION-CLUSTER.service), restarts the server inside it and waits
    until it answers a query. Where it does not, the previous state comes back.
  - Refuses a sandbox in which the server could not read or write a path that it uses, such as its data, WAL, log, tablespaces, sockets,
    TLS files, libraries and the paths that its C(archive_command) names. A transient unit with the same directives tries each path before
    the server is restarted, also in check mode. The error names the path and the directives that hide it.
  - Returns the exposure after C(systemd-analyze security), and whether the kernel really keeps the server on the loopback
    interface. The latter is tried, from inside the server's control group, with a connection that has to fail.
  - Does nothing where systemd is not the service manager; RV(supported) is false then.
options:
  name:
    description:
      - Who owns the drop-in. Becomes part of the file name.
    type: str
    required: true
  directives:
    description:
      - Directives of section C([Service]), with their values. A list becomes one line, separated by blanks.
      - Where there are none, the drop-in is removed. If its cluster is stopped or does not exist, this needs no restart.
    type: dict
    required: true
  cover_server:
    description:
      - Adds to C(ReadWritePaths) the folders that the server itself reports and writes to (data, WAL, tablespaces, log, sockets and so on),
        if they belong to the cluster's owner and are not covered yet. Folders that only a shell command such as C(archive_command) names
        are not added.
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
"""

EXAMPLES = r"""
- name: Keep the server on the loopback interface and off everybody's files
  aerovista.postgresql.pg_sandbox:
    version: 16
    name: local_only
    directives:
      IPAddressDeny: any
      IPAddressAllow: localhost
      ProtectSystem: strict
      ReadWritePaths: [/var/lib/postgresql, /var/log/postgresql, /run/postgresql]
"""

RETURN = r"""
file:
  description: The drop-in.
  returned: success
  type: str
  sample: /etc/systemd/system/postgresql@16-main.service.d/50-local_only.conf
actions:
  description: What was, or in check mode would be, done, in order.
  returned: success
  type: list
  elements: str
supported:
  description: Whether systemd is the service manager.
  returned: success
  type: bool
pending_restart:
  description: Whether the sandbox waits for a restart that is not allowed.
  returned: success
  type: bool
exposure:
  description: Exposure after C(systemd-analyze security), from 0 (safe) to 10. None where it cannot be told.
  returned: success
  type: float
  sample: 2.5
ip_filter:
  description: Whether the kernel keeps the server on the loopback interface, V(enforced), V(not enforced) or V(unknown).
  returned: success
  type: str
  sample: enforced
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import CLUSTER, RESTART
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.declaration import SandboxRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.manage import manage


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            **CLUSTER,
            **RESTART,
            "name": {"type": "str", "required": True},
            "directives": {"type": "dict", "required": True},
            "cover_server": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    params = module.params
    request = SandboxRequest(
        version=params["version"],
        cluster=params["cluster"],
        name=params["name"],
        directives=params["directives"],
        restart_allowed=params["restart"] == "allowed",
        cover_server=params["cover_server"],
    )
    try:
        outcome = manage(request, check=module.check_mode)
    except PgsopError as error:
        module.fail_json(msg=str(error))
    result = outcome.as_dict()
    if result["pending_restart"]:
        module.warn(f"waiting for a restart of the server: {outcome.before.path}")
    module.exit_json(**result)


if __name__ == "__main__":
    main()
