# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection services: named sets of parameters in a file of the user, or in one of the host."""

from __future__ import annotations

import os

from ..debian import COMMON_CONFIG
from ..dsn import DsnError
from .os_user import OsUser, acting_as


def read(name: str, os_user: OsUser) -> tuple[dict[str, str], str]:
    """Return the parameters of a connection service, and the path of the file that defines it.

    Args:
        name: of the service.
        os_user: the user that connects; its own file counts before the host's (libpq, "The Connection Service File").

    Raises:
        DsnError: no file defines the service.
    """
    looked: list[str] = []
    for path in _places(os_user):
        looked.append(path)
        with acting_as(os_user):
            found = _section(path, name)
        if found is not None:
            return found, path
    raise DsnError(f"there is no service {name!r} in {' or '.join(looked)}")


def _places(os_user: OsUser) -> list[str]:
    folder = os_user.environment.get("PGSYSCONFDIR") or COMMON_CONFIG
    own = os_user.environment.get("PGSERVICEFILE") or os.path.join(os_user.home, ".pg_service.conf")
    return [own, os.path.join(folder, "pg_service.conf")]


def _section(path: str, name: str) -> dict[str, str] | None:
    """As parseServiceFile in libpq reads it: no blanks around =, the first section of the name."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as handle:
            lines = [line.strip() for line in handle]
    except OSError:
        return None
    found: dict[str, str] | None = None
    for line in lines:
        if line.startswith("["):
            if found is not None:
                return found
            found = {} if line == f"[{name}]" else None
        elif found is not None and "=" in line and not line.startswith("#"):
            key, _sign, value = line.partition("=")
            found.setdefault(key, value)
    return found
