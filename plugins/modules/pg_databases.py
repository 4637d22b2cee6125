#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_databases
short_description: Databases, roles and privileges, declared once, exact, in bulk
version_added: 0.2.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Takes the whole list of databases and roles at once, and makes what the server has equal to it, with one connection and
    one transaction for each database.
  - Exact, not additive. In what is declared (databases, their schemas, roles), a privilege, grant option, membership,
    attribute, setting or owner that is not declared is taken away; beyond that it is only reported, see RV(reported).
    C(PUBLIC) loses C(CONNECT) and C(TEMPORARY) on the declared databases.
  - Model V(sop) of a database has one login, which owns the schema and so can create in it. Model V(separated) has an owner
    without login, a migrator that acts as the owner, and an application that reads and writes rows and nothing else.
    Either can have a role that only reads. All cover tables, sequences and routines, those made later too.
  - Nothing is dropped because it left the list; O(databases[].state=absent) and O(roles[].state=absent) drop.
  - Passwords are turned into SCRAM verifiers before they are sent, and compared with the stored verifier, so one that did not
    change is no change.
  - Before each commit the plan is computed again from the server and must be empty. Where that fails, the transaction is
    rolled back and a database that was made in this run is dropped again. Afterwards the roles whose passwords are known log
    in, and show what they may do, see RV(proof).
  - Where there is no server yet, check mode shows the statements it would run on a new cluster.
  - Fails, with what was attempted, on what, what the server said and the next step, where the declaration contradicts itself
    or asks for what the server or the host does not have (nothing was changed then), where a lock stays taken for all
    attempts, where what is to be dropped holds something or is in use, and where the server goes away.
notes:
  - Ansible hides a password in its output only where the module expects one. Under a misspelt key it would be shown, so check a
    declaration with filter P(aerovista.postgresql.database_problems#filter) first. Role C(pg_bootstrap) does it with M(aerovista.postgresql.pg_preflight).
options:
  monitoring_logins:
    description:
      - Logins of monitoring programs. Each is a member of C(pg_monitor) with C(CONNECT) on each declared database and on C(postgres), and has no
        other privilege. It can have 10 sessions, and its transactions are read-only unless it changes that.
      - Their roles have a mark in their comment. One that left the list is dropped, which is refused while it owns anything.
      - Without this option, roles with the mark are left as they are, and not reported.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the role. Letters, digits, C(_), C(.) and C(-); no keyword of C(pg_hba.conf), and no other declared role.
        type: str
        required: true
      password:
        description:
          - For logins over TCP, at least 12 characters. Without it the role has no password.
        type: str
      os_user:
        description:
          - The user of the host that logs in over the socket. Rules and user name map for it are those of module M(aerovista.postgresql.pg_hba),
            which role C(pg_hardening) writes. A login has a password, an C(os_user), or both.
        type: str
    version_added: 0.5.0
  plain_passwords:
    description:
      - Roles whose password is in plain text on the controller, with the place, for example from filter
        P(aerovista.postgresql.plain_passwords#filter). They are in RV(reported), as one finding.
    type: list
    elements: str
    default: []
    version_added: 0.5.0
extends_documentation_fragment:
  - aerovista.postgresql.attributes
  - aerovista.postgresql.cluster
  - aerovista.postgresql.databases
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - The diff is the statements. A password stands in it as asterisks.
  idempotent:
    support: full
seealso:
  - module: aerovista.postgresql.pg_hba
    description: Says who may log in from where.
  - module: community.postgresql.postgresql_privs
    description: Adds or removes single privileges, one call for each.
"""

EXAMPLES = r"""
- name: Have the SOP's database, with one role that owns its schema
  aerovista.postgresql.pg_databases:
    version: 16
    databases:
      - name: appdb
        roles:
          app: {name: appuser, password: "{{ vault_appuser_password }}"}

- name: Keep the application from changing its tables
  aerovista.postgresql.pg_databases:
    version: 16
    databases:
      - name: shop
        model: separated
        schema: shop
        roles:
          app:
            password: "{{ vault_shop_app_password }}"
            connection_limit: 40
            settings: {statement_timeout: 30s, idle_in_transaction_session_timeout: 60s}
          migrator: {password: "{{ vault_shop_migrator_password }}"}
          readonly: {name: shop_report, password: "{{ vault_shop_report_password }}"}
        extensions:
          - {name: pg_trgm}

- name: Let one more role see two columns
  aerovista.postgresql.pg_databases:
    version: 16
    databases:
      - name: appdb
        roles:
          app: {name: appuser, password: "{{ vault_appuser_password }}"}
        grants:
          - {to: [auditor], privileges: [CONNECT], type: database}
          - {to: [auditor], privileges: [USAGE], type: schema}
          - {to: [auditor], privileges: [SELECT], objects: [invoice], columns: [number, total]}
    roles:
      - {name: auditor, password: "{{ vault_auditor_password }}", connection_limit: 2}

- name: Take a database and its role away, with all that is in it
  aerovista.postgresql.pg_databases:
    version: 16
    databases:
      - {name: trial, state: absent, force: true}
    roles:
      - {name: trial_app, state: absent}

- name: Let two monitoring programs connect to all databases
  aerovista.postgresql.pg_databases:
    version: 16
    databases:
      - name: appdb
        roles:
          app: {name: appuser, password: "{{ vault_appuser_password }}"}
    monitoring_logins:
      - {name: exporter, os_user: prometheus}
      - {name: nagios, password: "{{ vault_nagios_password }}"}
"""

RETURN = r"""
statements:
  description: What was, or in check mode would be, executed, in order.
  returned: success
  type: list
  elements: dict
  contains:
    database:
      description: Where; none where it is about the whole cluster.
      type: str
      sample: appdb
    statement:
      description: The statement, passwords as asterisks.
      type: str
      sample: REVOKE CONNECT, TEMPORARY ON DATABASE appdb FROM PUBLIC
reported:
  description:
    - What was found and left as it is, because it is beyond what is declared.
    - For example access of a declared role to what is not declared, roles without a password, roles that are not declared and
      may create or read, objects that belong to somebody else.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: What kind of finding.
      type: str
    sop:
      description: Section of the SOP.
      type: str
      sample: "2"
    status:
      description: V(WARNING) or V(OK).
      type: str
    message:
      description: The finding.
      type: str
    hint:
      description: The next command to run.
      type: str
    visible:
      description: Whether it could be looked at.
      type: bool
proof:
  description: What roles that were changed showed at a login with their passwords.
  returned: success
  type: list
  elements: dict
  contains:
    role:
      description: Name of the role.
      type: str
      sample: appuser
    database:
      description: Where it logged in.
      type: str
      sample: appdb
    login:
      description: Whether the server let it in.
      type: bool
    may:
      description: What it may do.
      type: list
      elements: str
    may_not:
      description: What it may not do.
      type: list
      elements: str
databases:
  description: Names of the declared databases.
  returned: success
  type: list
  elements: str
  sample: ["appdb"]
roles:
  description: Names of the declared roles, those of the databases too.
  returned: success
  type: list
  elements: str
  sample: ["appuser"]
validated:
  description: Whether a running server was asked.
  returned: success
  type: bool
server_state:
  description:
    - State of the server before the change. V(absent) for no cluster, V(stopped), V(refused) where it runs and its rules refuse
      the cluster's owner, V(silent) where it runs and does not answer for another reason, or V(answers).
  returned: success
  type: str
  sample: answers
forecast:
  description:
    - Where check mode cannot ask a cluster that exists, what a run does about that first. Then C(statements) is empty, because
      what the databases need is not known.
  returned: success
  type: str
  sample: the server is stopped and would be started first
"""

from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import CLUSTER
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.manage import (
    DatabasesRequest,
    manage,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.report import plain_passwords
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.schema import (
    MONITORING_LOGINS,
    OPTIONS,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding


class DiscreetModule(AnsibleModule):
    """A module whose failure does not repeat its arguments: a password under a misspelt key is not known to be one."""

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:
        """Fail without the arguments, which Ansible adds where they are not given."""
        kwargs.setdefault("invocation", {"module_args": "not shown, since a password may be among them"})
        super().fail_json(msg, **kwargs)


def main() -> None:
    """Run the module."""
    arguments = {**CLUSTER, **OPTIONS, "monitoring_logins": MONITORING_LOGINS}
    plain = {"type": "list", "elements": "str", "default": [], "no_log": False}
    module = DiscreetModule(argument_spec={**arguments, "plain_passwords": plain}, supports_check_mode=True)
    request = DatabasesRequest(**{name: module.params[name] for name in arguments})
    try:
        outcome = manage(request, check=module.check_mode)
    except PgsopError as error:
        module.fail_json(msg=str(error))
    answer = outcome.as_dict()
    answer["reported"] = [*answer["reported"], *map(Finding.as_dict, plain_passwords(module.params["plain_passwords"]))]
    for finding in answer["reported"]:
        if finding["status"] == "WARNING":
            module.warn(finding["message"])
    module.exit_json(**answer)


if __name__ == "__main__":
    main()
