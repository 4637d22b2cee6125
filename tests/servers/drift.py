# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do to privileges by hand, at random: a source of statements, some of which the server refuses."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import psycopg2

from ansible_collections.aerovista.postgresql.tests.servers.drift_roles import RoleDrift
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server
from ansible_collections.aerovista.postgresql.tests.servers.targets import COLUMN_PRIVILEGES, PARTED, TARGETS, Target
from ansible_collections.aerovista.postgresql.tests.servers.world import (
    APP,
    DATABASE,
    SCHEMAS,
    STRANGERS,
    THEIRS,
    PrivilegeSetup,
    quote,
)


class Drift(RoleDrift):
    """Random statements over one world; the same seed says the same things."""

    def __init__(self, server: Server, world: PrivilegeSetup, seed: object) -> None:
        super().__init__(server, world, seed)
        self._ways = self._weighted()

    def happen(self, amount: int) -> list[str]:
        """Say that many things to the server; those it accepted."""
        accepted = []
        with self._server.connect(DATABASE) as connection, connection.cursor() as cursor:
            for _number in range(amount):
                statement = self.statement()
                try:
                    cursor.execute(statement)
                except psycopg2.Error:
                    cursor.execute("ROLLBACK; RESET ROLE")
                else:
                    accepted.append(statement)
        return accepted

    def statement(self) -> str:
        """One thing a person might do; what belongs together in one string."""
        return "; ".join(self._random.choice(self._ways)())

    def _weighted(self) -> list[Callable[[], list[str]]]:
        ways = [self.public_schema, self.parted, self.creator, self.emptied_default]
        ways += [self.grant] * 6 + [self.revoke] * 6 + [self.column] * 3 + [self.twice] * 2 + [self.owner] * 3
        ways += [self.delegated] * 4 + [self.narrowed] * 2 + [self.introduced] * 2 + [self.cycle] * 2
        ways += [self.default] * 5 + [self.membership] * 4 + [self.entrusted] * 2
        ways += [self.attribute] * 2 + [self.setting] * 2 + [self.not_ours] * 2
        return ways + [self.parameter] * (self._server.major >= 15)

    # people and privileges

    def privileges(self, kind: str) -> list[str]:
        """What there is to grant on a kind of object."""
        table = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
        return {
            "r": table + ["MAINTAIN"] * (self._server.major >= 17),
            "s": ["USAGE", "SELECT", "UPDATE"],
            "f": ["EXECUTE"],
            "T": ["USAGE"],
            "n": ["USAGE", "CREATE"],
            "d": ["CONNECT", "TEMPORARY", "CREATE"],
        }[kind]

    def _what(self, target: Target) -> str:
        """Privileges, sometimes on columns, sometimes all."""
        if target.columns and self._random.random() < 0.3:
            return self._on_columns(target)
        return self._random.choice([", ".join(self._some(self.privileges(target.kind))), "ALL"])

    def _on_columns(self, target: Target) -> str:
        columns = ", ".join(quote(column) for column in self._some(target.columns))
        return ", ".join(f"{privilege} ({columns})" for privilege in self._some(COLUMN_PRIVILEGES))

    # ACLs

    def grant(self) -> list[str]:
        target, grantee = self._random.choice(TARGETS), self._anybody()
        option = "" if grantee == "PUBLIC" else self._maybe(" WITH GRANT OPTION", 0.4)
        return [f"GRANT {self._what(target)} ON {target.sql} TO {quote(grantee)}{option}"]

    def revoke(self) -> list[str]:
        target = self._random.choice(TARGETS)
        # Inner quotes of the server's mistakes: people do revoke from owners, and from everybody.
        grantee = self._random.choice([self._anybody(), "PUBLIC", self._world.owner])
        how = self._maybe("GRANT OPTION FOR ", 0.2)
        return [f"REVOKE {how}{self._what(target)} ON {target.sql} FROM {quote(grantee)} {self._maybe('CASCADE')}"]

    def public_schema(self) -> list[str]:
        return [f"GRANT CREATE ON SCHEMA public TO {quote(self._anybody())}"]

    def parted(self) -> list[str]:
        """What is granted on a partitioned table holds for its partitions, whatever their own ACLs say."""
        return [f"GRANT {self._what(PARTED)} ON {PARTED.sql} TO {quote(self._anybody())}"]

    def column(self) -> list[str]:
        target = self._random.choice([target for target in TARGETS if target.columns])
        if self._random.random() < 0.3:
            return [f"REVOKE {self._on_columns(target)} ON {target.sql} FROM {quote(self._anybody())} CASCADE"]
        option = self._maybe(" WITH GRANT OPTION", 0.4)
        return [
            f"GRANT {self._on_columns(target)} ON {target.sql} TO {quote(self._random.choice(self._roles))}{option}"
        ]

    def twice(self) -> list[str]:
        """The same privilege on a table and on one of its columns: a REVOKE on the table takes both."""
        target = self._random.choice([target for target in TARGETS if target.columns])
        column, who = quote(self._random.choice(target.columns)), quote(self._anybody())
        return [
            f"GRANT {what} ON {target.sql} TO {who}"
            for privilege in self._some(COLUMN_PRIVILEGES)
            for what in (privilege, f"{privilege} ({column})")
        ]

    def delegated(self) -> list[str]:
        """One passes on what it was given, and so on."""
        target = self._random.choice(TARGETS)
        chain = self._random.sample(self._roles, self._random.randint(2, 3))
        what = self._what(target)
        steps = [f"GRANT {what} ON {target.sql} TO {quote(chain[0])} WITH GRANT OPTION"]
        for giver, taker in pairwise(chain):
            steps += self._as(giver, target, f"GRANT {what} ON {target.sql} TO {quote(taker)} WITH GRANT OPTION")
        last = self._random.choice(["PUBLIC", *STRANGERS, *self._world.managed])
        steps += self._as(chain[-1], target, f"GRANT {what} ON {target.sql} TO {quote(last)}")
        return steps

    def narrowed(self) -> list[str]:
        """Who may pass on a whole table passes on a column of it, where it has no entry of its own, or both."""
        target = self._random.choice([target for target in TARGETS if target.columns])
        giver, taker = self._random.sample(self._roles, 2)
        column, what = quote(self._random.choice(target.columns)), self._random.choice(COLUMN_PRIVILEGES)
        passed = f"GRANT {what} ({column}) ON {target.sql} TO {quote(taker)}{self._maybe(' WITH GRANT OPTION')}"
        passed += self._maybe(f"; GRANT {what} ON {target.sql} TO {quote(taker)}")
        return [f"GRANT {what} ON {target.sql} TO {quote(giver)} WITH GRANT OPTION", *self._as(giver, target, passed)]

    def introduced(self) -> list[str]:
        """Who passes something on reaches the schema by grace of somebody else, who is not to grant that."""
        target = self._random.choice([target for target in TARGETS if target.schema])
        host, giver, taker = (quote(role) for role in self._random.sample(self._roles, 3))
        usage, what = f"USAGE ON SCHEMA {quote(target.schema)}", f"{self._what(target)} ON {target.sql}"
        steps = [f"GRANT {usage} TO {host} WITH GRANT OPTION", f"REVOKE {usage} FROM {giver}"]
        steps += [f"SET ROLE {host}", f"GRANT {usage} TO {giver}", "RESET ROLE"]
        steps += [f"GRANT {what} TO {giver} WITH GRANT OPTION"]
        return [*steps, f"SET ROLE {giver}", f"GRANT {what} TO {taker}", "RESET ROLE"]

    def cycle(self) -> list[str]:
        """Two who hold each other up, whatever the owner does."""
        target = self._random.choice(TARGETS)
        one, two = self._random.sample(self._roles, 2)
        what = self._what(target)
        steps = [f"GRANT {what} ON {target.sql} TO {quote(one)}, {quote(two)} WITH GRANT OPTION"]
        for giver, taker in ((one, two), (two, one)):
            steps += self._as(giver, target, f"GRANT {what} ON {target.sql} TO {quote(taker)} WITH GRANT OPTION")
        if self._random.random() < 0.6:
            steps.append(f"REVOKE {what} ON {target.sql} FROM {quote(one)}, {quote(two)} CASCADE")
        return steps

    def _as(self, role: str, target: Target, statement: str) -> list[str]:
        steps = [f"SET ROLE {quote(role)}", statement, "RESET ROLE"]
        if target.schema:
            usage = f"USAGE ON SCHEMA {quote(target.schema)}"
            after = [f"REVOKE {usage} FROM {quote(role)}"] if self._random.random() < 0.3 else []
            return [f"GRANT {usage} TO {quote(role)}", *steps, *after]
        return steps

    def owner(self) -> list[str]:
        target = self._random.choice(TARGETS)
        # The administrator as owner of public is as good as pg_database_owner, so that would be a second end.
        new = self._random.choice(self._roles if target.sql == 'SCHEMA "public"' else [*self._roles, ADMINISTRATOR])
        return [f"ALTER {target.alter} OWNER TO {quote(new)}"]

    # default privileges

    def default(self) -> list[str]:
        creator = self._random.choice([*self._world.managed, *self._world.managed, *STRANGERS, ADMINISTRATOR])
        schema = self._random.choice(["", "", *SCHEMAS])
        kinds = {"TABLES": "r", "SEQUENCES": "s", "ROUTINES": "f", "TYPES": "T"}
        kind = self._random.choice(list(kinds))
        # What the administrator grants PUBLIC on everything to come in all schemas is no part of any declaration.
        anybody = self._random.choice(self._roles) if creator == ADMINISTRATOR and not schema else self._anybody()
        who, what = quote(self._random.choice([anybody, creator])), ", ".join(self._some(self.privileges(kinds[kind])))
        where = f" IN SCHEMA {quote(schema)}" if schema else ""
        option = "" if who == "PUBLIC" else self._maybe(" WITH GRANT OPTION", 0.3)
        change = self._random.choice(
            [f"GRANT {what} ON {kind} TO {who}{option}", f"REVOKE {what} ON {kind} FROM {who}"]
        )
        return [f"ALTER DEFAULT PRIVILEGES FOR ROLE {quote(creator)}{where} {change}"]

    def emptied_default(self) -> list[str]:
        """A global row of {}, which the server reads as none."""
        creator = quote(self._random.choice([self._managed(), ADMINISTRATOR]))
        kind = self._random.choice(["ROUTINES", "TYPES", "TABLES"])
        return [f"ALTER DEFAULT PRIVILEGES FOR ROLE {creator} REVOKE ALL ON {kind} FROM PUBLIC, {creator}"]

    # what the engine may only report

    def not_ours(self) -> list[str]:
        grantee = quote(self._anybody())
        return [
            self._random.choice(
                [
                    f"GRANT ALL ON TABLE {quote(THEIRS)}.t_theirs TO {grantee}",
                    f"GRANT USAGE, CREATE ON SCHEMA {quote(THEIRS)} TO {grantee}",
                    f"REVOKE EXECUTE ON FUNCTION {quote(THEIRS)}.f(int) FROM PUBLIC",
                    f"GRANT SELECT ON {quote(APP)}.pg_buffercache TO {grantee}",
                    f"GRANT SELECT (a), INSERT ON {quote(APP)}.x_member TO {grantee}",
                    f"REVOKE USAGE ON TYPE {quote(APP)}.x_member FROM PUBLIC",
                    f"GRANT USAGE ON TYPE {quote(APP)}.x_member TO {grantee}",
                    f"ALTER TABLE {quote(APP)}.x_member OWNER TO {quote(self._random.choice(self._roles))}",
                    f"GRANT EXECUTE ON FUNCTION pg_read_file(text) TO {grantee}",
                    f"GRANT SELECT ON pg_authid TO {grantee}",
                ]
            )
        ]
