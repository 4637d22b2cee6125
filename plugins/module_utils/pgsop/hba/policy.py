# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that must not be in an HBA file on a host with a server for local use only."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from ..hba_rules.rule import KINDS, HbaRule
from ..hba_rules.simulate import dead_rules, rules_reached

#: Methods that accept a login without a secret, or with one that can be read or replayed.
WEAK_METHODS: Mapping[str, str] = {
    "trust": "lets anybody in without a password",
    "password": "sends the password in clear",
    "md5": "accepts verifiers that are deprecated and can be replayed",
    "ident": "believes what the client's host says",
}
#: Major version since which a name that begins with a slash is a regular expression.
_EXPRESSIONS_SINCE = 16
_LOOPBACK_4 = ipaddress.IPv4Network("127.0.0.0/8")
_LOOPBACK_6 = ipaddress.IPv6Network("::1/128")


def problems(rules: Sequence[HbaRule], *, administrator: str) -> list[str]:
    """Return the faults of the file that can be found without a server, as sentences.

    They are weak methods, addresses beyond loopback, dead rules and a lockout of the administrator.

    Args:
        rules: the file, in order.
        administrator: role that must keep its local login; backups and all of Debian's tools need it.
    """
    found = [problem for rule in rules for problem in _weaknesses(rule)]
    found += [
        f"{rule} can never match, because of {shadows[0]} before it: put it first or drop it"
        for rule, shadows in dead_rules(rules)
    ]
    return found + lockouts(rules, administrator)


def lockouts(rules: Sequence[HbaRule], administrator: str) -> list[str]:
    """Return a sentence if the administrator could not reach every database over the socket by peer authentication.

    Args:
        rules: the file, in order.
        administrator: its role.
    """
    login = HbaRule("local", ("all",), (administrator,), "peer")
    reached = [rule for rule in rules_reached([*rules, login], administrator) if rule.type == "local"]
    wrong = [rule for rule in reached if rule.method != "peer"]
    if not wrong and not any(rule is login for rule in reached):
        return []
    decided = f"{wrong[0]} decides about it" if wrong else "no rule matches it"
    problem = (
        f"the local login of {administrator} by peer would be locked out ({decided}):"
        f" start with 'local all {administrator} peer'"
    )
    return [problem]


def md5_lockouts(rules: Sequence[HbaRule], roles: Mapping[str, AbstractSet[str]]) -> list[str]:
    """Return the roles with an md5 verifier that would meet a SCRAM rule, which never accepts it.

    Args:
        rules: the file, in order.
        roles: login roles with an md5 verifier, each with the roles it is a member of.
    """
    return [
        role
        for role, groups in sorted(roles.items())
        if any(rule.method == "scram-sha-256" for rule in rules_reached(rules, role, groups))
    ]


def unusable_without_ssl(rules: Sequence[HbaRule]) -> list[str]:
    """Return a sentence for each rule of type hostssl, which no connection meets if ssl is off."""
    return [
        f"{rule} can never match, because the server's ssl is off" for rule in rules if KINDS[rule.type] == ("ssl",)
    ]


def unknown_to_version(rules: Sequence[HbaRule], version: int) -> list[str]:
    """Return a sentence for each rule with a regular expression, if the major version takes it for a plain name.

    Versions before 16 do so without a warning.
    """
    if version >= _EXPRESSIONS_SINCE:
        return []
    return [
        f"{rule}: regular expressions work from version {_EXPRESSIONS_SINCE} on, this is {version}: list the names"
        for rule in rules
        if any(word.startswith("/") for word in rule.databases + rule.users)
    ]


def _weaknesses(rule: HbaRule) -> list[str]:
    if rule.exception or rule.method == "reject":
        return []
    found = []
    if rule.method in WEAK_METHODS:
        found.append(f"{rule}: {rule.method} {WEAK_METHODS[rule.method]}: use scram-sha-256, or peer for local")
    if rule.type != "local" and not is_loopback(rule):
        found.append(f"{rule}: {rule.address} is not a loopback address: use 127.0.0.1/32 and ::1/128")
    hint = "; where it has to be, give the rule a key exception with the reason"
    return [problem + hint for problem in found]


def is_loopback(rule: HbaRule) -> bool:
    """Return whether the rule accepts connections from this host only."""
    network = rule.network
    if network is None:
        return rule.address == "localhost"
    if isinstance(network, ipaddress.IPv4Network):
        return network.subnet_of(_LOOPBACK_4)
    return network.subnet_of(_LOOPBACK_6)
