# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop locks."""

from __future__ import annotations

import argparse
from typing import Any

from .. import old_keys
from ..cluster_choice import CONFIG_FILE
from ..health.lock_report import lock_report
from ..health.select_config import config_of
from ..render.locks import lines
from . import options, terminal
from .target import add_target, advised, become_target_owner, find_target
from .width import columns

_DESCRIPTION = """\
Show who waits for whom, each below what is in its way, with the statements that would end it, and what
became of the migrations of each database. It only looks: no statement that it shows is run."""
_EXAMPLES = """\
  sudo pgsop locks                                what waits, and what migrations do
  sudo pgsop locks --format json                  everything that is known, for programs
  pgsop locks --dsn 'host=localhost user=mon'     as another role, which may not see everything"""


def add(subparsers: Any) -> None:
    """Add the subcommand `locks`."""
    parser = options.subcommand(
        subparsers,
        "locks",
        run,
        short="who waits for whom, and stuck migrations",
        description=_DESCRIPTION,
        examples=_EXAMPLES,
    )
    add_target(parser)
    options.add_general(parser, config=CONFIG_FILE)


def run(arguments: argparse.Namespace) -> int:
    """Print the lock waits and migrations, and return exit status 0."""
    target = find_target(arguments)
    config = config_of(target.cluster.version, target.cluster.name, target.path)
    become_target_owner(target, arguments)
    with advised(target, arguments):
        report = lock_report(target.cluster, config, dsn=target.dsn)
    if arguments.format == "json":
        terminal.say_json(old_keys.locks(report))
    else:
        for line in lines(report, columns(), terminal.painted):
            terminal.print_colored(line)
    return 0
