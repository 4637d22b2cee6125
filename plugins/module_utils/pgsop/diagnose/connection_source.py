# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a process that connects, in place of a connection string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..connection_strings import read as connection_strings
from ..connection_strings.parsed_string import ParsedString
from ..dsn import DsnError
from .os_user import OsUser

_ENOUGH = ("PGHOST", "PGHOSTADDR", "PGDATABASE", "PGUSER", "PGSERVICE")


@dataclass(frozen=True)
class ConnectionSource:
    """The environment of a process that connects.

    Attributes:
        variables: by name; they are never shown.
        as_user: operating system user of the process; empty for the default of `get_os_user`.
        whole: whether the process has these variables only; otherwise those of the user count, too.
        notes: what was noticed about the source, without a value.
    """

    variables: Mapping[str, str] = field(repr=False)
    as_user: str = ""
    whole: bool = False
    notes: tuple[str, ...] = ()

    def read(self) -> ParsedString:
        """Return the connection string among the variables; an empty one if libpq's own variables make the connection.

        Raises:
            DsnError: it cannot be read; the message has no value.
        """
        found = connection_strings.read_variables(self.variables)
        own = [name for name in _ENOUGH if self.variables.get(name)]
        if found is None:
            return ParsedString({}, (f"it was read from {', '.join(own)}", *self.notes))
        beside = f"{', '.join(own)}: libpq uses them only for values that the connection string does not have"
        return ParsedString(found.values, (*found.notes, *([beside] if own else []), *self.notes))

    def has_connection(self) -> bool:
        """Return whether the variables make a connection, or would if they could be read."""
        if any(self.variables.get(name) for name in _ENOUGH):
            return True
        try:
            return connection_strings.read_variables(self.variables) is not None
        except DsnError:
            return True

    def fill(self, os_user: OsUser) -> OsUser:
        """Return a user with the variables and the home folder of the process."""
        own = {name: value for name, value in self.variables.items() if name.startswith("PG")}
        environment = own if self.whole else {**os_user.environment, **own}
        return replace(os_user, home=self.variables.get("HOME") or os_user.home, environment=environment)
