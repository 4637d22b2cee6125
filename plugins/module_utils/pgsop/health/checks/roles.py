# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles that can log in, and how well that is protected."""

from __future__ import annotations

from collections.abc import Iterator

from ...finding import WARNING
from ..check import SERVER, Measured, check
from ..context import ServerContext

_VERIFIERS = """
SELECT rolname::text AS name, rolpassword LIKE 'md5%' AS weak, rolpassword IS NULL AS bare
  FROM pg_catalog.pg_authid
 WHERE rolcanlogin
 ORDER BY 1
"""
_EXPIRY = """
SELECT rolname::text AS name, isfinite(rolvaliduntil) AS finite,
       CASE WHEN isfinite(rolvaliduntil) THEN extract(epoch FROM rolvaliduntil - now())::float8 END AS left_s,
       CASE WHEN isfinite(rolvaliduntil) THEN to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') END AS until
  FROM pg_catalog.pg_roles
 WHERE rolcanlogin AND rolvaliduntil < 'infinity'
 ORDER BY 1
"""
_DAY = 86400


@check(
    "roles.verifiers",
    sop="5",
    title="password verifiers",
    scope=SERVER,
    hint="set password_encryption to scram-sha-256, set the password of the role anew, and let no HBA rule say md5",
)
def verifiers(here: ServerContext) -> Iterator[Measured]:
    """Yield roles with an MD5 verifier (WARNING), and the number of roles without a password, which is only reported.

    Roles without a password can log in only by methods such as peer.
    """
    roles = here.session.rows(_VERIFIERS)
    for row in roles:
        if row["weak"]:
            yield Measured(row["name"], None, f"the password of role {row['name']} is kept as MD5", WARNING)
    bare = [row["name"] for row in roles if row["bare"]]
    message = f"no password of {len(roles)} roles that may log in is kept as MD5"
    yield Measured(
        "server",
        None,
        f"{message}; {len(bare)} have none and can log in by the operating system only" if bare else message,
    )


@check(
    "roles.expired",
    sop="5",
    title="roles whose password expires",
    scope=SERVER,
    unit="s",
    lower_is_worse=True,
    extra_limits={"ahead_s": 14 * _DAY},
    ok_message="no password of a role that may log in has expired or is about to",
    hint="agree on a new password and run ALTER ROLE ... VALID UNTIL ..., or take the role away",
)
def expired(here: ServerContext) -> Iterator[Measured]:
    """Yield roles that may log in by the time in seconds until VALID UNTIL; WARNING if it is over or nearer than ahead_s."""
    ahead = here.limits["roles.expired"]["ahead_s"] or 0
    for row in here.session.rows(_EXPIRY):
        left, name = row["left_s"], row["name"]
        if left is None:
            yield Measured(name, None, f"the password of role {name} is not valid at any time", WARNING)
        elif left <= 0:
            yield Measured(name, left, f"the password of role {name} expired at {row['until']}", WARNING)
        else:
            message = f"the password of role {name} expires at {row['until']}, in {left / _DAY:.1f} days"
            yield Measured(name, left, message, WARNING if left < ahead else "")
