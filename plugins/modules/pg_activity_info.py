#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_activity_info
short_description: Show what clients of a server do, the harmful first
version_added: 0.4.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Returns what C(pgsop activity --format json) prints on the host. All sessions are counted; those that block others, are blocked, or
    sleep in a transaction stand first in the list.
  - Statements are cut to 120 characters, and shown without the literals of those that speak of a password.
options:
  limit:
    description:
      - How many sessions are listed at most. All are counted.
    type: int
    default: 20
extends_documentation_fragment:
  - aerovista.postgresql.attributes
  - aerovista.postgresql.attributes.info_module
  - aerovista.postgresql.looking
seealso:
  - module: aerovista.postgresql.pg_locks_info
  - module: aerovista.postgresql.pg_health_info
"""

EXAMPLES = r"""
- name: See what clients do
  aerovista.postgresql.pg_activity_info:
  register: activity

- name: Show who sleeps in a transaction
  ansible.builtin.debug:
    msg: "{{ activity.sessions | selectattr('category', 'eq', 'idle_in_transaction') | map(attribute='application') }}"
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
max_connections:
  description: How many sessions there may be.
  returned: when there is a server
  type: int
visible:
  description: Whether everything could be seen.
  returned: when there is a server
  type: bool
hidden_sessions:
  description: How many sessions have details that the role cannot see.
  returned: when there is a server
  type: int
counts:
  description: All sessions of clients, counted.
  returned: when there is a server
  type: dict
  contains:
    sessions: {description: "How many there are.", type: int}
    by_category: {description: "By C(category).", type: dict}
    by_state: {description: "By state, as in C(pg_stat_activity).", type: dict}
    by_database: {description: "By database.", type: dict}
    by_role: {description: "By role.", type: dict}
    waiting: {description: "Sessions that wait for something else than their client, by what they wait for.", type: dict}
    parallel_workers: {description: "Parallel workers, which are not counted as sessions.", type: int}
    server_processes: {description: "The server's own processes, by kind.", type: dict}
  sample: {"sessions": 31, "by_category": {"blocking": 1, "blocked": 3, "idle_in_transaction": 0, "active": 2, "rest": 25}}
sessions:
  description: The sessions, the most harmful first, up to O(limit). Ages are in seconds.
  returned: when there is a server
  type: list
  elements: dict
  contains:
    pid: {description: "Process ID.", type: int}
    category: {description: "V(blocking), V(blocked), V(idle_in_transaction), V(active) or V(rest).", type: str}
    role: {description: "Its role.", type: str}
    database: {description: "Its database.", type: str}
    application: {description: "C(application_name).", type: str}
    client: {description: "Address of the client, empty for a local one.", type: str}
    state: {description: "State, as in C(pg_stat_activity).", type: str}
    wait: {description: "Kind and name of what it waits for.", type: str}
    query_age_s: {description: "Age of its statement.", type: float}
    transaction_age_s: {description: "Age of its transaction.", type: float}
    state_age_s: {description: "Seconds since the last change of its state.", type: float}
    session_age_s: {description: "Age of the session.", type: float}
    xmin_age: {description: "Transactions since its oldest snapshot.", type: int}
    blocked_by: {description: "Process IDs of the sessions that block it.", type: list, elements: int}
    blocks: {description: "How many sessions it blocks directly.", type: int}
    workers: {description: "How many parallel workers it has.", type: int}
    progress:
      description: Progress of its command, if the server reports it.
      type: dict
      version_added: 0.6.0
      contains:
        command: {description: "Such as V(VACUUM), V(CREATE INDEX) or C(REPACK).", type: str}
        phase: {description: "Phase, as in the view C(pg_stat_progress_*) of the command; empty for C(COPY).", type: str}
        percent: {description: "Share of the blocks, rows or bytes of the phase that are done.", type: float}
    query_id: {description: "Identifier of the statement, from version 14 on.", type: int}
    query: {description: "The last statement, cut to 120 characters.", type: str}
    truncated: {description: "Whether the statement was cut.", type: bool}
    visible: {description: "Whether the role can see what the session does.", type: bool}
  sample:
    - {"pid": 4711, "category": "blocking", "role": "appuser", "database": "appdb", "state": "idle in transaction", "transaction_age_s": 7200.0,
       "blocks": 2, "blocked_by": [], "query": "UPDATE orders SET ..."}
text:
  description: The lines that C(pgsop activity) prints.
  returned: always
  type: list
  elements: str
omitted:
  description: How many sessions are not in the list, by category.
  returned: when there is a server
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import LOOKING
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import old_keys
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.report import LIMIT, activity
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster_choice import target_cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render import NO_SERVER
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render.activity import lines


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            **LOOKING,
            "limit": {"type": "int", "default": LIMIT},
        },
        supports_check_mode=True,
    )
    given = module.params
    if given["limit"] < 0:
        module.fail_json(msg="limit must not be negative")
    try:
        dsn = given["dsn"] or ""
        found = target_cluster(
            given["version"], given["cluster"], attempted="show what clients do", check=module.check_mode, dsn=dsn
        )
        if found is None:
            module.exit_json(changed=False, configured=False, text=[NO_SERVER])
        report = activity(found.cluster, database=found.database, dsn=dsn, limit=given["limit"])
    except PgsopError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, configured=True, text=list(lines(report)), **old_keys.activity(report))


if __name__ == "__main__":
    main()
