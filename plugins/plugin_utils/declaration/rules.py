# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the roles require of their variables beyond types, each rule in one place; all types are right when they are asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.aerovista.postgresql.plugins.filter.schedule_problems import schedule_problems
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import (
    variable_problems as backup_problems,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.declaration import (
    problems as database_problems,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.monitoring_logins import (
    login_problems,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.declared import OLDEST_MAJOR
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.ident import problems as ident_problems
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.policy import (
    problems as hba_policy_problems,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import parse_all
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.declaration import (
    variable_problems as health_problems,
)

from .values import shown

Variables = Mapping[str, Any]


class Range(NamedTuple):
    """Whole numbers that a variable may have, both limits included."""

    least: int
    most: int


#: A server takes two digits for a major version; the next ones come once a year.
_MAJOR = Range(OLDEST_MAJOR, 30)
_PORT = Range(1, 65535)
#: The longest time in milliseconds that a setting of the server holds (an int of 32 bits).
_MOST_MS = 2**31 - 1
RANGES: Mapping[str, Range] = {
    "postgresql_version": _MAJOR,
    "pg_install_version": _MAJOR,
    "pg_install_port": _PORT,
    "pg_hardening_version": _MAJOR,
    "pg_hardening_port": _PORT,
    "pg_tuning_version": _MAJOR,
    "pg_tuning_memory_mb": Range(256, 2**31 - 1),
    "pg_bootstrap_version": _MAJOR,
    "pg_bootstrap_lock_timeout_s": Range(1, _MOST_MS // 1000),
    "pg_bootstrap_attempts": Range(1, 100),
    "pg_backup_version": _MAJOR,
    "pg_backup_jobs": Range(1, 1000),
    "pg_backup_restore_jobs": Range(0, 1000),
    "pg_backup_lock_wait_timeout_s": Range(1, _MOST_MS // 1000),
    "pg_backup_keep_days": Range(0, 36500),
    "pg_backup_keep_sets": Range(1, 36500),
    "pg_backup_copy_timeout_s": Range(1, 7 * 86400),
    "pg_backup_age_warn_h": Range(1, 87600),
    "pg_backup_age_crit_h": Range(1, 87600),
    "pg_backup_drill_warn_d": Range(1, 3650),
    "pg_backup_drill_crit_d": Range(1, 3650),
    "pg_backup_shrink_warn_percent": Range(1, 100),
    "pg_monitoring_version": _MAJOR,
    "pg_monitoring_statement_timeout_ms": Range(10, _MOST_MS),
    "pg_monitoring_deadline_s": Range(1, 86400),
    "pg_monitoring_interval_minutes": Range(1, 60),
}
_UNIT_PATH = re.compile(r"(/[^/%\"'\s]+)+")
#: Lists of texts: the form of an entry, and how a sentence names it.
_LISTS = {
    "pg_hardening_listen_addresses": (
        re.compile(r"localhost|::1|127\.\d{1,3}\.\d{1,3}\.\d{1,3}"),
        "addresses of the host itself: localhost, 127.0.0.0/8 and ::1",
    ),
    "pg_hardening_socket_directories": (
        re.compile(r"@?(/[^/,\"'\s]+)+"),
        "absolute paths without commas, quotes and spaces",
    ),
    "pg_hardening_sandbox_write_paths": (_UNIT_PATH, "absolute paths without spaces, quotes and %"),
}
_MAY_BE_EMPTY = ("pg_hardening_sandbox_write_paths",)
_OWN_VARIABLE = {
    "listen_addresses": "pg_hardening_listen_addresses",
    "port": "pg_hardening_port",
    "ssl": "pg_hardening_ssl",
}
_NAMES = {
    "pg_install_cluster": (re.compile(r"[A-Za-z0-9_.]+"), "letters, digits, dots and underscores"),
    "pg_install_locale": (re.compile(r"[A-Za-z0-9_.@-]+"), "a name of 'locale -a'"),
}
_ADDRESS = re.compile(r"(https?|file)://\S+")


def range_problems(name: str, value: Any) -> Iterator[str]:
    """Yield that a whole number is out of the range of its variable, as a sentence.

    Args:
        name: of the variable.
        value: of the type that its argument spec gives.
    """
    least, most = RANGES.get(name, (None, None))
    if least is not None and most is not None and value is not None and not least <= int(value) <= most:
        yield f"{name} is {int(value)} and must be from {least} to {most}"


def _install_problems(variables: Variables) -> Iterator[str]:
    for name, (pattern, form) in _NAMES.items():
        if not pattern.fullmatch(variables[name]):
            yield f"{name} is {shown(variables[name])} and must be of {form}"
    for name in ("pg_install_pgdg_uri", "pg_install_pgdg_key"):
        if not _ADDRESS.fullmatch(variables[name]):
            yield f"{name} is {shown(variables[name])} and must be an address like https://HOST/PATH"


def _hardening_problems(variables: Variables) -> Iterator[str]:
    for name, (pattern, form) in _LISTS.items():
        wrong = [each for each in variables[name] if not pattern.fullmatch(each)]
        if wrong or (not variables[name] and name not in _MAY_BE_EMPTY):
            yield f"{name} holds {', '.join(wrong) or 'nothing'} and must hold {form}"
    for name in variables["pg_hardening_settings"]:
        if str(name).lower() in _OWN_VARIABLE:
            yield f"pg_hardening_settings has {name}, for which there is a variable {_OWN_VARIABLE[str(name).lower()]}"
    rules, found = parse_all(variables["__pg_hardening_hba_rules"])
    found = found or hba_policy_problems(rules, administrator="postgres")
    yield from (f"pg_hardening_hba_rules: {problem}" for problem in found)
    yield from (
        f"pg_hardening_ident_maps: {problem}" for problem in ident_problems(variables["pg_hardening_ident_maps"])
    )
    yield from _directive_problems(variables["pg_hardening_sandbox_directives"])
    yield from _setting_values("pg_hardening_settings", variables)


def _directive_problems(directives: Mapping[Any, Any]) -> Iterator[str]:
    for name, value in directives.items():
        items = value if isinstance(value, (list, tuple)) else [value]
        if any(isinstance(item, (Mapping, list, tuple)) for item in items):
            yield f"pg_hardening_sandbox_directives: {name} is {shown(value)} and must be text or a list of texts"


def _tuning_problems(variables: Variables) -> Iterator[str]:
    yield from _setting_values("pg_tuning_settings", variables)


def _setting_values(name: str, variables: Variables) -> Iterator[str]:
    for setting, value in variables[name].items():
        if value is None:
            yield f"{name}: {setting} has no value; remove the line, or give one"
        elif not isinstance(value, (str, int, float)):
            yield f"{name}: {setting} is {shown(value)} and must be text, a number or a boolean"


def _bootstrap_problems(variables: Variables) -> Iterator[str]:
    databases, roles = variables["pg_bootstrap_databases"], variables["pg_bootstrap_roles"]
    for problem in database_problems(databases, roles, variables["pg_bootstrap_public_connect"]):
        yield f"{_bootstrap_variable(problem, roles)}{problem}"


def _bootstrap_variable(problem: str, roles: list[Mapping[str, Any]]) -> str:
    """Return the beginning of a sentence: the variable that it is about."""
    for start in ("databases", "roles", "public_connect"):
        if problem.startswith(start):
            return "pg_bootstrap_"
    names = [str(role.get("name")) for role in roles if isinstance(role, Mapping)]
    of_roles = any(re.match(rf"role {re.escape(name)}\b", problem) for name in names)
    return "pg_bootstrap_roles: " if of_roles else "pg_bootstrap_databases: "


def _backup_problems(variables: Variables) -> Iterator[str]:
    yield from backup_problems(variables["__pg_backup_config"])
    yield from schedule_problems(
        {
            "schedule": variables["pg_backup_schedule"],
            "time": variables["pg_backup_schedule_time"],
            "timezone": variables["pg_backup_schedule_timezone"],
            "drill_weekday": variables["pg_backup_drill_weekday"],
            "drill_time": variables["pg_backup_drill_time"],
        }
    )
    directory = variables["pg_backup_directory"]
    if not re.fullmatch(r"[^%\"\s]+", directory):
        yield f"pg_backup_directory is {shown(directory)} and must be without spaces, quotes and %, for units of systemd"
    drilled = variables["pg_backup_drill_weekday"] != "never"
    if drilled and variables["pg_backup_encryption_recipients"] and not variables["pg_backup_encryption_identity_file"]:
        yield (
            "pg_backup_encryption_recipients without pg_backup_encryption_identity_file: nothing can be decrypted on this host, so name"
            " the key, or set pg_backup_drill_weekday to never"
        )


def _monitoring_problems(variables: Variables) -> Iterator[str]:
    yield from login_problems(variables["pg_monitoring_logins"])
    yield from health_problems(variables["__pg_monitoring_config"])
    minutes = int(variables["pg_monitoring_interval_minutes"])
    if variables["pg_monitoring_schedule"] == "cron" and 60 % minutes:
        yield f"pg_monitoring_interval_minutes is {minutes} and must divide 60, for cron"
    for name in ("pg_monitoring_textfile_directory", "pg_monitoring_share_directory"):
        if variables[name] and not _UNIT_PATH.fullmatch(variables[name]):
            yield f"{name} is {shown(variables[name])} and must be an absolute path without spaces, quotes and %, or empty"


class Rules(NamedTuple):
    """The rules of one role.

    Attributes:
        problems: yields each rule that the variables of all roles break, as a sentence with the name of the variable. Each variable of the
            role has the type and the range that it must have.
        computed: what the role computes from its variables, and the rules read.
    """

    problems: Callable[[Variables], Iterator[str]]
    computed: tuple[str, ...] = ()


RULES: Mapping[str, Rules] = {
    "pg_install": Rules(_install_problems),
    "pg_hardening": Rules(_hardening_problems, ("__pg_hardening_hba_rules",)),
    "pg_tuning": Rules(_tuning_problems),
    "pg_bootstrap": Rules(_bootstrap_problems),
    "pg_backup": Rules(_backup_problems, ("__pg_backup_config",)),
    "pg_monitoring": Rules(_monitoring_problems, ("__pg_monitoring_config",)),
}
