# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of the server and its programs without the rows and statements in them: only text on an allow-list is shown."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace

from .server_conditions import recognize

#: Condition of a message that no format fits.
UNKNOWN = "unknown"

#: Descriptions of entries that are more than one word; all others are one.
_DESCRIPTIONS = (
    "ACCESS METHOD",
    "BLOB COMMENTS",
    "BLOB METADATA",
    "CHECK CONSTRAINT",
    "DATABASE PROPERTIES",
    "DEFAULT ACL",
    "EVENT TRIGGER",
    "FK CONSTRAINT",
    "FOREIGN DATA WRAPPER",
    "FOREIGN SERVER",
    "FOREIGN TABLE",
    "INDEX ATTACH",
    "LARGE OBJECT",
    "MATERIALIZED VIEW DATA",
    "MATERIALIZED VIEW",
    "OPERATOR CLASS",
    "OPERATOR FAMILY",
    "PROCEDURAL LANGUAGE",
    "PUBLICATION TABLES IN SCHEMA",
    "PUBLICATION TABLE",
    "ROW SECURITY",
    "SECURITY LABEL",
    "SEQUENCE OWNED BY",
    "SEQUENCE SET",
    "SHELL TYPE",
    "STATISTICS DATA",
    "SUBSCRIPTION TABLE",
    "TABLE ATTACH",
    "TABLE DATA",
    "TEXT SEARCH CONFIGURATION",
    "TEXT SEARCH DICTIONARY",
    "TEXT SEARCH PARSER",
    "TEXT SEARCH TEMPLATE",
    "USER MAPPING",
)
_NO_OWNER = " (no owner)"

#: A line that begins a message. Jobs write at the same time, so that the parts of a line may stand in another line.
_START = re.compile(
    r"^(?=(?:pg_\w+|psql|vacuumdb): ?"
    r"| ?(?:error|fatal|warning|detail|hint): "
    r'| ?(?:from TOC entry \d+; |COPY failed for table "|could not execute query: |error returned by PQ|while [A-Z]+ING))',
    re.MULTILINE,
)
_PREFIX = re.compile(r"(?:\s*(?:pg_\w+|psql|vacuumdb|error|fatal|warning|detail|hint):(?=\s|pg_|psql|vacuumdb|$))+\s?")
_ENTRY = re.compile(r"from TOC entry (?P<id>\d+); \d+ \d+ (?P<rest>.*)", re.DOTALL)
_LISTED = re.compile(r"(?P<id>\d+); \d+ \d+ (?P<rest>.*)")
#: What pg_restore prints with --verbose besides its errors.
_PROGRESS = re.compile(
    r"(?:creating|processing|launching|finished|entering|skipping|connecting|executing|implied|reading|dropping|while|table)\b"
)
#: How a program begins its own lines.
_KNOWN = re.compile(
    r'COPY failed for table "|could not execute query: |error returned by PQ|Error message from server: '
    r"|from TOC entry \d+; |a worker process died|worker process failed|errors ignored on restore"
    rf"|{_PROGRESS.pattern}"
)
#: A word of the server, in any language: only the server writes two blanks after the colon.
_SERVER = re.compile(r"(?:^|(?<=[:\s]))(?P<severity>[^\W_]{3,}):  ")
_SERVER_LINE = re.compile(_SERVER.pattern.replace(r"(?:^|(?<=[:\s]))", "^"), re.MULTILINE)
_NO_FAILURE = re.compile(r"WARNING|NOTICE|INFO|LOG|DEBUG\d?|DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION")
_RAISED = re.compile(r"^CONTEXT:  PL/pgSQL function .* line \d+ at RAISE$", re.MULTILINE)
#: What follows from an error of another process.
_FOLLOWING = re.compile(r"a worker process died unexpectedly|worker process failed|errors ignored on restore")
#: Objects that a program names itself, before the server's words.
_NAMED = re.compile(
    r'COPY failed for table "(?P<copied>[^"\n]+)"|Dumping the contents of table "(?P<dumped>[^"\n]+)"'
    r'|(?:processing|vacuuming) of table "(?P<processed>[^"\n]+)"'
)
_CODE = re.compile(r"(?:SQLSTATE[ =:]*|error code:\s*|SqlState\(E?)([0-9A-Z]{5})\b")
_NOTED = re.compile(r"\b(?:ERROR|FATAL|pq): +")
_SEVERITY = re.compile(r"error|fatal|warning|detail|hint")
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|«[^»\n]*»")
_LONGEST = 500


@dataclass(frozen=True)
class TocFailure:
    """An entry of a dump that pg_restore could not restore.

    Attributes:
        entry_id: number of the entry in the dump's table of contents.
        description: kind of the entry, as in ``CHECK CONSTRAINT``.
        object: name as the table of contents has it.
        condition: PostgreSQL's name of the condition, as in ``check_violation``.
        shown: the same as a sentence that holds no row.
    """

    entry_id: int
    description: str
    object: str
    condition: str
    shown: str


@dataclass(frozen=True)
class _Message:
    """One message of a program.

    Attributes:
        severity: of the program: error, warning, detail, hint or nothing.
        body: its text without the prefix, with all lines.
        own: whether no word of the server stands before it: what the server quotes may have the form of any message.
    """

    severity: str
    body: str
    own: bool

    @property
    def server(self) -> str | None:
        """Return the server's error from its first word on; None if the server sent no error. psql writes warnings before it."""
        found = _SERVER.search(self.body)
        while found and _NO_FAILURE.fullmatch(found["severity"]):
            found = _SERVER_LINE.search(self.body, found.end())
        return self.body[found.end() :] if found else None

    @property
    def failed(self) -> bool:
        """Whether this is an error, and not a step of the work."""
        if _ENTRY.match(self.body) or self.severity in ("warning", "hint"):
            return False
        if self.server is not None:
            return True
        return self.severity in ("error", "fatal") and not _PROGRESS.match(self.body) and not _SERVER.search(self.body)


def toc_failures(errors: str, listing: str = "", log_file: str = "") -> list[TocFailure]:
    """Return the entries that could not be restored, in the order of their errors; each once.

    Args:
        errors: standard error of ``pg_restore --verbose``; without that option it names no entry.
        listing: output of ``pg_restore --list``; if given, names are taken from there and other entries do not count. Without it
            a row that has the form of such a line can be taken for an entry.
        log_file: of the server, which has the full message.
    """
    known = _listed(listing)
    found: dict[int, TocFailure] = {}
    for entry, message in _failed_entries(errors, known if listing else None):
        number = int(entry["id"])
        if number in found or (listing and number not in known):
            continue
        description, name = known.get(number) or _split(entry["rest"].rstrip("\n"))
        condition, shown = _describe(message, log_file)
        found[number] = TocFailure(number, description, name, condition, shown)
    return list(found.values())


def program_error(errors: str, log_file: str = "", listing: str = "") -> str:
    """Return the first error of a program as a sentence; empty if it wrote nothing.

    Args:
        errors: its standard error.
        log_file: of the server, which has the full message.
        listing: output of ``pg_restore --list``, as for ``toc_failures``.
    """
    entries = toc_failures(errors, listing, log_file)
    if entries:
        return f"{entries[0].description} {entries[0].object}: {entries[0].shown}"
    messages = list(_messages(errors))
    failed = [message for message in messages if message.failed]
    if failed:
        first = next((message for message in failed if message.server is not None), failed[0])
        named = next((f"table {name}: " for message in failed for name in _tables(message)), "")
        return f"{named}{_describe(first, log_file)[1]}"
    if any(not message.own or _SERVER.search(message.body) for message in messages):
        return _unknown(log_file)
    return _masked(" ".join(message.body for message in messages if not _PROGRESS.match(message.body)))


def noted_error(text: str) -> str:
    """Return an error of the server that another program wrote in its own words, as a phrase; empty if it is not recognized."""
    code = _CODE.search(text)
    begin = _NOTED.search(text)
    recognized = recognize(re.sub(r" ?\(SQLSTATE \w{5}\)", "", text[begin.end() :])) if begin else None
    if recognized:
        return f"{recognized[1]} ({recognized[0]})"
    return f"SQLSTATE {code[1]}" if code else ""


def _describe(message: _Message, log_file: str) -> tuple[str, str]:
    """Condition of an error, and a sentence about it."""
    if message.server is None:
        return UNKNOWN, _masked(message.body) if message.own else _unknown(log_file)
    recognized = recognize(message.server)
    if recognized is None and _RAISED.search(message.server):
        recognized = "raise_exception", "a function raised an exception"
    if recognized is None:
        return UNKNOWN, _unknown(log_file)
    condition, text = recognized
    return condition, f"{text} ({condition}{f'; see {log_file}' if log_file else ''})"


def _unknown(log_file: str) -> str:
    return f"an error with a message that may hold data; {f'see {log_file}' if log_file else 'the server log has it'}"


def _masked(text: str) -> str:
    """Return a message of the program itself, without its quotations."""
    words = " ".join(_QUOTED.sub("'...'", text).split())
    # An odd quote begins a quotation without a known end.
    return words.replace("'...'", "\0").partition('"')[0].replace("\0", "'...'")[:_LONGEST].rstrip()


def _tables(message: _Message) -> Iterator[str]:
    found = _NAMED.search(message.body) if message.own else None
    if found:
        # One of the groups has matched.
        yield from filter(None, found.groups())


def _messages(errors: str, known: Container[int] | None = None) -> Iterator[_Message]:
    """Yield the messages in their order; after words of the server, which can quote anything, only known forms begin another."""
    last: _Message | None = None
    own = True
    for part in _START.split(errors):
        prefix = _PREFIX.match(part)
        body = part[prefix.end() :] if prefix else part.lstrip(" ")
        if last is not None and not own and not _begins(body, known):
            last = replace(last, body=last.body + part)
        elif part.strip():
            if last is not None:
                yield last
            words = set(_SEVERITY.findall(prefix[0])) if prefix else set()
            severity = next((word for word in ("error", "fatal", "warning", "detail", "hint") if word in words), "")
            last = _Message(severity, body, own)
        own = own and not _SERVER.search(body)
    if last is not None:
        yield last


def _begins(body: str, known: Container[int] | None) -> bool:
    entry = _ENTRY.match(body)
    return int(entry["id"]) in known if entry and known is not None else bool(_KNOWN.match(body))


def _failed_entries(errors: str, known: Container[int] | None) -> Iterator[tuple[re.Match[str], _Message]]:
    """Each entry with the error that follows it; those of several jobs may stand before the first error."""
    waiting: list[re.Match[str]] = []
    for message in _messages(errors, known):
        entry = _ENTRY.match(message.body)
        if entry:
            waiting.append(entry)
        elif waiting and message.failed and not _FOLLOWING.match(message.body):
            fitting = max(waiting, key=lambda each: _fits(each, message.body))
            waiting.remove(fitting)
            yield fitting, message


def _fits(entry: re.Match[str], body: str) -> int:
    """How much speaks for an error to be one of this entry."""
    description, name = _split(entry["rest"].rstrip("\n"))
    copied = re.match(r'COPY failed for table "([^"\n]+)"|error returned by PQ', body)
    if (description == "TABLE DATA") != bool(copied):
        return 0
    if copied:
        return 2 if copied[1] == name else 1
    return 2 if name.rpartition(" ")[2] in body else 1


def _listed(listing: str) -> dict[int, tuple[str, str]]:
    # Nothing but a line feed ends a line.
    every = (found for found in map(_LISTED.fullmatch, listing.split("\n")) if found)
    return {int(found["id"]): _split(found["rest"]) for found in every}


def _split(rest: str) -> tuple[str, str]:
    """Return description and name of an entry, without its owner, which is the last word."""
    description = next((each for each in _DESCRIPTIONS if rest.startswith(f"{each} ")), rest.partition(" ")[0])
    name = rest[len(description) + 1 :]
    name = name[: -len(_NO_OWNER)] if name.endswith(_NO_OWNER) else name.rpartition(" ")[0]
    return description, " ".join(name.split())
