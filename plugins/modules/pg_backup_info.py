#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_backup_info
short_description: List the backups of a host, and say whether they can be relied on
version_added: 0.3.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Returns what C(pgsop backups --format json) prints on the host, and fails on request where that is not good enough.
  - Reads the configuration that role P(aerovista.postgresql.pg_backup#role) writes. Where there is none, nothing is known of
    backups, RV(configured) is false and RV(status) is V(UNKNOWN); the module does not fail on that in check mode, so that it
    can stand behind the role in a playbook that was not run yet.
options:
  config:
    description:
      - The configuration.
    type: path
    default: /etc/pgsop/backup.json
  verify:
    description:
      - Whether to read every byte of every set, instead of looking only at what was touched since it was made.
      - What is found to be damaged is noted in the set, so that every later look knows of it. Nothing else is written.
    type: bool
    default: false
extends_documentation_fragment:
  - aerovista.postgresql.attributes
  - aerovista.postgresql.attributes.info_module
  - aerovista.postgresql.looking.verdict
requirements:
  - C(python3-psycopg2) on the host.
notes:
  - Run it as C(root). It takes the effective user id of the cluster's owner for the moment of looking.
seealso:
  - module: aerovista.postgresql.pg_cli
"""

EXAMPLES = r"""
- name: Fail where the backups cannot be relied on
  aerovista.postgresql.pg_backup_info:
    fail_on: critical
  register: backups

- name: Show the newest set
  ansible.builtin.debug:
    var: backups.sets[0]
  when: backups.sets | length > 0
"""

RETURN = r"""
configured:
  description: Whether there is a configuration.
  returned: always
  type: bool
directory:
  description: Where the sets are.
  returned: always
  type: str
  sample: /var/backups/postgresql
sets:
  description:
    - The sets, newest first.
    - C(verified) is false for a damaged set, with the damage in C(problems), and for a set from which a database cannot be restored as
      a whole, with the reasons in C(obstacles).
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: "Name of the set.", type: str}
    verified: {description: "Whether every database can be restored as a whole, as far as known.", type: bool}
    problems: {description: "Damage of the set.", type: list, elements: str}
    obstacles: {description: "What keeps a database from being restored as a whole.", type: list, elements: str}
    latest: {description: "Whether it is the newest usable set.", type: bool}
    started: {description: "When it was started, in UTC.", type: str}
    finished: {description: "When it was finished, in UTC.", type: str}
    age_s: {description: "Seconds since it was finished.", type: int}
    bytes: {description: "Size of its files.", type: int}
    databases: {description: "The databases in it.", type: list, elements: str}
    complete: {description: "Whether it has all databases.", type: bool}
    drilled: {description: "When a restore test of it last succeeded.", type: str}
    copies: {description: "How many copies were made.", type: int}
    encrypted: {description: "Whether it is encrypted.", type: bool}
  sample: [{"name": "20261122T023000Z", "age_s": 7200, "bytes": 1200000000, "databases": ["appdb"], "verified": true, "obstacles": [], "copies": 1}]
last_backup:
  description: How the last backup ended, none where there was none.
  returned: always
  type: dict
last_drill:
  description: How the last drill ended, none where there was none.
  returned: always
  type: dict
last_notification:
  description: How the failure command ended when it last ran, none if it never ran as it is declared now.
  returned: always
  type: dict
findings:
  description: Everything that was looked at, with its status, message and next step.
  returned: always
  type: list
  elements: dict
  sample: [{"id": "backup.age", "status": "OK", "message": "The newest usable set of all databases is 2 h old."}]
status:
  description: The worst status of the findings.
  returned: always
  type: str
  sample: OK
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import FAIL_ON
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.info import backup_report
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import reasons_to_fail


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "config": {"type": "path", "default": "/etc/pgsop/backup.json"},
            "verify": {"type": "bool", "default": False},
            **FAIL_ON,
        },
        supports_check_mode=True,
    )
    try:
        report = backup_report(module.params["config"], verify=module.params["verify"])
    except PgsopError as error:
        module.fail_json(msg=str(error))
    reasons = reasons_to_fail(report, module.params["fail_on"])
    if reasons and (report["configured"] or not module.check_mode):
        module.fail_json(msg=" ".join(reasons), **report)
    module.exit_json(changed=False, **report)


if __name__ == "__main__":
    main()
