# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many sessions there may still be."""

from __future__ import annotations

from typing import Iterator

from ..check import SERVER, Measured, check
from ..view import Server


@check(
    "connections.slots",
    sop="4",
    title="connections in use",
    scope=SERVER,
    unit="%",
    warn=80,
    crit=90,
    hint="see who holds them with 'pgsop activity'; limit the application's pool, or raise pg_tuning_settings.max_connections",
)
def slots(here: Server) -> Iterator[Measured]:
    """Sessions of clients against the slots that ordinary roles have: max_connections less what is reserved."""
    reserved = ["superuser_reserved_connections"] + (["reserved_connections"] if here.version >= 16 else [])
    room = here.setting("max_connections").number - sum(here.setting(name).number for name in reserved)
    used = sum(1 for backend in here.backends if backend.backend_type == "client backend")
    yield Measured("server", 100.0 * used / room, f"{used} of {room:.0f} connections are in use")
