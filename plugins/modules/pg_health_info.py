#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_health_info
short_description: Say whether a server is well, check by check
version_added: 0.4.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Returns what C(pgsop health --format json) prints on the host, and fails on request where that is not good enough.
  - Reads the configuration that role P(aerovista.postgresql.pg_monitoring#role) writes, with thresholds, exclusions and further checks.
    Without it, everything has its default.
  - A server that does not answer is a finding with status C(CRITICAL) and the reason, not an error of the module.
  - What a check cannot see, for lack of a privilege, has status C(UNKNOWN), never C(OK).
options:
  config:
    description:
      - The configuration.
    type: path
    default: /etc/pgsop/health.json
  only:
    description:
      - Identifiers of the checks that are wanted; C(*) stands for anything. An empty list means all.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - aerovista.postgresql.attributes
  - aerovista.postgresql.attributes.info_module
  - aerovista.postgresql.looking
  - aerovista.postgresql.looking.verdict
notes:
  - Counters are remembered in C(/var/lib/pgsop), so that there can be rates; not in check mode.
seealso:
  - module: aerovista.postgresql.pg_activity_info
  - module: aerovista.postgresql.pg_locks_info
  - module: aerovista.postgresql.pg_connection_info
"""

EXAMPLES = r"""
- name: Fail where the server is not well
  aerovista.postgresql.pg_health_info:
    fail_on: critical

- name: Look at the indexes and sequences, as a role that may see little
  aerovista.postgresql.pg_health_info:
    only: ["indexes.*", "sequences.*"]
    dsn: "host=localhost user=monitor password={{ vault_monitor_password }}"
  register: health
"""

RETURN = r"""
configured:
  description:
    - Whether there was a cluster to look at.
    - Not where neither a configuration nor O(version) names one and there is not exactly one, nor in check mode on a bare host.
  returned: always
  type: bool
cluster:
  description: The cluster, as version and name.
  returned: always
  type: str
  sample: 17/main
server_version:
  description: Version of the server as it says it, empty where it does not answer.
  returned: always
  type: str
  sample: "17.6"
at:
  description: When the look began, in seconds since the epoch.
  returned: always
  type: float
duration_s:
  description: How long it took, in seconds.
  returned: always
  type: float
status:
  description: The worst status of the findings.
  returned: always
  type: str
  sample: WARNING
fails:
  description: Whether a finding is too bad for O(fail_on). Then the module fails, and returns everything all the same.
  returned: always
  type: bool
text:
  description: The lines that C(pgsop health) prints.
  returned: always
  type: list
  elements: str
findings:
  description: Everything that was looked at, in the order of the catalogue.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: Topic and signal, stable over releases.
      type: str
      sample: sequences.exhaustion
    sop:
      description: The clause of the procedure that it belongs to.
      type: str
    status:
      description: C(OK), C(WARNING), C(CRITICAL) or C(UNKNOWN). What only informs is C(OK).
      type: str
    value:
      description: What was measured, in the unit; the worst, where there are several.
      type: raw
    unit:
      description: C(s), C(%), C(B), or empty for a count.
      type: str
    warn:
      description: Threshold of a warning, none for never.
      type: float
    crit:
      description: Threshold of what is critical, none for never.
      type: float
    message:
      description: What is the case, as a sentence.
      type: str
    hint:
      description: The next command to run, where there is something to do.
      type: str
    visible:
      description: Whether the data could be seen; where not, the status is C(UNKNOWN).
      type: bool
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import FAIL_ON, LOOKING
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import reasons_to_fail
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.info import HealthRequest, health_report
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render.health import lines


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            **LOOKING,
            "config": {"type": "path", "default": "/etc/pgsop/health.json"},
            "only": {"type": "list", "elements": "str", "default": []},
            **FAIL_ON,
        },
        supports_check_mode=True,
    )
    given = module.params
    request = HealthRequest(
        path=given["config"],
        version=given["version"],
        cluster=given["cluster"],
        dsn=given["dsn"] or "",
        only=tuple(given["only"]),
        check=module.check_mode,
    )
    try:
        report = health_report(request)
    except PgsopError as error:
        module.fail_json(msg=str(error))
    reasons = reasons_to_fail(report, given["fail_on"])
    answer = {
        **report,
        "fails": bool(reasons) and (report["configured"] or not module.check_mode),
        "text": lines(report),
    }
    if answer["fails"]:
        module.fail_json(msg=" ".join(reasons), **answer)
    module.exit_json(changed=False, **answer)


if __name__ == "__main__":
    main()
