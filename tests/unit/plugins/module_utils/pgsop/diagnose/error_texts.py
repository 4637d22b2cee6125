# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error texts of real drivers: `error_texts.json`, recorded in November 2026 against PostgreSQL 17, a connection fault each.

Stack traces are shortened, paths are neutral. The port and the password are placeholders; server 127.0.0.1, role appuser, database appdb.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Recorded:
    """What a driver wrote, and why.

    Attributes:
        driver: name of the driver or tool.
        version: its version.
        cause: id of the cause that was made.
        text: with placeholders for port and password.
    """

    driver: str
    version: str
    cause: str
    text: str

    def filled(self, port: int, password: str) -> str:
        """The text as it would be for another server."""
        return self.text.replace("{port}", str(port)).replace("{password}", password)

    def __str__(self) -> str:
        return f"{self.driver}-{self.cause}"


def recorded() -> list[Recorded]:
    """All of them."""
    rows = json.loads((Path(__file__).parent / "error_texts.json").read_text(encoding="utf-8"))
    return [Recorded(row["driver"], row["version"], row["cause"], "\n".join(row["lines"])) for row in rows]
