#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_locks_info
short_description: Show who waits for whom at a server, and what became of migrations
version_added: 0.4.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Returns what C(pgsop locks --format json) prints on the host, and fails on request where somebody has waited for too long, or where
    the run of a migration tool is stuck.
  - Whoever waits stands below what is in its way, and each tree comes with the statements that would end it. They are never run.
  - Recognises the tables of Prisma, Flyway, Liquibase, Alembic, Django, Rails, Knex, golang-migrate, goose, sqlx, TypeORM, Sequelize,
    dbmate, Ecto, node-pg-migrate, Kysely, Atlas, Drizzle and Sqitch, in any schema of any database.
options:
  warn_s:
    description:
      - Report C(locks.blocked) as C(WARNING) if a session waits longer for a lock, in seconds.
      - The default is the threshold that C(pg_monitoring_thresholds) declares, or else 30.
    type: float
  crit_s:
    description:
      - Report C(locks.blocked) as C(CRITICAL) if a session waits longer for a lock, in seconds.
      - The default is the threshold that C(pg_monitoring_thresholds) declares, or else 120.
    type: float
extends_documentation_fragment:
  - aerovista.postgresql.attributes
  - aerovista.postgresql.attributes.info_module
  - aerovista.postgresql.looking
  - aerovista.postgresql.looking.verdict
seealso:
  - module: aerovista.postgresql.pg_activity_info
  - module: aerovista.postgresql.pg_health_info
"""

EXAMPLES = r"""
- name: Fail where a migration is stuck, or somebody has waited for more than two minutes
  aerovista.postgresql.pg_locks_info:
    fail_on: critical

- name: See who is in the way
  aerovista.postgresql.pg_locks_info:
  register: locks

- name: Show what one would do about it
  ansible.builtin.debug:
    msg: "{{ locks.trees | map(attribute='verdict') }}"
"""

RETURN = r"""
configured:
  description: Whether there was a server to look at; otherwise, in check mode on a bare host, only RV(text) is returned.
  returned: always
  type: bool
cluster:
  description: The cluster, as version and name.
  returned: when there is a server
  type: str
  sample: 17/main
server_version:
  description: Version of the server as it says it.
  returned: when there is a server
  type: str
  sample: "17.6"
at:
  description: When it looked, in seconds since the epoch.
  returned: when there is a server
  type: float
role:
  description: As which role it looked.
  returned: when there is a server
  type: str
  sample: postgres
visible:
  description: Whether everything could be seen.
  returned: when there is a server
  type: bool
hidden:
  description: How many processes there are whose doings the role may not see.
  returned: when there is a server
  type: int
blocked:
  description: How many sessions wait for a lock that others have.
  returned: when there is a server
  type: int
trees:
  description:
    - One tree for each that waits for nobody and is in the way of others, with a C(verdict), the C(commands) that would end it, and C(nodes)
      from the root on, branch by branch, each with its C(depth).
    - A node is a session, or a prepared transaction, which has a C(gid) instead of a C(pid).
  returned: when there is a server
  type: list
  elements: dict
  sample:
    - verdict: "session 4711 (shop, appuser on appdb) is idle in transaction for 2 h, where cancelling has no effect, and holds up 2 sessions"
      commands: [{"sql": "SELECT pg_terminate_backend(4711)", "effect": "ends the session and rolls its transaction back"}]
      victims: 2
      longest_wait_s: 61.5
      nodes: [{"depth": 0, "pid": 4711}, {"depth": 1, "pid": 4712, "mode": "AccessExclusiveLock", "object": "app.orders"}]
prepared:
  description: Prepared transactions, the oldest first.
  returned: when there is a server
  type: list
  elements: dict
advisory:
  description: Advisory locks, with the migration tool whose they are, where that is known.
  returned: when there is a server
  type: list
  elements: dict
migrations:
  description: What became of the last run of each migration tool, with a C(state) of running, failed, dirty, locked, finished or unknown.
  returned: when there is a server
  type: list
  elements: dict
  sample: [{"tool": "Prisma", "database": "appdb", "table": "app._prisma_migrations", "state": "failed", "status": "WARNING"}]
traces:
  description: What migrations leave behind, or do, whatever the tool.
  returned: when there is a server
  type: list
  elements: dict
unseen:
  description: By database, why it could not be looked at.
  returned: when there is a server
  type: dict
text:
  description: The lines that C(pgsop locks) prints.
  returned: always
  type: list
  elements: str
findings:
  description: Both verdicts, C(locks.blocked) and C(migrations.stuck).
  returned: when there is a server
  type: list
  elements: dict
status:
  description: The worst status of the findings.
  returned: when there is a server
  type: str
  sample: OK
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import FAIL_ON, LOOKING
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster_choice import (
    CONFIG_FILE,
    target_cluster,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import reasons_to_fail
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.chosen import config_of
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.lock_report import lock_report
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render import NO_SERVER
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render.locks import lines


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            **LOOKING,
            "warn_s": {"type": "float"},
            "crit_s": {"type": "float"},
            **FAIL_ON,
        },
        supports_check_mode=True,
    )
    given = module.params
    limits = {name: given[f"{name}_s"] for name in ("warn", "crit") if given[f"{name}_s"] is not None}
    try:
        dsn = given["dsn"] or ""
        found = target_cluster(
            given["version"], given["cluster"], attempted="show who waits for whom", check=module.check_mode, dsn=dsn
        )
        if found is None:
            module.exit_json(changed=False, configured=False, text=[NO_SERVER])
        config = config_of(found.cluster.version, found.cluster.name, CONFIG_FILE)
        report = lock_report(found.cluster, config, dsn=dsn, limits=limits)
    except PgsopError as error:
        module.fail_json(msg=str(error))
    reasons = reasons_to_fail(report, given["fail_on"])
    text = list(lines(report))
    if reasons:
        module.fail_json(msg=" ".join(reasons), configured=True, text=text, **report)
    module.exit_json(changed=False, configured=True, text=text, **report)


if __name__ == "__main__":
    main()
