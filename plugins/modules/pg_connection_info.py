#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_connection_info
short_description: Find out why a connection does not work, and what mends it
version_added: 0.4.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Returns what C(pgsop diagnose --format json) prints on the host. Everything between the connection string and the session is looked
    at, in the order in which a connection meets it, the connection is tried once, and the one cause is named with the command that mends it.
  - What the server tells no client, such as whether the password is wrong or the role is missing, is read from its catalogue as the
    cluster's owner.
  - Behind a PgBouncer of the same host, the connection that it makes to the server is examined in the same way.
  - Nothing is changed, and the password is shown nowhere. A value that does not look like what it stands for, such as a connection
    string in O(database), is refused as cause V(dsn.invalid) and not repeated. A variable that was not filled in is
    cause V(dsn.unexpanded).
options:
  dsn:
    description:
      - What the application is configured with, a URI or key=value pairs. The other options count more than what is in it.
      - Since 0.6.0 also URLs of drivers, such as V(jdbc:postgresql:), pairs with semicolons, lines of a V(.env) file, YAML, JSON,
        command lines of C(psql), and program text with literal values.
      - Several hosts are tried in their order, as V(libpq) does. If a later one works, the hosts before it are remarks.
      - It is treated as a secret as a whole, for it may hold a password.
    type: str
  dsn_file:
    description:
      - File on the host with what O(dsn) would be.
      - Give at most one of O(dsn), O(dsn_file), O(env_file) and O(unit).
    type: path
    version_added: 0.6.0
  env_file:
    description:
      - File on the host with variables, such as a V(.env) file or one of V(EnvironmentFile=). It is read as systemd reads it.
      - The connection is in a variable with a connection string, in variables with the same beginning, such as E(DB_HOST) and E(DB_NAME),
        or in those of V(libpq).
    type: path
    version_added: 0.6.0
  unit:
    description:
      - Service of systemd on the host. Its environment is used as its next start would have it.
      - The user of the service is the default of O(as_user).
      - Another environment of its running process is a remark, without a value.
    type: str
    version_added: 0.6.0
  host:
    description:
      - Name, address, or the folder of the socket. The default is the usual socket, as with V(libpq).
    type: str
    default: ""
  port:
    description:
      - TCP port, which is part of the socket's name too. The default is 5432.
    type: str
    default: ""
  database:
    description:
      - Name of the database. The default is the name of the role. Letters, digits, blanks inside and the characters
        C(. _ - + $ % ~ ! \( \) /) are accepted.
    type: str
    default: ""
  user:
    description:
      - Name of the role. The default is the name of the user of the operating system. Letters, digits, blanks inside and the characters
        C(. _ - + $ % ~ ! \( \) @) are accepted.
    type: str
    default: ""
  password:
    description:
      - The password. Without one, the one is used that libpq would find as that user of the operating system.
    type: str
    default: ""
  error_text:
    description:
      - What the application logged, with its stack trace. Its fault is recognized by the words of about 27 drivers and checked on the server.
      - Without O(dsn), host, port, role and database are taken from the text if they are plain values.
      - It is treated as a secret as a whole. Only recognized values of it are shown, such as the SQLSTATE.
    type: str
    default: ""
    version_added: 0.6.0
  as_user:
    description:
      - User of the operating system on whose behalf is connected, which counts for peer authentication and for password files.
      - The default is whoever called C(sudo), which is the user with which Ansible connects, or else C(root). With O(unit) it is
        the user of the service.
    type: str
    default: ""
  as_client:
    description:
      - Predicts what this client library does differently from V(libpq) with the connection string, from a table that was measured with
        real clients. A connection that works for V(libpq) and not for the client does not work, and the difference is the cause.
    type: str
    choices:
      - psycopg
      - psycopg2
      - asyncpg
      - pg8000
      - sqlalchemy-asyncpg
      - django
      - peewee
      - connectorx
      - odbc
      - node-postgres
      - postgres.js
      - knex
      - sequelize
      - typeorm
      - prisma
      - pgx
      - lib-pq
      - jdbc
      - php-pdo
      - ruby-pg
      - dbd-pg
    version_added: 0.6.0
  fail_on:
    description:
      - V(critical) fails where the connection does not work, V(warning) also where it does while something on its way is wrong, such
        as rules that could not be loaded.
    type: str
    choices:
      - never
      - warning
      - critical
    default: never
extends_documentation_fragment:
  - aerovista.postgresql.attributes
  - aerovista.postgresql.attributes.info_module
requirements:
  - C(python3-psycopg2) on the host.
notes:
  - Run it as C(root). It takes the effective user id of O(as_user) and of the cluster's owner for the moments of connecting.
seealso:
  - module: aerovista.postgresql.pg_cluster_info
"""

EXAMPLES = r"""
- name: Find out why the application cannot connect
  aerovista.postgresql.pg_connection_info:
    dsn: "{{ app_dsn }}"
    as_user: app
  register: connection

- name: Find out why the service app cannot connect
  aerovista.postgresql.pg_connection_info:
    unit: app
  register: connection

- name: Compare what the application logged with the server
  aerovista.postgresql.pg_connection_info:
    dsn: "{{ app_dsn }}"
    error_text: "{{ lookup('ansible.builtin.file', 'app-error.log') }}"
    as_user: app

- name: Find out whether Prisma could connect with it
  aerovista.postgresql.pg_connection_info:
    dsn: "{{ app_dsn }}"
    as_client: prisma
    as_user: app

- name: Fail where the application could not log in
  aerovista.postgresql.pg_connection_info:
    host: localhost
    database: appdb
    user: appuser
    password: "{{ app_password }}"
    fail_on: critical
"""

RETURN = r"""
works:
  description: Whether the connection works.
  returned: always
  type: bool
fails:
  description: Whether the connection is not good enough for O(fail_on). Then the module fails, and returns everything all the same.
  returned: always
  type: bool
text:
  description: The lines that C(pgsop diagnose) prints.
  returned: always
  type: list
  elements: str
cause:
  description: Why it does not work, none if it works.
  returned: always
  type: dict
  contains:
    id: {description: "Identifier that stays.", type: str}
    message: {description: "The cause in a sentence.", type: str}
    candidates: {description: "Identifiers of the causes that cannot be told apart.", type: list, elements: str}
  sample: {"id": "role.expired", "message": "the password of role appuser was valid until 2026-01-01", "candidates": []}
hint:
  description: The command that fixes it, empty if it works.
  returned: always
  type: str
  sample: ALTER ROLE appuser VALID UNTIL 'infinity';
hint_in:
  description: Where to run the command, V(shell) or a call of psql.
  returned: always
  type: str
  sample: sudo -u postgres psql -h /var/run/postgresql -p 5432 -d postgres
declared:
  description: Where this collection keeps it, so that it stays mended.
  returned: always
  type: str
remarks:
  description: What is wrong although the connection works. Also, whether it works or not, what was translated in the connection string
    or left out of it; that is no reason to fail for O(fail_on).
  returned: always
  type: list
  elements: str
steps:
  description: The steps on the way to a session.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: "Name of the step.", type: str}
    status: {description: "V(OK), V(WARNING) if the connection works all the same, V(CRITICAL) or V(UNKNOWN).", type: str}
    message: {description: "What was found.", type: str}
  sample: [{"name": "listener", "status": "OK", "message": "on port 5432: 127.0.0.1 (postgres 151)"}]
target:
  description: Host, port, database and role, with every default filled in.
  returned: always
  type: dict
error:
  description: What O(error_text) names, none without one.
  returned: always
  type: dict
  contains:
    drivers: {description: "Drivers and tools that wrote it, the outermost first.", type: list, elements: str}
    sqlstate: {description: "SQLSTATE, empty if the text has none.", type: str}
    causes: {description: "Identifiers of causes, the one that the server confirms first.", type: list, elements: str}
  sample: {"drivers": ["psycopg2"], "sqlstate": "", "causes": ["port.wrong", "server.down"]}
client:
  description: What the client library of O(as_client) does differently from V(libpq), none without that option.
  returned: always
  type: dict
  contains:
    name: {description: "Name of the client.", type: str}
    versions: {description: "Versions with which the prediction was measured.", type: str}
    date: {description: "Day of the measurement.", type: str}
    verdict: {description: "V(same), V(differs), V(fails), or V(unknown) if the connection string cannot be used.", type: str}
    differences:
      description: The differences, those that keep the connection from working first.
      type: list
      elements: dict
      contains:
        id: {description: "Identifier that stays.", type: str}
        effect: {description: "V(fails) or V(differs).", type: str}
        message: {description: "The difference in a sentence.", type: str}
        remedy: {description: "What to change.", type: str}
session:
  description: Role, database, version, encryption and latency of a connection that works.
  returned: always
  type: dict
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import FAIL_ON
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import old_keys
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.names import NAMES
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import diagnose
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.read_source import (
    SourceOptions,
    add_source,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionRequest, shown
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render.diagnose import lines

VALUES = ("dsn", "host", "port", "database", "user", "password", "as_user", "as_client")
SOURCES = ("dsn_file", "env_file", "unit")


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "dsn": {"type": "str", "no_log": True},
            "dsn_file": {"type": "path", "no_log": True},
            "env_file": {"type": "path", "no_log": True},
            "unit": {"type": "str", "no_log": True},
            "host": {"type": "str", "default": "", "no_log": True},
            "port": {"type": "str", "default": "", "no_log": True},
            "database": {"type": "str", "default": "", "no_log": True},
            "user": {"type": "str", "default": "", "no_log": True},
            "password": {"type": "str", "default": "", "no_log": True},
            "error_text": {"type": "str", "default": "", "no_log": True},
            "as_user": {"type": "str", "default": "", "no_log": True},
            "as_client": {"type": "str", "choices": list(NAMES)},
            **FAIL_ON,
        },
        mutually_exclusive=[("dsn", *SOURCES)],
        supports_check_mode=True,
    )
    values: dict[str, Any] = {name: module.params[name] or "" for name in module.params}
    sources = SourceOptions(**{name: values[name] for name in SOURCES}, prefix="")
    request = ConnectionRequest(**{name: values[name] for name in VALUES}, error=values["error_text"])
    fail_on = module.params["fail_on"]
    # A value that may be a connection string with a password stays hidden, and a plain one is what the answer is about.
    module.no_log_values.difference_update(shown(request) | sources.shown())
    try:
        report = diagnose(add_source(request, sources))
    except PgsopError as error:
        module.fail_json(msg=str(error))
    reasons = report.reasons_to_fail(fail_on)
    answer = {**old_keys.connection(report.as_dict()), "fails": bool(reasons), "text": list(lines(report))}
    if reasons:
        module.fail_json(msg=" ".join(reasons), **answer)
    module.exit_json(changed=False, **answer)


if __name__ == "__main__":
    main()
