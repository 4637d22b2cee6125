# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request of a connection, with its string from a file or from the environment of a service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import BinaryIO

from ..connection_values import is_file, is_unit
from . import source_files, unit
from .target import ConnectionRequest


@dataclass(frozen=True)
class SourceOptions:
    """Where the connection string is; at most one of them is given.

    Attributes:
        dsn_file: file with a connection string in any form.
        env_file: file with variables.
        unit: service of systemd.
        stdin: what - in the place of a file stands for; None if it is the name of a file.
        prefix: beginning of the options in messages.
    """

    dsn_file: str = ""
    env_file: str = ""
    unit: str = ""
    stdin: BinaryIO | None = None
    prefix: str = "--"

    def option(self, name: str) -> str:
        """Return the name of an option as the user wrote it."""
        return self.prefix + (name.replace("_", "-") if self.prefix else name)

    def shown(self) -> frozenset[str]:
        """Return the values that a message may show; another one may be a connection string with a password."""
        files = {path for path in (self.dsn_file, self.env_file) if is_file(path)}
        return frozenset(files | ({self.unit} if is_unit(self.unit) else set()))


def add_source(request: ConnectionRequest, options: SourceOptions) -> ConnectionRequest:
    """Return a request with the connection string that its options name; the same one without such an option.

    Raises:
        PgsopError: it cannot be read; the message has no part of it.
    """
    if options.dsn_file:
        text = source_files.read_text(options.dsn_file, options.option("dsn_file"), stream=options.stdin)
        return replace(request, dsn=text)
    if options.env_file:
        option = options.option("env_file")
        return replace(
            request, source=source_files.from_environment_file(options.env_file, option, stream=options.stdin)
        )
    if options.unit:
        return replace(request, source=unit.read(options.unit, request.as_user))
    return request
