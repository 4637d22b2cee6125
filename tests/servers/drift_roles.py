# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do by hand to roles, memberships and settings, at random."""

from __future__ import annotations

import random

from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server
from ansible_collections.aerovista.postgresql.tests.servers.world import DATABASE, STRANGERS, PrivilegeSetup, quote


class RoleDrift:
    """The dice, and statements about roles."""

    def __init__(self, server: Server, world: PrivilegeSetup, seed: object) -> None:
        self._server = server
        self._world = world
        self._random = random.Random(str(seed))
        self._roles = [*world.managed, *STRANGERS]

    def _anybody(self) -> str:
        return self._random.choice([*self._roles, "PUBLIC"])

    def _managed(self) -> str:
        return self._random.choice(self._world.managed)

    def _some(self, names: tuple[str, ...] | list[str]) -> list[str]:
        return self._random.sample(list(names), self._random.randint(1, min(3, len(names))))

    def _maybe(self, text: str, chance: float = 0.5) -> str:
        return text if self._random.random() < chance else ""

    def membership(self) -> list[str]:
        groups = [*self._roles, *self._world.managed, "pg_monitor", "pg_signal_backend", ADMINISTRATOR]
        group, member = self._random.choice(groups), self._random.choice(self._roles)
        if self._random.random() < 0.25:
            return [f"REVOKE {self._maybe('ADMIN OPTION FOR ', 0.3)}{quote(group)} FROM {quote(member)} CASCADE"]
        steps = [self._join(group, member)]
        if self._random.random() < 0.4:
            other = self._random.choice(self._roles)
            steps = [f"GRANT {quote(group)} TO {quote(member)} WITH ADMIN OPTION", f"SET ROLE {quote(member)}"]
            steps += [self._join(group, other), "RESET ROLE"]
        return steps

    def entrusted(self) -> list[str]:
        """The declared membership, but with other options, or granted by somebody else."""
        group, member = self._world.joined
        if self._random.random() < 0.5:
            return [self._join(group, member)]
        giver = quote(self._random.choice([role for role in self._roles if role not in self._world.joined]))
        admitted = f"GRANT {quote(group)} TO {giver} WITH ADMIN OPTION"
        return [admitted, f"SET ROLE {giver}", self._join(group, member), "RESET ROLE"]

    def _join(self, group: str, member: str) -> str:
        joined = f"GRANT {quote(group)} TO {quote(member)}"
        if self._server.major < 16:
            return joined + self._maybe(" WITH ADMIN OPTION", 0.3)
        options = [
            f"{option} {self._random.choice(['TRUE', 'FALSE'])}" for option in self._some(["ADMIN", "INHERIT", "SET"])
        ]
        return joined + self._maybe(f" WITH {', '.join(options)}", 0.7)

    def attribute(self) -> list[str]:
        words = ["SUPERUSER", "CREATEDB", "CREATEROLE", "REPLICATION", "BYPASSRLS", "NOLOGIN", "LOGIN", "NOINHERIT"]
        words += ["CONNECTION LIMIT 3", "VALID UNTIL '2020-01-01'", "PASSWORD 'another pass phrase'", "PASSWORD NULL"]
        if self._random.random() < 0.2:
            word = self._random.choice(["CREATEDB", "CREATEROLE", "NOLOGIN"])
            return [f"ALTER ROLE {quote(self._random.choice(STRANGERS))} {word}"]
        return [f"ALTER ROLE {quote(self._managed())} {self._random.choice(words)}"]

    def creator(self) -> list[str]:
        """Since 16 who creates a role is made a member of it, by the server."""
        creator = self._random.choice(self._roles)
        steps = [f"ALTER ROLE {quote(creator)} CREATEROLE"]
        if self._random.random() < 0.5:
            return [*steps, f"SET ROLE {quote(creator)}", "CREATE ROLE s_made", "RESET ROLE"]
        options = "ADMIN TRUE, INHERIT FALSE, SET FALSE" if self._server.major >= 16 else "ADMIN OPTION"
        return [*steps, f"GRANT {quote(self._managed())} TO {quote(creator)} WITH {options}"]

    def setting(self) -> list[str]:
        value = self._random.choice(["search_path TO public", "search_path TO theirs, app", "work_mem TO '99MB'"])
        value = self._random.choice(
            [value, "role TO s_one", "statement_timeout TO 0", "default_transaction_read_only TO on"]
        )
        role, database = quote(self._random.choice([*self._world.managed, "s_one"])), quote(DATABASE)
        who = self._random.choice([f"DATABASE {database}", f"ROLE {role}", f"ROLE {role} IN DATABASE {database}"])
        if self._random.random() < 0.2:
            return [f"ALTER DATABASE {database} CONNECTION LIMIT {self._random.choice([7, -1])}"]
        return [f"ALTER {who} {self._random.choice([f'SET {value}', 'RESET ALL'])}"]

    def parameter(self) -> list[str]:
        name, what = (
            self._random.choice(["work_mem", "log_statement"]),
            self._random.choice(["SET", "ALTER SYSTEM", "ALL"]),
        )
        option = self._maybe(" WITH GRANT OPTION")
        steps = [f"GRANT {what} ON PARAMETER {name} TO {quote(self._random.choice(self._roles))}{option}"]
        if option:
            giver, taker = steps[0].split(" TO ")[1].removesuffix(option), quote(self._random.choice(self._roles))
            steps += [f"SET ROLE {giver}", f"GRANT {what} ON PARAMETER {name} TO {taker}", "RESET ROLE"]
        return steps
