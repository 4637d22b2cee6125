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
  - A name in double quotes, as in V("all"), is a name and not a keyword. From PostgreSQL 16 on, quotes do not keep the server from
    taking what begins with a slash for a regular expression, so such names are refused.
  - Then the server is made to read the new file without using it (C(pg_hba_file_rules)), and only when it finds no error
    and the same rules, it is told to use it. A new login proves that it did. Otherwise the previous file comes back.
  - Where the server runs and its rules refuse the login of the cluster's owner, for example after an edit by hand, the file is
    written, the server gets a signal, and a login proves that the owner is accepted again.
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
  pairs:
    description:
      - Databases and roles that the rules name. Each must be in O(declared_databases) or O(declared_roles), or exist on the server.
    type: list
    elements: dict
    default: []
    version_added: 0.5.0
    suboptions:
      database:
        description:
          - Name of the database.
        type: str
        required: true
      role:
        description:
          - Name of the role.
        type: str
        required: true
      exception:
        description:
          - Why the pair may name what does not exist.
        type: str
  declared_databases:
    description:
      - Databases that may not exist yet.
    type: list
    elements: str
    default: []
    version_added: 0.5.0
  declared_roles:
    description:
      - Roles that may not exist yet.
    type: list
    elements: str
    default: []
    version_added: 0.5.0
  logins:
    description:
      - Logins that are tried over TCP before and after a change. If one works before and fails after it, the previous file comes
        back and the module fails.
    type: list
    elements: dict
    default: []
    version_added: 0.5.0
    suboptions:
      role:
        description:
          - Name of the role.
        type: str
        required: true
      database:
        description:
          - Name of the database.
        type: str
        required: true
      password:
        description:
          - Its password.
        type: str
        required: true
  ident_maps:
    description:
      - User name maps, which rules use by the option C(map). Together they are the whole of C(pg_ident.conf).
      - If a rule uses a map that is not among them, the file is left as it is, and its lines are returned.
      - Without this option the file is left alone.
    type: list
    elements: dict
    version_added: 0.5.0
    suboptions:
      map:
        description:
          - Name of the map.
        type: str
        required: true
      system_user:
        description:
          - Name of the user as the authentication method knows it, or a regular expression after a slash.
        type: str
        required: true
      role:
        description:
          - Name of the role.
        type: str
        required: true
  start:
    description:
      - If the server is stopped and the file differs, write the file and start the server. If it does not start, the previous file
        comes back.
    type: bool
    default: false
    version_added: 0.5.0
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
  description: The rules as they stand in the file, with *** in place of passwords.
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
ident_lines:
  description: Lines of C(pg_ident.conf) that are left as they are, because a rule uses a map that is not declared. Where the
    file has no lines, one entry with its path.
  returned: success
  type: list
  elements: str
server_state:
  description:
    - State of the server before the change. V(absent) for no cluster, V(stopped), V(refused) where it runs and its rules refuse
      the cluster's owner, V(silent) where it runs and does not answer for another reason, or V(answers).
  returned: success
  type: str
  sample: answers
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import CLUSTER
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.manage import HbaRequest, manage
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import KINDS

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
PAIR_SPEC = {
    "database": {"type": "str", "required": True},
    "role": {"type": "str", "required": True},
    "exception": {"type": "str"},
}
LOGIN_SPEC = {
    "role": {"type": "str", "required": True},
    "database": {"type": "str", "required": True},
    "password": {"type": "str", "required": True, "no_log": True},
}
IDENT_SPEC = {key: {"type": "str", "required": True} for key in ("map", "system_user", "role")}


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            **CLUSTER,
            "name": {"type": "str", "default": "pg_hba"},
            "rules": {"type": "list", "elements": "dict", "required": True, "options": RULE_SPEC},
            "pairs": {"type": "list", "elements": "dict", "default": [], "options": PAIR_SPEC},
            "declared_databases": {"type": "list", "elements": "str", "default": []},
            "declared_roles": {"type": "list", "elements": "str", "default": []},
            "logins": {"type": "list", "elements": "dict", "default": [], "options": LOGIN_SPEC},
            "ident_maps": {"type": "list", "elements": "dict", "options": IDENT_SPEC},
            "start": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    params = module.params
    request = HbaRequest(
        version=params["version"],
        cluster=params["cluster"],
        name=params["name"],
        rules=params["rules"],
        pairs=params["pairs"],
        databases=params["declared_databases"],
        roles=params["declared_roles"],
        logins=params["logins"],
        ident_maps=params["ident_maps"],
        start=params["start"],
    )
    try:
        outcome = manage(request, check=module.check_mode)
    except PgsopError as error:
        module.fail_json(msg=str(error))
    if outcome.md5_roles:
        module.warn(f"roles with an md5 verifier, let in by an exception: {', '.join(outcome.md5_roles)}")
    module.exit_json(**outcome.as_dict())


if __name__ == "__main__":
    main()
