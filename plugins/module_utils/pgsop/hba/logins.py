# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared logins around a change of the rules: one that worked before must work afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..cluster import Cluster
from ..connection import Session, load_driver
from ..errors import PgsopError
from ..hba_rules.rule import HbaRule
from ..hba_rules.simulate import LoginAttempt, first_match
from ..login import LOOPBACK, Login, open_session

#: Loopback addresses that an application may use.
ADDRESSES = (LOOPBACK, "::1")
#: Signs of SQLSTATE 53300, which the driver does not pass on: a limit of sessions, which no rule has a part in.
_CROWDED = ("too many", "connection slots")
_EXISTING = """
SELECT r.rolname::text AS role, d.datname::text AS database
  FROM pg_catalog.pg_authid r CROSS JOIN pg_catalog.pg_database d
 WHERE r.rolcanlogin AND r.rolpassword IS NOT NULL AND d.datallowconn
"""

#: A login and the address it comes from.
Way = tuple[Login, str]


def from_arguments(entries: Sequence[Mapping[str, Any]]) -> list[Login]:
    """Return the logins of a module's argument, each with role, database and password."""
    return [Login(entry["role"], entry["password"], entry["database"], (), ()) for entry in entries]


def existing(logins: Sequence[Login], session: Session) -> list[Login]:
    """Return the logins with a role and a database that exist; a refused attempt is a line in the server's log."""
    there = {(row["role"], row["database"]) for row in session.rows(_EXISTING)} if logins else set()
    return [login for login in logins if (login.role, login.database) in there]


def working(cluster: Cluster, logins: Sequence[Login]) -> list[Way]:
    """Return the logins that the server accepts now, each with the loopback address."""
    return [(login, address) for login in logins for address in ADDRESSES if not _refusal(cluster, login, address)]


def refuse_lockout(cluster: Cluster, path: str, rules: Sequence[HbaRule], before: Sequence[Way]) -> None:
    """Try each login that worked before the change.

    A refusal because of a limit of sessions does not count: no rule is the cause.

    Args:
        cluster: the cluster.
        path: of pg_hba.conf.
        rules: those in force now, to name the one that decides.
        before: logins and addresses that worked, as :func:`working` returns them.

    Raises:
        PgsopError: a login is refused; the answer names role, database, address and cause of each.
    """
    wrong = []
    for login, address in before:
        answer = _refusal(cluster, login, address)
        if answer and not any(sign in answer for sign in _CROWDED):
            wrong.append(f"{login.role} to {login.database} from {address} ({_cause(rules, login, address)}: {answer})")
    if wrong:
        raise PgsopError(
            attempted="change the HBA rules",
            target=path,
            answer=f"declared logins that worked before were refused: {'; '.join(wrong)}",
            next_step="correct pg_hardening_hba_pairs and pg_hardening_hba_rules, then run again; where the login is not wanted"
            " any more, declare the role with login: false",
        )


def _refusal(cluster: Cluster, login: Login, address: str) -> str:
    """Return the server's answer to a login that it refused; empty for one that works."""
    driver, driver_error = load_driver()
    raw, refusals = open_session(driver, driver_error, cluster, login, address)
    if raw is None:
        return "; encrypted: ".join(refusals)
    raw.close()
    return ""


def _cause(rules: Sequence[HbaRule], login: Login, address: str) -> str:
    groups: set[str] = set()
    decides = first_match(rules, LoginAttempt("plain", login.database, login.role, address, groups))
    return f"rule {decides} decides" if decides else "no rule matches"
