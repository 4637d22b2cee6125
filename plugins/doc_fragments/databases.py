# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that declare databases, roles and who may do what."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragment C(databases)."""

    DOCUMENTATION = r"""
options:
  databases:
    description:
      - The databases. One that is left out of the list is not touched, nor dropped.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description:
          - Name of the database, at most 63 bytes.
        type: str
        required: true
      state:
        description:
          - V(absent) drops the database. Refused while it holds objects or somebody is connected, unless O(databases[].force).
        type: str
        choices:
          - present
          - absent
        default: present
      force:
        description:
          - With O(databases[].state=absent), drop it with all it holds, and end the sessions in it.
        type: bool
        default: false
      model:
        description:
          - Who owns what, see the description of module M(aerovista.postgresql.pg_databases).
        type: str
        choices:
          - sop
          - separated
        default: sop
      owner:
        description:
          - Owner of the database. The default is the administrator, so that nobody else may create in schema C(public) by
            owning the database.
        type: str
      schema:
        description:
          - The application's schema.
        type: str
        default: app
      schemas:
        description:
          - Further schemas, arranged in the same way.
        type: list
        elements: str
        default: []
      own_objects:
        description:
          - Whether objects in the schemas that belong to somebody else are handed to the schema's owner, of each kind that has an owner.
          - With V(false) they are reported.
        type: bool
        default: true
      roles:
        description:
          - The roles of the model, by what they are for. What is left out has the default name.
        type: dict
        default: {}
        suboptions:
          app:
            description:
              - The application's login. The default name is C(DATABASE_app).
            type: dict
            suboptions: &login
              name:
                description:
                  - Name of the role, at most 63 bytes.
                type: str
              password:
                description:
                  - At least 12 characters. Computed into a SCRAM verifier on the host, and only that is sent to the server.
                  - Where it is not given, a new role gets none, and an existing one keeps what it has. Both are reported.
                type: str
              password_state: &password_state
                description:
                  - V(absent) takes the password away.
                type: str
                choices:
                  - present
                  - absent
                default: present
              connection_limit: &connection_limit
                description:
                  - Number of sessions the role may have at once. Without it, or with V(-1), there is no limit.
                type: int
              settings:
                description:
                  - Settings of the role's sessions in this database, for example C(statement_timeout).
                type: dict
                default: {}
              valid_until: &valid_until
                description:
                  - When the password expires, as a timestamp with time zone. Without it, never.
                type: str
          owner:
            description:
              - The owner of the schemas, without login. With O(databases[].model=separated) only. The default name is
                C(DATABASE_owner).
            type: dict
            suboptions:
              name:
                description:
                  - Name of the role, at most 63 bytes.
                type: str
          migrator:
            description:
              - The login that changes tables. With O(databases[].model=separated) only. The default name is
                C(DATABASE_migrator).
            type: dict
            suboptions: *login
          readonly:
            description:
              - A login that reads, made only where it is given. The default name is C(DATABASE_readonly).
            type: dict
            suboptions: *login
      search_path:
        description:
          - Schemas in which unqualified names are looked for. The default is O(databases[].schema), O(databases[].schemas)
            and C(public).
        type: list
        elements: str
      settings:
        description:
          - Settings of all sessions in this database.
        type: dict
        default: {}
      connection_limit:
        description:
          - Number of sessions the database may have at once; V(-1) is no limit.
        type: int
        default: -1
      encoding:
        description:
          - Encoding of a new database. The default is C(UTF8). Where it is given and an existing database has another, that is refused.
        type: str
      locale:
        description:
          - Locale of a new database; it must exist on the host. The default is that of the cluster. Where it is given and an existing
            database has another, that is refused.
        type: str
      template:
        description:
          - What a new database is a copy of. V(template1) may hold objects of the site, and has to be free of sessions.
        type: str
        choices:
          - template0
          - template1
        default: template0
      extensions:
        description:
          - Extensions of the database. One that is left out is not dropped.
        type: list
        elements: dict
        default: []
        suboptions:
          name:
            description:
              - Name of the extension; its files must be on the host.
            type: str
            required: true
          schema:
            description:
              - Schema of its objects, where it can be chosen.
            type: str
            default: public
      grants:
        description:
          - Privileges beyond those of the model, on what is in the database's schemas.
        type: list
        elements: dict
        default: []
        suboptions:
          to:
            description:
              - Declared roles, or V(PUBLIC).
            type: list
            elements: str
            required: true
          privileges:
            description:
              - Names of privileges, or V(ALL) alone, which is what the running server's version knows.
            type: list
            elements: str
            required: true
          type:
            description:
              - What the privileges are on.
            type: str
            choices:
              - database
              - schema
              - tables
              - sequences
              - routines
              - types
            default: tables
          schema:
            description:
              - One of the database's schemas. The default is all of them.
            type: str
          objects:
            description:
              - Names without schema. The default is all, those that are made later too.
            type: list
            elements: str
          columns:
            description:
              - Columns of the objects. With O(databases[].grants[].type=tables) and O(databases[].grants[].objects) only.
            type: list
            elements: str
          grant_option:
            description:
              - Whether they may be passed on.
            type: bool
            default: false
      default_privileges:
        description:
          - Privileges on what a role will make, beyond those that follow from the model and O(databases[].grants).
        type: list
        elements: dict
        default: []
        suboptions:
          for_role:
            description:
              - Who makes it; a declared role or the administrator.
            type: str
            required: true
          to:
            description:
              - Declared roles, or V(PUBLIC).
            type: list
            elements: str
            required: true
          privileges:
            description:
              - Names of privileges, or V(ALL) alone.
            type: list
            elements: str
            required: true
          type:
            description:
              - What the privileges are on.
            type: str
            choices:
              - tables
              - sequences
              - routines
              - types
            default: tables
          schema:
            description:
              - One of the database's schemas. The default is all of them.
            type: str
  roles:
    description:
      - Roles besides those of the databases. One that is left out of the list is not touched, nor dropped.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description:
          - Name of the role, at most 63 bytes.
        type: str
        required: true
      state:
        description:
          - V(absent) drops the role. Refused while it owns anything, unless O(roles[].force). Always refused while a database that
            accepts no connections depends on it; the error has the commands for that.
        type: str
        choices:
          - present
          - absent
        default: present
      force:
        description:
          - With O(roles[].state=absent), hand what it owns to the administrator first.
        type: bool
        default: false
      login:
        description:
          - Whether it may log in. It may, unless this says otherwise, or it owns the schemas of a database with
            O(databases[].model=separated).
        type: bool
      member_of:
        description:
          - Roles whose privileges it has. Every other membership is revoked.
        type: list
        elements: str
        default: []
      attributes:
        description:
          - What it may do in the whole cluster. Every other attribute is taken away; C(SUPERUSER) cannot be declared.
        type: list
        elements: str
        choices:
          - createdb
          - createrole
          - replication
          - bypassrls
        default: []
      password:
        description:
          - As that of O(databases[].roles.app).
        type: str
      password_state: *password_state
      connection_limit: *connection_limit
      settings:
        description:
          - Settings of the role's sessions in every database.
        type: dict
        default: {}
      valid_until: *valid_until
  public_connect:
    description:
      - Databases besides the declared ones from which C(PUBLIC) loses C(CONNECT). An empty list leaves all of them as they are.
    type: list
    elements: str
    default:
      - postgres
      - template1
  lock_timeout_s:
    description:
      - How long a statement may wait for a lock, in seconds.
    type: int
    default: 5
  attempts:
    description:
      - How often a database is tried where a lock or somebody else's change was in the way.
    type: int
    default: 3
"""
