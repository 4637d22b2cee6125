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
NAMES = ("health", "activity", "locks", "diagnose", "backup", "backups", "restore", "drill", "help")


def commands(arguments: Sequence[str]) -> Sequence[ModuleType]:
    """Return the subcommand that is called, or all of them for help, for the command of this name and for error messages.

    Args:
        arguments: of the command line; the first one decides.
    """
    called = arguments[0] if arguments else ""
    alone = called in NAMES and called != "help"
    return [importlib.import_module(f".{called}", __package__)] if alone else every()


def every() -> tuple[ModuleType, ...]:
    """Return all subcommands.

    They are imported by statements: the packed command and Ansible's module bundle are made from import statements.
    """
    from . import activity, backup, backups, diagnose, drill, health, locks, restore  # pylint: disable=import-outside-toplevel
    from . import help as help_command  # pylint: disable=import-outside-toplevel

    found = {
        module.__name__.rpartition(".")[2]: module
        for module in (activity, backup, backups, diagnose, drill, health, help_command, locks, restore)
    }
    return tuple(found[name] for name in NAMES)
