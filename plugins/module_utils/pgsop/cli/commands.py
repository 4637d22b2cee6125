# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subcommands, loaded when they are called: the zip file has sources only, and compiling all of them takes a quarter of a second.

A new subcommand is a file with `add(subparsers)` and `run(arguments) -> int`, and its place here, twice.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import ModuleType

#: In the order in which they are needed.
NAMES = ("health", "activity", "locks", "diagnose", "backup", "backups", "restore", "drill")


def commands(arguments: Sequence[str]) -> Sequence[ModuleType]:
    """The subcommand that is called, alone; all of them where none is named, for the help and for refusals."""
    called = arguments[0] if arguments else ""
    return [importlib.import_module(f".{called}", __package__)] if called in NAMES else every()


def every() -> tuple[ModuleType, ...]:
    """All of them; imported by statements, because that is what the command is packed by, and what Ansible brings to the host."""
    from . import activity, backup, backups, diagnose, drill, health, locks, restore  # pylint: disable=import-outside-toplevel

    found = {
        module.__name__.rpartition(".")[2]: module
        for module in (activity, backup, backups, diagnose, drill, health, locks, restore)
    }
    return tuple(found[name] for name in NAMES)
