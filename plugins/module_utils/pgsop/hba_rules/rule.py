# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line of pg_hba.conf: checked on the way in, written on the way out.

Syntax: the server's manual, chapter "The pg_hba.conf File".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"

#: Connection types of a line, and the kinds of connection each of them takes.
KINDS: Mapping[str, tuple[str, ...]] = {
    "local": ("local",),
    "host": ("ssl", "gss", "plain"),
    "hostssl": ("ssl",),
    "hostnossl": ("gss", "plain"),
    "hostgssenc": ("gss",),
    "hostnogssenc": ("ssl", "plain"),
}
METHODS = (
    "peer",
    "scram-sha-256",
    "cert",
    "reject",
    "gss",
    "ldap",
    "radius",
    "pam",
    "bsd",
    "sspi",
    "oauth",
    "trust",
    "md5",
    "password",
    "ident",
)
#: Words that are not names unless they are in quotes.
KEYWORDS = ("all", "sameuser", "samerole", "samegroup", "replication")
#: A word that begins with one of these is not a name unless it is in quotes.
_MARKS = ("+", "@")
#: Addresses that are words, not numbers.
ADDRESS_WORDS = ("all", "samehost", "samenet")
_SWITCHES = ("compat_realm", "include_realm", "ldaptls", "pam_use_hostname", "upn_username")
_KEYS = ("type", "database", "user", "address", "method", "options", "comment", "exception")
_PLAIN = re.compile(r"[A-Za-z0-9_.+/@$-]+")
_HOST_NAME = re.compile(r"\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_JOINS = chr(92)
#: Options with a password as value, as they are written in the file.
_SECRET_OPTIONS = ("ldapbindpasswd", "radiussecrets")
_WORDS = "|".join(_SECRET_OPTIONS)
_SECRET = re.compile(rf'"({_WORDS})=[^"]*"?|\b({_WORDS})=(?:"[^"]*"?|[^\s"])*')
_COLUMNS = (8, 16, 16, 24)


@dataclass(frozen=True)
class HbaRule:
    """One rule of pg_hba.conf.

    Attributes:
        type: connection type, a key of ``KINDS``.
        databases: names or keywords; in double quotes, a name that would be a keyword without them.
        users: role names or keywords, ``+group``, ``/regex``; quotes as above.
        address: network in CIDR form, host name or word; empty for ``local``.
        options: (name, value) in order.
        exception: reason to accept a rule that would be refused otherwise.
    """

    type: str
    databases: tuple[str, ...]
    users: tuple[str, ...]
    method: str
    address: str = ""
    options: tuple[tuple[str, str], ...] = ()
    comment: str = ""
    exception: str = ""

    @property
    def network(self) -> Network | None:
        """Return the address as a network; None for a word or a host name."""
        try:
            return ipaddress.ip_network(self.address) if self.address else None
        except ValueError:
            return None

    def line(self) -> str:
        """Return the rule as written to the file, without its comment; passwords are in clear."""
        options = [f"{name}={_quoted(value)}" for name, value in self.options]
        cells = [self.type, ",".join(map(_quoted, self.databases)), ",".join(map(_quoted, self.users)), self.address]
        padded = "".join(f"{cell} ".ljust(width) for cell, width in zip(cells, _COLUMNS, strict=False))
        return " ".join([padded + self.method, *options])

    def __str__(self) -> str:
        """Return the rule for an error message, in quotes and without passwords."""
        return "'" + " ".join(without_secrets(self.line()).split()) + "'"

    def key(self) -> tuple[Any, ...]:
        """Return the fields that make it the same rule as one that the server shows.

        Comments do not count, and of the options only the map: the server checks all of them, but spells most in its
        own way and adds others.
        """
        maps = tuple(value for name, value in self.options if name == "map")
        # The server shows a name without its quotes.
        databases, users = tuple(map(bare, self.databases)), tuple(map(bare, self.users))
        return (self.type, databases, users, self.address, self.method, maps)


def without_secrets(text: str) -> str:
    """Return lines of the file for a message or a diff, with *** in place of passwords."""
    return _SECRET.sub(lambda found: f"{found.group(1) or found.group(2)}=***", text)


def bare(word: str) -> str:
    """Return a word without its quotes."""
    return word[1:-1] if is_quoted(word) else word


def is_quoted(word: str) -> bool:
    """Return whether a word is in double quotes, and therefore always a name."""
    return len(word) > 1 and word.startswith('"') and word.endswith('"')


def render(rules: Iterable[HbaRule], name: str) -> str:
    """Return the whole file.

    Args:
        rules: in order.
        name: the caller, for the header.
    """
    head = f"# Managed by Ansible, aerovista.postgresql, for {_one_line(name, 'name')}: changes made here are overwritten.\n"
    titles = zip(("# TYPE", "DATABASE", "USER", "ADDRESS"), _COLUMNS, strict=False)
    columns = "".join(f"{title} ".ljust(width) for title, width in titles)
    lines = [head, "# The first rule that matches decides; what no rule matches is refused.\n", f"{columns}METHOD\n"]
    for rule in rules:
        remarks = [rule.comment, f"Exception: {rule.exception}" if rule.exception else ""]
        # A backslash at the end of a line would join the next one to it, in a comment too.
        lines += [f"# {remark}{' .' if remark.endswith(_JOINS) else ''}\n" for remark in remarks if remark]
        lines.append(rule.line() + "\n")
    return "".join(lines)


def parse(entry: Mapping[str, Any]) -> HbaRule:
    """Return the rule of an entry of the inventory.

    Raises:
        ValueError: the entry is not a rule; the message names the key.
    """
    unknown = sorted(map(str, set(entry) - set(_KEYS)))
    if unknown:
        raise ValueError(f"unknown key {', '.join(unknown)}; a rule has {', '.join(_KEYS)}")
    kind, method = str(entry.get("type") or ""), str(entry.get("method") or "")
    if kind not in KINDS:
        raise ValueError(f"type {kind!r} is not one of {', '.join(KINDS)}")
    if method not in METHODS:
        raise ValueError(f"method {method!r} is not one of {', '.join(METHODS)}")
    _refuse_wrong_method(kind, method)
    return HbaRule(
        type=kind,
        databases=_names(entry.get("database", "all"), "database"),
        users=_names(entry.get("user", "all"), "user"),
        method=method,
        address=_address(kind, entry.get("address")),
        options=_options(entry.get("options") or {}),
        comment=_one_line(entry.get("comment"), "comment"),
        exception=_one_line(entry.get("exception"), "exception"),
    )


def parse_all(entries: Iterable[Mapping[str, Any]]) -> tuple[list[HbaRule], list[str]]:
    """Return the rules of all valid entries, and a sentence for each invalid one, numbered from 1."""
    if not isinstance(entries, (list, tuple)):
        return [], [f"rules {entries!r} are not a list"]
    rules, problems = [], []
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            problems.append(f"rule {number}: {without_secrets(repr(entry))} is not a mapping with {', '.join(_KEYS)}")
            continue
        try:
            rules.append(parse(entry))
        except ValueError as error:
            problems.append(f"rule {number}: {error}")
    return rules, problems


def from_server(row: Mapping[str, Any]) -> HbaRule:
    """Return the rule of a row of pg_hba_file_rules without an error."""
    address = row["address"] or ""
    if address and row["netmask"]:
        network = ipaddress.ip_network(address)
        bits = int(ipaddress.ip_address(row["netmask"])).bit_count()
        address = f"{network.network_address}/{bits}"
    pairs = [option.partition("=") for option in row["options"] or ()]
    return HbaRule(
        type=row["type"],
        databases=tuple(row["database"]),
        users=tuple(row["user_name"]),
        method=row["auth_method"],
        address=address,
        options=tuple((name, value) for name, _sign, value in pairs),
    )


def _refuse_wrong_method(kind: str, method: str) -> None:
    if method == "peer" and kind != "local":
        raise ValueError("method peer works on type local only")
    if method in ("ident", "gss", "sspi") and kind == "local":
        raise ValueError(f"method {method} does not work on type local")
    if method == "cert" and kind != "hostssl":
        raise ValueError("method cert works on type hostssl only")


def _names(value: Any, key: str) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not names or not all(isinstance(n, str) and n for n in names):
        raise ValueError(f"{key} {value!r} is not a name or a list of names")
    return tuple(_word(name, key) for name in names)


def _word(written: str, key: str) -> str:
    """Return a word in one form: in quotes only if a name would be something else without them."""
    name = bare(written)
    if not name or any(character in name for character in '"\n\r\0'):
        raise ValueError(f"{key} {name!r} has a character that the file cannot hold")
    if is_quoted(written):
        return _name(name, key)
    if name.startswith("@"):
        raise ValueError(f"{key} {name!r} would read names from a file nobody manages; list the names")
    if name.startswith("+") and not _PLAIN.fullmatch(name):
        raise ValueError(f"{key} {name!r} would need quotes, and in quotes the server takes + for part of a name")
    return name


def _name(name: str, key: str) -> str:
    if name.startswith("/"):
        raise ValueError(
            f"{key} {name!r} cannot be written as a name: from version 16 on the server takes what begins with a slash"
            " for a regular expression, in quotes too"
        )
    return f'"{name}"' if name in KEYWORDS or name.startswith(_MARKS) else name


def _address(kind: str, value: Any) -> str:
    if kind == "local":
        if value:
            raise ValueError("type local takes no address")
        return ""
    text = str(value or "").strip()
    if text in ADDRESS_WORDS:
        return text
    if "/" in text or ":" in text or text.replace(".", "").isdigit():
        if "/" not in text:
            raise ValueError(f"address {text!r} needs a prefix length, for one host /32 or /128")
        if "%" in text:
            raise ValueError(f"address {text!r} names an interface, which the file cannot hold")
        try:
            return str(ipaddress.ip_network(text))
        except ValueError as error:
            raise ValueError(f"address {error}") from error
    if not _HOST_NAME.fullmatch(text):
        raise ValueError(f"address {text!r} is neither a network nor a host name")
    return text


def _options(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    pairs = value.items() if isinstance(value, Mapping) else None
    if pairs is None:
        raise ValueError(f"options {without_secrets(repr(value))} are not a mapping")
    return tuple((str(name), _option(str(name), text)) for name, text in pairs)


def _option(name: str, value: Any) -> str:
    shown = "***" if name in _SECRET_OPTIONS else repr(value)
    if type(value) not in (str, int, bool):
        raise ValueError(f"option {name} takes a text, not {shown}")
    text = str(int(value)) if isinstance(value, bool) else str(value)
    if name in _SWITCHES and text not in ("0", "1"):
        raise ValueError(
            f"option {name}={text} must be 0 or 1: the server takes anything but 1 for off, without a word"
        )
    if not re.fullmatch(r"[a-z_0-9]+", name) or any(character in text for character in '"\n\r\0'):
        raise ValueError(f"option {name}={shown} cannot be written")
    return text


def _one_line(value: Any, key: str) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key} is a sentence")
    return " ".join((value or "").split())


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) or is_quoted(name) else f'"{name}"'
