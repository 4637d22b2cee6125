# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection as a client meets it, with facts about the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .given import GivenString
from .model import Client


@dataclass(frozen=True)
class Situation:
    """A connection string, a client, and libpq's values for the string.

    Attributes:
        client: entry of the catalogue.
        given: the string as it was typed.
        user: role.
        database: its name.
        host: name, address, or folder of the socket.
        port: TCP port, also in the name of the socket.
        password: that libpq would send; empty without one.
        origins: by libpq's keyword, the origin of a value: given, a service, or a variable; defaults are absent.
        password_file: the file from which the password comes; empty if it comes from elsewhere.
        variables: names of variables of libpq in the client's environment.
        addresses: of the host, in the resolver's order.
        open: those at which something listens.
        ssl: whether the server has SSL; None if that is not known.
        iterations: of the role's SCRAM verifier; 0 if that is not known.
        refused: whether the server refused the password that libpq sent.
    """

    client: Client
    given: GivenString
    user: str = ""
    database: str = ""
    host: str = ""
    port: int = 5432
    password: str = field(default="", repr=False)
    origins: Mapping[str, str] = field(default_factory=dict)
    password_file: str = ""
    variables: frozenset[str] = frozenset()
    addresses: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    ssl: bool | None = None
    iterations: int = 0
    refused: bool = False

    @property
    def socket(self) -> bool:
        """Return whether libpq connects over a socket."""
        return self.host.startswith("/")

    @property
    def own_url(self) -> bool:
        """Return whether the string is a URL in the client's own form."""
        return self.given.url and self.given.form == self.client.form
