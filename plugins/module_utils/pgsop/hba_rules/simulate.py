# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulation of the server's choice of a rule: the first match decides; and rules that no connection can reach."""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from .rule import KINDS, HbaRule, Network, bare

#: Database keywords that depend on the role, so that nothing but the same word or "all" is sure to cover them.
_ROLE_WORDS = ("sameuser", "samerole", "samegroup")


@dataclass(frozen=True)
class LoginAttempt:
    """One attempt to connect.

    Attributes:
        kind: local, plain, ssl or gss.
        database: its name; ``replication`` for a replication connection, in quotes for a database of that name.
        user: name of the role.
        address: client address of a TCP connection; empty matches every address.
        groups: every role the user is a member of, directly or not.
    """

    kind: str
    database: str
    user: str
    address: str = ""
    groups: AbstractSet[str] = frozenset()


def first_match(rules: Iterable[HbaRule], attempt: LoginAttempt) -> HbaRule | None:
    """Return the rule that decides about the connection; None if no rule matches, which refuses it.

    Args:
        rules: the file, in order.
        attempt: the connection; a rule with a host name or samehost counts as a match of every address.
    """
    for rule in rules:
        if (
            attempt.kind in KINDS[rule.type]
            and any(_database_matches(word, attempt) for word in rule.databases)
            and any(_user_matches(word, attempt) for word in rule.users)
            and _address_matches(rule, attempt.address)
        ):
            return rule
    return None


def dead_rules(rules: Sequence[HbaRule]) -> list[tuple[HbaRule, list[HbaRule]]]:
    """Return the rules that no connection can reach, each with the earlier rules that take all its connections."""
    dead = []
    for index, rule in enumerate(rules):
        shadows: list[HbaRule] = []
        parts = itertools.product(KINDS[rule.type], rule.databases, rule.users)
        for kind, database, user in parts:
            cover = [earlier for earlier in rules[:index] if _covers(earlier, kind, database, user)]
            if not _covers_address(cover, rule):
                break
            shadows += [earlier for earlier in cover if earlier not in shadows]
        else:
            dead.append((rule, shadows))
    return dead


def rules_reached(rules: Sequence[HbaRule], user: str, groups: AbstractSet[str] = frozenset()) -> list[HbaRule]:
    """Return the rules that can decide about some connection of one role to a database; replication does not count.

    Args:
        rules: the file, in order.
        user: name of the role.
        groups: every role it is a member of, directly or not.
    """
    someone = LoginAttempt("", "", user, groups=groups)
    reached = []
    for index, rule in enumerate(rules):
        databases = [word for word in rule.databases if word != "replication"]
        if not any(_user_matches(word, someone) for word in rule.users):
            continue
        mine = [earlier for earlier in rules[:index] if any(_surely_matches(word, someone) for word in earlier.users)]
        for kind, database in itertools.product(KINDS[rule.type], databases):
            cover = [earlier for earlier in mine if kind in KINDS[earlier.type] and _covers_database(earlier, database)]
            if not _covers_address(cover, rule):
                reached.append(rule)
                break
    return reached


def _database_matches(word: str, attempt: LoginAttempt) -> bool:
    if "replication" in (attempt.database, word):
        return attempt.database == word
    if word == "all":
        return True
    if word == "sameuser":
        return bare(attempt.database) == attempt.user
    database = bare(attempt.database)
    if word in _ROLE_WORDS:
        return database == attempt.user or database in attempt.groups
    return _name_matches(word, database)


def _user_matches(word: str, attempt: LoginAttempt) -> bool:
    if word == "all":
        return True
    if word.startswith("+"):
        return word[1:] == attempt.user or word[1:] in attempt.groups
    return _name_matches(word, attempt.user)


def _name_matches(word: str, name: str) -> bool:
    if not word.startswith("/"):
        return bare(word) == name
    try:
        return re.search(word[1:], name) is not None
    except re.error:
        # The server's expressions know more than Python's; an unknown one counts as a match.
        return True


def _address_matches(rule: HbaRule, address: str) -> bool:
    if not address or rule.type == "local":
        return True
    if rule.network is None:
        # Host names and "samehost" include the loopback addresses or may do so.
        return True
    return ipaddress.ip_address(address) in rule.network


def _surely_matches(word: str, attempt: LoginAttempt) -> bool:
    """Match as _user_matches does, but reject an expression that Python cannot compile."""
    if word.startswith("/"):
        try:
            re.compile(word[1:])
        except re.error:
            return False
    return _user_matches(word, attempt)


def _covers(rule: HbaRule, kind: str, database: str, user: str) -> bool:
    """Return whether every connection of that kind, database word and user word matches, addresses aside."""
    user_covered = "all" in rule.users or user in rule.users
    return kind in KINDS[rule.type] and user_covered and _covers_database(rule, database)


def _covers_database(rule: HbaRule, database: str) -> bool:
    return database in rule.databases or ("all" in rule.databases and database != "replication")


def _covers_address(cover: Sequence[HbaRule], rule: HbaRule) -> bool:
    if rule.type == "local":
        return bool(cover)
    if any(earlier.address in ("all", rule.address) for earlier in cover):
        return True
    if rule.address == "all":
        wanted: list[Network] = [ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")]
    elif rule.network is not None:
        wanted = [rule.network]
    else:
        return False
    given = [network for earlier in cover for network in _networks(earlier)]
    return all(_inside(network, given) for network in wanted)


def _networks(rule: HbaRule) -> list[Network]:
    """Return the networks that the rule's address includes for certain; empty for a host name."""
    if rule.address in ("samehost", "samenet"):
        return [ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("::1/128")]
    return [rule.network] if rule.network is not None else []


def _inside(network: Network, others: Sequence[Network]) -> bool:
    if isinstance(network, ipaddress.IPv4Network):
        fours = [other for other in others if isinstance(other, ipaddress.IPv4Network)]
        return any(network.subnet_of(other) for other in ipaddress.collapse_addresses(fours))
    sixes = [other for other in others if isinstance(other, ipaddress.IPv6Network)]
    return any(network.subnet_of(other) for other in ipaddress.collapse_addresses(sixes))
