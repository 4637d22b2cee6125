# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL text: names and literals quoted as the server quotes them, and lists of names as settings store them."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: NAMEDATALEN less the final zero: the server cuts longer names, with a NOTICE only.
LONGEST_NAME = 63

_KEYWORDS = """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both
    case cast char character check coalesce collate collation column concurrently constraint create cross
    current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
    decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
    freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect
    interval into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg json_query
    json_scalar json_serialize json_table json_value lateral leading least left like limit localtime
    localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset on
    only or order out outer overlaps overlay placing position precision primary real references returning right
    row select session_user setof similar smallint some substring symmetric system_user table tablesample then
    time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when
    where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
    xmlroot xmlserialize xmltable
"""

#: What pg_get_keywords() calls other than unreserved (catcode C, T and R) in any of the majors 13 to 18.
KEYWORDS = frozenset(_KEYWORDS.split())

_BARE = re.compile(r"[a-z_][a-z0-9_]*")

#: scanner_isspace() of src/backend/parser/scansup.c.
_SPACE = " \t\n\r\f\v"

_ELEMENT = re.compile(
    rf'[{_SPACE}]*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<bare>[^",{_SPACE}][^,{_SPACE}]*))[{_SPACE}]*(?P<more>,|\Z)'
)

_PATH = re.compile(
    rf'[{_SPACE}]*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<bare>[^",{_SPACE}](?:[^,]*[^,{_SPACE}])?))[{_SPACE}]*(?P<more>,|\Z)'
)

#: Settings that hold a list of names, which the server quotes one by one (GUC_LIST_QUOTE in guc_tables.c).
LIST_SETTINGS = frozenset(
    {"search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries", "shared_preload_libraries",
     "unix_socket_directories"}
)  # fmt: skip

_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def quote_identifier(name: str) -> str:
    """Return a name as ``quote_ident`` does: bare if the server reads it back unchanged, otherwise in double quotes."""
    if _BARE.fullmatch(name) and name not in KEYWORDS:
        return name
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def quote_literal(text: str) -> str:
    """Return a text as ``quote_literal`` does: right whatever standard_conforming_strings is."""
    escaped = text.replace("'", "''")
    if "\\" not in escaped:
        return f"'{escaped}'"
    doubled = escaped.replace("\\", "\\\\")
    return f"E'{doubled}'"


def split_identifiers(text: str) -> list[str]:
    """Return the names in the stored text of a list setting such as search_path, as ``SplitIdentifierString`` (varlena.c).

    Text that is no such list, which the server does not store, comes back as one name: it equals no declared list.
    """
    if not text.strip(_SPACE):
        return []
    names: list[str] = []
    found = _ELEMENT.match(text)
    while found is not None:
        quoted = found["quoted"]
        names.append(_cut(found["bare"].translate(_LOWER) if quoted is None else quoted.replace('""', '"')))
        if not found["more"]:
            return names
        found = _ELEMENT.match(text, found.end())
    return [text]


def split_paths(text: str) -> list[str]:
    """Return the elements of a list of files or folders such as shared_preload_libraries, as ``SplitDirectoriesString`` (varlena.c).

    Unlike names, they keep their case, their length and blanks in the middle. The server ignores text that is no such list.
    """
    paths: list[str] = []
    found = _PATH.match(text)
    while found is not None:
        quoted = found["quoted"]
        paths.append(found["bare"] if quoted is None else quoted.replace('""', '"'))
        if not found["more"]:
            return paths
        found = _PATH.match(text, found.end())
    return []


def join_identifiers(names: Iterable[str]) -> str:
    """Return names as a list setting stores them, and as ``SET search_path TO`` takes them.

    Except for an empty name: it is stored as ``""``, which is no SQL, and set as ``''``.
    """
    return ", ".join(quote_identifier(name) for name in names)


def setting_name(name: str) -> str:
    """Return a setting's name as SQL writes it; those of extensions have a dot."""
    return ".".join(quote_identifier(part) if part != "role" else part for part in name.split("."))


def _cut(name: str) -> str:
    return name.encode("utf-8", "surrogatepass")[:LONGEST_NAME].decode("utf-8", "ignore")
