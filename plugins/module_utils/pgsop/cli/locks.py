# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop locks."""

from __future__ import annotations

import argparse
from typing import Any, Iterator, Optional

from .. import old_keys
from ..cluster_choice import CONFIG_FILE
from ..finding import OK, UNKNOWN, WARNING
from ..health.lock_report import JudgedLockReport, lock_report
from ..health.select_config import config_of
from ..locks.report_types import AdvisoryLock, PreparedTransaction, WaitNode
from ..migrations.report_types import Leftover, MigrationRun
from ..migrations.tool import FINISHED, RUNNING
from ..text import age, counted, cut, printable
from . import options, terminal
from .target import add_target, become_target_owner, find_target
from .width import columns

_DESCRIPTION = """\
Show who waits for whom, each below what is in its way, with the statements that would end it, and what
became of the migrations of each database. It only looks: no statement that it shows is run."""
_EXAMPLES = """\
  sudo pgsop locks                                what waits, and what migrations do
  sudo pgsop locks --format json                  everything that is known, for programs
  pgsop locks --dsn 'host=localhost user=mon'     as another role, which may not see everything"""

#: Deeper than this, nothing is moved to the right any more.
_DEEPEST = 12
_ADVISORY = 10


def add(subparsers: Any) -> None:
    """Make the subcommand known."""
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
    """Show it."""
    target = find_target(arguments)
    config = config_of(target.cluster.version, target.cluster.name, target.path)
    become_target_owner(target, arguments)
    report = lock_report(target.cluster, config, dsn=target.dsn)
    if arguments.format == "json":
        terminal.say_json(old_keys.locks(report))
    else:
        for line in lines(report, columns()):
            terminal.say_painted(line)
    return 0


def lines(report: JudgedLockReport, wide: Optional[int]) -> Iterator[str]:
    """The lines, in colour where that is wanted.

    Args:
        report: what was found.
        wide: columns of the terminal; None for as many as it takes.
    """
    waiting = f"{counted(report['blocked'], 'session')} {'waits' if report['blocked'] == 1 else 'wait'} for a lock"
    server = f"PostgreSQL {printable(report['server_version'])}, cluster {printable(report['cluster'])}"
    yield f"{server}: {terminal.painted(waiting, WARNING) if report['blocked'] else 'no session waits for a lock'}"
    if report["hidden_sessions"]:
        text = f"{printable(report['role'])} may not see what {counted(report['hidden_sessions'], 'session')} do; grant it pg_monitor, or use sudo"
        yield f"{terminal.painted(UNKNOWN, UNKNOWN)}: {text}"
    for tree in report["trees"]:
        yield ""
        for node in tree["nodes"]:
            yield _node(node, wide)
        yield f"  {printable(tree['message'])}."
        for command in tree["statements"]:
            yield f"    {terminal.painted(printable(command['sql']), WARNING)}  -- {printable(command['effect'])}"
    yield from _others(report)


def _node(node: WaitNode, wide: Optional[int]) -> str:
    mark = f"{'   ' * (min(node['depth'], _DEEPEST) - 1)}└─ " if node["depth"] else ""
    who = (
        f"prepared transaction {node['gid']}"
        if node["gid"] is not None
        else str(node["pid"] or "a prepared transaction")
    )
    parts = [" ".join(each for each in (who, node["role"], node["database"], node["application"]) if each)]
    if node["repeated"]:
        parts.append("as above")
    else:
        parts += _doing(node)
    text = printable(f"{mark}{'; '.join(parts)}")
    return text if wide is None else cut(text, wide)


def _doing(node: WaitNode) -> Iterator[str]:
    if node["mode"]:
        waited = f" for {age(node['wait_age_s'])}" if node["wait_age_s"] is not None else ""
        yield f"waits{waited} for {node['mode']} on {node['object']}"
    elif node["state"]:
        yield node["state"] + (f" {age(node['state_age_s'])}" if node["state_age_s"] is not None else "")
    if node["transaction_age_s"] is not None:
        yield f"transaction {age(node['transaction_age_s'])}"
    if node["blocked_sessions"]:
        yield f"holds up {node['blocked_sessions']}"
    if node["holds"]:
        yield f"has {', '.join(node['holds'])}"
    if node["query"]:
        yield node["query"] + ("..." if node["truncated"] else "")


def _others(report: JudgedLockReport) -> Iterator[str]:
    parts = (
        ("Prepared transactions", [_prepared(each) for each in report["prepared"]]),
        ("Advisory locks", [_advisory(each) for each in report["advisory"]]),
        ("Migrations", [_migration(each) for each in report["migrations"]]),
        ("Leftovers of migrations", [_leftover(each) for each in report["leftovers"]]),
        (
            "Databases that cannot be read",
            [printable(f"  {name}: {why}") for name, why in report["inaccessible_databases"].items()],
        ),
    )
    for title, told in parts:
        if told:
            yield ""
            yield f"{title}:"
            yield from told[:_ADVISORY] if title == "Advisory locks" else told
            if title == "Advisory locks" and len(told) > _ADVISORY:
                yield f"  and {len(told) - _ADVISORY} more"
    for each in report["migrations"]:
        if each["status"] != OK and each["hint"]:
            yield printable(f"  Next step for {each['tool']} in {each['database']}: {each['hint']}")


def _leftover(each: Leftover) -> str:
    return printable(f"  {each['database']}: {each['message']}")


def _prepared(each: PreparedTransaction) -> str:
    return printable(
        f"  {each['gid']} of {each['owner']} in {each['database']}, {age(each['age_s'])} ago, holds up {each['blocked_sessions']}"
    )


def _advisory(each: AdvisoryLock) -> str:
    who = f"{each['pid'] or 'a prepared transaction'} {each['application'] or each['role'] or ''}".rstrip()
    verb = "held by" if each["granted"] else "wanted by"
    state = f", {each['state']}" if each["state"] else ""
    return printable(f"  {each['database']}: {each['lock']}, {verb} {who}{state}")


def _migration(each: MigrationRun) -> str:
    status = each["status"] if each["state"] not in (FINISHED, RUNNING) else OK
    since = f", begun {age(each['since_s'])} ago" if each["since_s"] is not None else ""
    told = f"{each['tool']} ({each['table']}): {each['reason']}{since}"
    return f"  {printable(each['database'])}: {terminal.painted(each['state'].upper(), status)} {printable(told)}"
