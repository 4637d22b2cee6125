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
    msg: "{{ locks.trees | map(attribute='message') }}"
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
hidden_sessions:
  description: How many processes have details that the role cannot see.
  returned: when there is a server
  type: int
blocked:
  description: How many sessions wait for a lock.
  returned: when there is a server
  type: int
trees:
  description: One tree for each root blocker, which waits for no lock itself and blocks others.
  returned: when there is a server
  type: list
  elements: dict
  contains:
    message: {description: "The cause of the waits.", type: str}
    hint: {description: "The mildest statement that ends the waits.", type: str}
    statements:
      description: The statements that end the waits, the mildest first. They are never run.
      type: list
      elements: dict
      contains:
        sql: {description: "The statement.", type: str}
        effect: {description: "What it does.", type: str}
    blocked_sessions: {description: "How many sessions the root blocker blocks.", type: int}
    longest_wait_s: {description: "The longest wait in seconds, none if the server hides it.", type: float}
    nodes:
      description:
        - Sessions and prepared transactions from the root blocker on, branch by branch. Ages are in seconds.
      type: list
      elements: dict
      contains:
        depth: {description: "V(0) for the root blocker.", type: int}
        repeated: {description: "Whether it has an earlier position, below which its own waiters are.", type: bool}
        pid: {description: "Process ID, none for a prepared transaction.", type: int}
        gid: {description: "Global identifier of a prepared transaction.", type: str}
        role: {description: "Its role.", type: str}
        database: {description: "Its database.", type: str}
        application: {description: "C(application_name).", type: str}
        client: {description: "Address of the client, empty for a local one.", type: str}
        backend_type: {description: "Kind of process.", type: str}
        state: {description: "State, as in C(pg_stat_activity).", type: str}
        query_age_s: {description: "Age of its statement.", type: float}
        transaction_age_s: {description: "Age of its transaction.", type: float}
        state_age_s: {description: "Seconds since the last change of its state.", type: float}
        query: {description: "The last statement, cut to 120 characters.", type: str}
        truncated: {description: "Whether the statement was cut.", type: bool}
        visible: {description: "Whether the role can see what the session does.", type: bool}
        wait_age_s: {description: "How long it has waited for its lock.", type: float}
        mode: {description: "The lock mode that it requests.", type: str}
        object: {description: "The object of the requested lock.", type: str}
        holds: {description: "Locks that others wait for, at most 3.", type: list, elements: str}
        blocked_by: {description: "Process IDs and global identifiers of the direct blockers.", type: list, elements: raw}
        blocked_sessions: {description: "How many it blocks directly or indirectly.", type: int}
        in_cycle: {description: "Whether it blocks itself indirectly, which is a deadlock.", type: bool}
  sample:
    - message: "session 4711 (shop, appuser on appdb) is idle in transaction for 2 h, where cancelling has no effect, and holds up 2 sessions"
      hint: SELECT pg_terminate_backend(4711)
      statements: [{"sql": "SELECT pg_terminate_backend(4711)", "effect": "ends the session and rolls its transaction back"}]
      blocked_sessions: 2
      longest_wait_s: 61.5
      nodes: [{"depth": 0, "pid": 4711}, {"depth": 1, "pid": 4712, "mode": "AccessExclusiveLock", "object": "app.orders"}]
prepared:
  description: Prepared transactions, the oldest first.
  returned: when there is a server
  type: list
  elements: dict
  contains:
    transaction: {description: "Transaction ID.", type: int}
    gid: {description: "Global identifier.", type: str}
    owner: {description: "The role that prepared it.", type: str}
    database: {description: "Its database.", type: str}
    age_s: {description: "Seconds since it was prepared.", type: float}
    blocked_sessions: {description: "How many sessions it blocks.", type: int}
advisory:
  description: Advisory locks.
  returned: when there is a server
  type: list
  elements: dict
  contains:
    database: {description: "The database.", type: str}
    lock: {description: "The keys, and the migration tool that uses them, if known.", type: str}
    granted: {description: "Whether the session holds it, or waits for it.", type: bool}
    pid: {description: "Process ID, none for a prepared transaction.", type: int}
    application: {description: "C(application_name).", type: str}
    role: {description: "Role of the session.", type: str}
    state: {description: "State of the session.", type: str}
    state_age_s: {description: "Seconds since the last change of its state.", type: float}
migrations:
  description: The state of the last run of each migration tool in each database.
  returned: when there is a server
  type: list
  elements: dict
  contains:
    tool: {description: "The migration tool; V(unknown tool) if only sessions show the run.", type: str}
    database: {description: "The database.", type: str}
    schema: {description: "Schema of the tool's table; empty for an unknown tool.", type: str}
    table: {description: "The tool's table, as a statement writes it; empty for an unknown tool.", type: str}
    state: {description: "V(running), V(failed), V(dirty), V(locked), V(finished) or V(unknown).", type: str}
    reason: {description: "Why it has this state.", type: str}
    since_s: {description: "Seconds since the run began, none if unknown.", type: float}
    hint: {description: "What to do next, empty if there is nothing to do.", type: str}
    visible: {description: "Whether the role can read the table.", type: bool}
    status: {description: "V(OK), V(WARNING) or V(UNKNOWN).", type: str}
    message: {description: "Tool, place, state and reason in a sentence.", type: str}
  sample: [{"tool": "Prisma", "database": "appdb", "table": "app._prisma_migrations", "state": "failed", "status": "WARNING"}]
leftovers:
  description: What migrations left behind or do now, found without a tool's table.
  returned: when there is a server
  type: list
  elements: dict
  contains:
    database: {description: "The database.", type: str}
    kind: {description: "For example V(invalid index).", type: str}
    message: {description: "The object, or the session and what it does.", type: str}
    pid: {description: "Process ID of the session, if one does it.", type: int}
inaccessible_databases:
  description: The server's answer by database that cannot be read.
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
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import old_keys
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster_choice import (
    CONFIG_FILE,
    target_cluster,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import reasons_to_fail
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.lock_report import lock_report
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.select_config import config_of
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
    answer = {"configured": True, "text": list(lines(report)), **old_keys.locks(report)}
    if reasons:
        module.fail_json(msg=" ".join(reasons), **answer)
    module.exit_json(changed=False, **answer)


if __name__ == "__main__":
    main()
