#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_hba
short_description: Own pg_hba.conf, proved before and after it is activated
version_added: 0.1.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Owns the whole of C(pg_hba.conf), in the order given. The first rule that matches a connection decides about it.
  - Before anything is written, the rules are read and connections are simulated. Refused are a rule that no connection
    can reach because of the ones before it; the methods V(trust), V(password), V(md5) and V(ident), and addresses that
    are not loopback, unless the rule names an exception; a file that would lock out the local C(peer) login of the
    cluster's owner; and SCRAM rules that would meet roles which still have an md5 verifier.
  - Then the server is made to read the new file without using it (C(pg_hba_file_rules)), and only when it finds no error
    and the same rules, it is told to use it. A new login proves that it did. Otherwise the previous file comes back.
  - Where there is no server yet, check mode shows the file it would write, marked as not yet validated.
options:
  name:
    description:
      - Who owns the file; stands in its header.
    type: str
    default: pg_hba
  rules:
    description:
      - The rules, in order.
    type: list
    elements: dict
    required: true
    suboptions:
      type:
        description:
          - Connection type.
        type: str
        required: true
        choices:
          - local
          - host
          - hostssl
          - hostnossl
          - hostgssenc
          - hostnogssenc
      database:
        description:
          - Database names, or V(all), V(sameuser), V(samerole), V(replication). V(all) does not cover V(replication).
        type: list
        elements: str
        default: ["all"]
      user:
        description:
          - Role names, V(all), or V(+group) for the members of a role.
        type: list
        elements: str
        default: ["all"]
      address:
        description:
          - Network with prefix length, host name, V(all), V(samehost) or V(samenet). Not with type V(local).
        type: str
      method:
        description:
          - Authentication method, for example V(peer), V(scram-sha-256) or V(reject).
        type: str
        required: true
      options:
        description:
          - Options of the method.
        type: dict
        default: {}
      comment:
        description:
          - A sentence above the rule.
        type: str
      exception:
        description:
          - Why this rule stands although its method or its address would be refused. Written above the rule.
        type: str
extends_documentation_fragment:
  - aerovista.postgresql.attributes
  - aerovista.postgresql.cluster
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
seealso:
  - module: community.postgresql.postgresql_pg_hba
    description: Edits single rules of a file, without asking the server.
"""

EXAMPLES = r"""
- name: Let the administrator in by the socket and everybody else by password from this host
  aerovista.postgresql.pg_hba:
    version: 16
    rules:
      - {type: local, user: [postgres], method: peer, comment: Administration and backups}
      - {type: host, address: 127.0.0.1/32, method: scram-sha-256}
      - {type: host, address: "::1/128", method: scram-sha-256}

- name: Give an old application until the end of the quarter
  aerovista.postgresql.pg_hba:
    version: 16
    rules:
      - {type: local, user: [postgres], method: peer}
      - type: host
        database: [crm]
        user: [crm]
        address: 127.0.0.1/32
        method: md5
        exception: The driver of crm learns SCRAM with its release in March.
      - {type: host, address: 127.0.0.1/32, method: scram-sha-256}
"""

RETURN = r"""
file:
  description: The file that holds the rules.
  returned: success
  type: str
  sample: /etc/postgresql/16/main/pg_hba.conf
rules:
  description: The rules as they stand in the file.
  returned: success
  type: list
  elements: str
  sample: ["local   all             postgres                                peer"]
actions:
  description: What was, or in check mode would be, done, in order.
  returned: success
  type: list
  elements: str
  sample: ["write /etc/postgresql/16/main/pg_hba.conf", "reload"]
md5_roles:
  description: Login roles whose verifier is md5.
  returned: success
  type: list
  elements: str
  sample: []
validated:
  description: Whether a running server checked the rules.
  returned: success
  type: bool
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import CLUSTER
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.manage import Request, manage
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.rule import KINDS

RULE_SPEC = {
    "type": {"type": "str", "required": True, "choices": list(KINDS)},
    "database": {"type": "list", "elements": "str", "default": ["all"]},
    "user": {"type": "list", "elements": "str", "default": ["all"]},
    "address": {"type": "str"},
    "method": {"type": "str", "required": True},
    "options": {"type": "dict", "default": {}},
    "comment": {"type": "str"},
    "exception": {"type": "str"},
}


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            **CLUSTER,
            "name": {"type": "str", "default": "pg_hba"},
            "rules": {"type": "list", "elements": "dict", "required": True, "options": RULE_SPEC},
        },
        supports_check_mode=True,
    )
    params = module.params
    request = Request(version=params["version"], cluster=params["cluster"], name=params["name"], rules=params["rules"])
    try:
        outcome = manage(request, check=module.check_mode)
    except PgsopError as error:
        module.fail_json(msg=str(error))
    if outcome.md5_roles:
        module.warn(f"roles with an md5 verifier, let in by an exception: {', '.join(outcome.md5_roles)}")
    module.exit_json(**outcome.as_dict())


if __name__ == "__main__":
    main()
