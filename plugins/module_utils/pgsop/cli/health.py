# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop health."""

from __future__ import annotations

import argparse
import functools
import os
from collections.abc import Sequence
from typing import Any

from ..cluster_choice import CONFIG_FILE
from ..errors import PgsopError
from ..files import FileMode, group_name, user_name, write_atomically
from ..finding import CRITICAL, OK, STATUSES, Finding
from ..health.catalogue import CHECKS
from ..health.checks.readiness import READINESS
from ..health.config import HealthConfig, matches
from ..health.examine import ExamineRequest, HealthReport, examine
from ..health.last_status import status_changes
from ..health.outputs.nagios import nagios
from ..health.outputs.prometheus import prometheus
from ..health.select_config import config_of
from ..identity import effective_user, groups_of
from ..render.health import lines
from ..text import fold
from . import log, options, terminal
from .target import ServerTarget, add_target, become_target_owner, find_target, next_step
from .watch import watch
from .width import columns

_DESCRIPTION = """\
Look whether the server is well: every check of the catalogue, each with what to do if it is not.
It only looks. Where the server does not answer, it says why."""
_EXAMPLES = """\
  sudo pgsop health                              what is not well
  sudo pgsop health --all                        every check with what it measured
  sudo pgsop health --watch                      the same, again and again
  sudo pgsop health --only 'backup.*'            some checks
  pgsop health --dsn 'host=localhost user=mon'   as another role; what it may not see is UNKNOWN
  sudo pgsop health --format nagios              one line with performance data, then the rest
  sudo pgsop health --format prometheus --output /var/lib/prometheus/node-exporter/pgsop.prom

exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, by the worst finding; 3 for wrong usage too; with
--scheduled 0 when it could look, whatever it saw"""

FORMATS = ("text", "json", "nagios", "prometheus")
#: Seconds between two runs of --watch.
_SECONDS, _LEAST_S, _MOST_S = 5.0, 1, 3600


def add(subparsers: Any) -> None:
    """Add the subcommand `health`."""
    parser = options.subcommand(
        subparsers, "health", run, short="whether the server is well", description=_DESCRIPTION, examples=_EXAMPLES
    )
    options.is_check(parser)
    parser.add_argument("--all", action="store_true", help="show checks that are OK too")
    parser.add_argument(
        "--only",
        metavar="CHECK",
        action="append",
        default=[],
        help="only this check, or those that match, such as 'backup.*'; may be repeated",
    )
    parser.add_argument(
        "--watch",
        metavar="SECONDS",
        nargs="?",
        type=_interval,
        const=_SECONDS,
        help=f"look again and again, every {_SECONDS:.0f} seconds, on a terminal",
    )
    parser.add_argument(
        "--output", metavar="FILE", help="write to this file, which is replaced at once, instead of standard output"
    )
    options.add_scheduled(parser)
    add_target(parser)
    options.add_general(parser, config=CONFIG_FILE, formats=FORMATS)


def run(arguments: argparse.Namespace) -> int:
    """Examine the server, write the report, and return the exit status of its worst finding; 0 for a scheduled run.

    Raises:
        PgsopError: the options exclude each other, a check does not exist, or the configuration or the cluster cannot be used.
    """
    _refuse(arguments)
    target = find_target(arguments)
    config = config_of(target.cluster.version, target.cluster.name, target.path)
    if arguments.output and os.geteuid() == 0:
        # The owner may not be able to write to the folder of the file, so root writes it.
        with groups_of(target.cluster.owner), effective_user(target.cluster.owner):
            report, changes = _examined(arguments, target, config)
    else:
        become_target_owner(target, arguments)
        if arguments.watch:
            render = functools.partial(_text, arguments, target)
            return watch(arguments.watch, lambda: _examined(arguments, target, config)[0], render)
        report, changes = _examined(arguments, target, config)
    text = _rendered(arguments, target, report)
    if arguments.output:
        mode = FileMode(user_name(os.geteuid()), group_name(os.getegid()), 0o644)
        write_atomically(os.path.abspath(arguments.output), text, mode)
    elif not arguments.scheduled:
        terminal.say_text(text)
    _note(changes)
    return 0 if arguments.scheduled else STATUSES.index(report.status)


def _examined(
    arguments: argparse.Namespace, target: ServerTarget, config: HealthConfig
) -> tuple[HealthReport, Sequence[Finding]]:
    """Return the report, and for a scheduled run the findings with another status than in the last one."""
    report = examine(ExamineRequest(target.cluster, config, target.dsn, tuple(arguments.only)))
    return report, status_changes(config.state_directory, report.findings) if arguments.scheduled else ()


def _rendered(arguments: argparse.Namespace, target: ServerTarget, report: HealthReport) -> str:
    if arguments.format == "prometheus":
        return prometheus(report)
    if arguments.format == "json":
        return terminal.as_json(report.as_dict())
    wide = None if arguments.output or arguments.format == "nagios" else columns()
    told = nagios(report) if arguments.format == "nagios" else _text(arguments, target, report)
    return "".join(f"{part}\n" for line in told for part in fold(line, wide))


def _text(arguments: argparse.Namespace, target: ServerTarget, report: HealthReport) -> Sequence[str]:
    advice = ""
    if target.ordinary:
        refused = next((each.message for each in report.findings if each.id == READINESS and each.status != OK), "")
        advice = next_step(target, arguments, refused)
    return lines(report.as_dict(), show_all=arguments.all, paint=terminal.painted, advice=advice)


def _note(changes: Sequence[Finding]) -> None:
    """Write a line to the system's log for each finding with a new status."""
    tell = {OK: log.note, CRITICAL: log.fail}
    for finding in changes:
        tell.get(finding.status, log.warn)(f"health: {finding.status} {finding.id}: {finding.message}")


def _refuse(arguments: argparse.Namespace) -> None:
    """Refuse invalid options.

    Raises:
        PgsopError: options exclude each other, or a check does not exist.
    """
    problem = ""
    unknown = [
        name
        for name in arguments.only
        if not name.startswith("extra.") and not any(matches(each.id, [name]) for each in CHECKS)
    ]
    if unknown:
        problem = f"there is no check {', '.join(unknown)}"
    elif arguments.watch and (arguments.output or arguments.scheduled or arguments.format != "text"):
        problem = "--watch goes with none of --output, --scheduled and --format"
    elif arguments.watch and not terminal.watched():
        problem = "--watch needs a terminal"
    if problem:
        raise PgsopError(
            attempted="run pgsop health",
            target="the command line",
            answer=problem,
            next_step="pgsop health --help; 'pgsop health --all' shows the checks",
        )


def _interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0  # argparse would repeat what was typed
    if not _LEAST_S <= seconds <= _MOST_S:  # also false for NaN
        raise argparse.ArgumentTypeError(f"it must be from {_LEAST_S} to {_MOST_S} seconds")
    return seconds
