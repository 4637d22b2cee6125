# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callback summary."""

from __future__ import annotations

DOCUMENTATION = r"""
name: summary
type: aggregate
short_description: Say after the recap what a run has reached on each host
version_added: 0.1.0
author: Nexus TechWorks (@nexus-techworks)
description:
  - Collects what the modules of this collection returned and prints it once, at the end, per host.
  - Ends with the next command, while there is no backup yet.
  - Says what waits for a restart, what differs from a new cluster, what puts data at risk for a database or role, what was lowered to
    fit the host, which databases and roles are as declared, and what was found beyond the declaration.
  - If a run stopped, says which roles were done before, and which were not begun.
requirements:
  - Enable it with C(callbacks_enabled = aerovista.postgresql.summary) in C(ansible.cfg).
options:
  detail:
    description:
      - How much to print.
      - With V(full), also HBA rules, every managed setting with the reason for its value, what roles showed at a login, and how
        long the run took.
    type: str
    choices:
      - brief
      - full
    default: brief
    env:
      - name: PGSOP_SUMMARY
    ini:
      - section: pgsop
        key: summary
"""

import shlex
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase

from ansible_collections.aerovista.postgresql.plugins.plugin_utils.progress import Progress

_COLLECTION = "aerovista.postgresql"
_MODULES = f"{_COLLECTION}."
_PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"
_WIDTH = 120
_NAMES = 10
#: Name of the link to the newest backup set.
_NEWEST_SET = "/latest"


class CallbackModule(CallbackBase):
    """Collect results by host and print them in a fixed order."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "aerovista.postgresql.summary"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._hosts: dict[str, dict[str, dict[str, Any]]] = {}
        self._started = time.monotonic()
        self._progress = Progress(dict(context.CLIARGS or {}).get("tags", ()))
        self._own_playbook = self._ours = False

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Note whether a playbook of this collection was started."""
        self._own_playbook = Path(getattr(playbook, "_file_name", None) or "").resolve().parent == _PLAYBOOKS

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Note the roles of this collection that a play has."""
        roles = [_role_name(role) for role in play.get_roles()]
        self._ours = any(roles) or self._own_playbook
        self._progress.plan([role for role in roles if role])

    def v2_playbook_on_no_hosts_matched(self) -> None:
        """Note that a play with roles of this collection had no host."""
        self._progress.without_hosts |= self._ours

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """Note how far a host came."""
        role = _role_name(getattr(task, "_role", None))
        if role:
            self._progress.began(host.get_name(), role)

    def v2_runner_on_ok(self, result: Any) -> None:
        """Keep the last answer of each module; a caller of pg_settings counts as a module of its own."""
        action = str(_part(result, "task").action)
        answer = _part(result, "result")
        # A loop has one answer for each of its items, which come by themselves.
        if not action.startswith(_MODULES) or "results" in answer:
            return
        host = self._hosts.setdefault(_part(result, "host").get_name(), {})
        key = f"{action[len(_MODULES) :]} {answer.get('file', '')}".strip()
        if "files" in answer:
            # Each role asks for files of its own.
            answer = {**answer, "files": {**host.get(key, {}).get("files", {}), **answer["files"]}}
        host[key] = answer

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Print the report of each host after the recap."""
        stopped = {
            host: self._progress.stopped(host)
            for host, counts in ((host, stats.summarize(host)) for host in stats.processed)
            if counts["failures"] or counts["unreachable"]
        }
        if not self._hosts and not any(stopped.values()) and not self._progress.without_hosts:
            return
        full = self.get_option("detail") == "full"
        self._display.banner("POSTGRESQL")
        if self._progress.without_hosts:
            self._display.display(
                "No host of group postgresql is among those that this run was given (--limit), so nothing was done there."
                " Next step: ansible-inventory --graph postgresql"
            )
        for host in sorted({*self._hosts, *(name for name, sentence in stopped.items() if sentence)}):
            for line in report(host, self._hosts.get(host, {}), full=full):
                self._display.display(line)
            if stopped.get(host):
                self._display.display(f"  {stopped[host]}")
        if full:
            self._display.display(f"\nTook {time.monotonic() - self._started:.0f} s.")


def _role_name(role: Any) -> str:
    """Return the short name of a role of this collection, empty for any other role."""
    collection, _dot, name = role.get_name().rpartition(".") if role is not None else ("", "", "")
    return str(name) if collection == _COLLECTION else ""


def _part(result: Any, name: str) -> Any:
    """Return a part of a task's result; before ansible-core 2.19 its name begins with an underscore."""
    return getattr(result, name) if hasattr(result, name) else getattr(result, f"_{name}")


def report(host: str, answers: Mapping[str, Mapping[str, Any]], *, full: bool) -> list[str]:
    """Return the lines about one host.

    Args:
        host: its name.
        answers: the modules' return values, by module name, and by module name and file if the module manages files.
        full: with rules, settings and reasons.
    """
    lines = [f"{host}: {_server(answers)}"]
    topics = [_waiting, _differences, _overrides, _replaced, _ident, _lowered, _md5, _databases, _beyond]
    if full:
        topics += [_rules, _settings, _proof]
    topics += [_next_step]
    for topic in topics:
        lines += [f"  {line}" if line else "" for line in topic(answers)]
    return lines


def _of(answers: Mapping[str, Mapping[str, Any]], module: str) -> Iterator[Mapping[str, Any]]:
    return (answer for key, answer in answers.items() if key.split(" ")[0] == module)


def _server(answers: Mapping[str, Mapping[str, Any]]) -> str:
    words = []
    for info in _of(answers, "pg_cluster_info"):
        server = info.get("server") or {}
        if server.get("answers"):
            listeners = ", ".join(server["listeners"]) or "no TCP address"
            words.append(f"PostgreSQL {server['version']} answers, listening on {listeners}")
        else:
            words.append(server.get("forecast") or "no server answers yet")
    if not words and any(answer["validated"] for answer in _of(answers, "pg_databases")):
        words.append("PostgreSQL answers")
    for sandbox in _of(answers, "pg_sandbox"):
        if not sandbox["supported"]:
            words.append("no systemd, so no sandbox")
        elif sandbox["exposure"] is not None:
            words.append(f"exposure {sandbox['exposure']} of 10")
            words.append(f"local-only by the kernel: {sandbox['ip_filter']}")
    return "; ".join(words) or "nothing looked at"


def _waiting(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    names = {name for answer in _of(answers, "pg_settings") for name in answer["pending_restart"]}
    units = {answer["file"] for answer in _of(answers, "pg_sandbox") if answer["pending_restart"]}
    waiting = sorted(names) + sorted(units)
    yield f"waiting for a restart: {', '.join(waiting) or 'nothing'}"


def _differences(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for info in _of(answers, "pg_cluster_info"):
        yield from (f"reported, not changed: {difference}" for difference in info["differences"])


def _overrides(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Values of databases and roles, without those that this run resets because it manages the database or role."""
    reset = {each.get("statement") for answer in _of(answers, "pg_databases") for each in answer["statements"]}
    for answer in _of(answers, "pg_settings"):
        for found in answer.get("overrides", ()):
            if found["statement"] not in reset:
                typed = f"sudo -u postgres psql -c {shlex.quote(found['statement'])}"
                yield f"reported, not changed: {found['message']}. Next step: {typed}"


def _replaced(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for answer in _of(answers, "pg_cli"):
        for path in answer.get("replaced", ()):
            yield (
                f"replaced: a file that was not pgsop was in the place of {answer['path']}, and is kept as {path}."
                f" Next step: check it, then remove it: sudo less {path}"
            )


def _ident(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for hba in _of(answers, "pg_hba"):
        yield from (f"reported, not changed: {line}" for line in hba.get("ident_lines", ()))


def _lowered(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for info in _of(answers, "pg_tuning_info"):
        yield from (f"lowered to fit the host: {sentence}" for sentence in info["lowered"])


def _md5(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for hba in _of(answers, "pg_hba"):
        if hba["md5_roles"]:
            yield f"roles with an md5 verifier, let in by an exception: {', '.join(hba['md5_roles'])}"


def _databases(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for answer in _of(answers, "pg_databases"):
        count = len(answer["statements"])
        # Without a declaration, the module only drops monitoring logins that left the list.
        if not (count or answer["databases"] or answer["roles"]):
            continue
        what = f"{count} statement{'s' if count > 1 else ''}" if count else "nothing to change"
        if answer.get("forecast"):
            what = f"what they need is not known yet: {answer['forecast']}"
        mark = "" if answer["validated"] or answer.get("forecast") else ", not yet validated by a server"
        yield f"databases: {_some(answer['databases'])}; roles: {_some(answer['roles'])}; {what}{mark}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return (", ".join(names[:_NAMES]) or "none") + more


def _beyond(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for answer in _of(answers, "pg_databases"):
        for finding in answer["reported"]:
            if finding["status"] != "OK":
                step = f". Next step: {finding['hint']}" if finding.get("hint") else ""
                yield f"reported, not changed: {finding['message']}{step}"


def _next_step(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Name the first backup, while a server runs and role pg_backup has found no set."""
    for info in _of(answers, "pg_cluster_info"):
        newest = [file["exists"] for path, file in info.get("files", {}).items() if path.endswith(_NEWEST_SET)]
        if (info.get("server") or {}).get("answers") and newest and not any(newest):
            yield "Next step: sudo pgsop backup (there is no backup yet)"


def _rules(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for hba in _of(answers, "pg_hba"):
        yield from ["", f"Who may log in ({hba['file']}, the first match decides):"]
        yield from (f"  {rule}" for rule in hba["rules"])


def _settings(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for answer in _of(answers, "pg_settings"):
        yield from ["", f"Settings ({answer['file']}):"]
        cells = [(f"{item['name']} = {item['value']}", item["reason"]) for item in answer["settings"]]
        width = min(max((len(left) for left, _reason in cells), default=0), _WIDTH // 2)
        for left, reason in cells:
            first, *rest = textwrap.wrap(reason, _WIDTH - width - 6) or [""]
            yield f"  {left.ljust(width)}  {first}".rstrip()
            yield from (f"  {' ' * width}  {line}" for line in rest)
    for info in _of(answers, "pg_tuning_info"):
        budget, memory = info["budget"], info["memory"]
        yield from ["", f"Memory: {memory['mb']} MB ({memory['source']})."]
        yield f"  Worst case {budget['worst_case_mb']} MB of {budget['limit_mb']} MB that may be used."


def _proof(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for answer in _of(answers, "pg_databases"):
        if answer["proof"]:
            yield from ["", "What roles may do, shown by logging in:"]
        for shown in answer["proof"]:
            may = f"may {', '.join(shown['may']) or 'nothing'}"
            words = f"{may}; may not {', '.join(shown['may_not'])}" if shown["login"] else "is not let in"
            yield from textwrap.wrap(
                f"{shown['role']} in {shown['database']} {words}",
                _WIDTH - 2,
                initial_indent="  ",
                subsequent_indent="    ",
            )
