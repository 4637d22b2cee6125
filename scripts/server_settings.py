"""Write the table of server settings that `pg_preflight` uses on a host without a server: run it when a major version is added.

`. .venv/bin/activate; python scripts/server_settings.py`. The programs of the servers come from `scripts/servers`; the rows are what
they report in pg_settings, and what Debian's packages have besides. A test compares the table with every server.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from ansible_collections.aerovista.postgresql.tests.servers.conftest import MAJORS
from ansible_collections.aerovista.postgresql.tests.servers.server import Server, running

TABLE = Path(__file__).resolve().parents[1] / "plugins" / "plugin_utils" / "declaration" / "server_settings.csv"
COLUMNS = ("name", "first", "last", "context", "vartype", "unit", "min_val", "max_val", "enumvals")
_QUESTION = """
    SELECT name, context, vartype, coalesce(unit, ''), coalesce(min_val, ''), coalesce(max_val, ''),
           coalesce(array_to_string(enumvals, '|'), '')
    FROM pg_settings
    WHERE name !~ '[.]' AND context <> 'internal'
"""
#: Values that Debian's builds accept besides, because they have more libraries.
_DEBIAN_VALUES: Mapping[str, str] = {
    "default_toast_compression": "lz4",
    "io_method": "io_uring",
    "wal_compression": "lz4|zstd",
}
#: Settings that Debian's packages have in some minor release of each major version.
_DEBIAN_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "composite_type_mismatch": ("superuser", "enum", "", "", "", "error|warn|disabled"),
    "extension_destdir": ("superuser", "string", "", "", "", ""),
    "output_plugin_libraries": ("superuser", "string", "", "", "", ""),
}


def settings_of(server: Server) -> dict[str, tuple[str, ...]]:
    """Return the settings of a server by name: context, vartype, unit, min_val, max_val, enumvals."""
    found = dict(_DEBIAN_SETTINGS)
    for name, *columns in server.rows(_QUESTION):
        if columns[-1] and name in _DEBIAN_VALUES:
            columns[-1] += f"|{_DEBIAN_VALUES[name]}"
        found[name] = tuple(columns)
    return found


def rows_of(settings: Mapping[int, Mapping[str, tuple[str, ...]]]) -> list[list[str]]:
    """Return the rows of the table: one for each setting and range of major versions in which it is the same.

    Args:
        settings: as settings_of returns them, by major version.
    """
    rows: list[list[str]] = []
    for name in sorted({name for found in settings.values() for name in found}, key=str.lower):
        for major in sorted(settings):
            columns = settings[major].get(name)
            if columns is None:
                continue
            if rows and rows[-1][0] == name and rows[-1][2] == str(major - 1) and tuple(rows[-1][3:]) == columns:
                rows[-1][2] = str(major)
            else:
                rows.append([name, str(major), str(major), *columns])
    return rows


def write(rows: Sequence[Sequence[str]]) -> None:
    """Write the table."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


if __name__ == "__main__":
    found = {}
    for each in MAJORS:
        with running(each) as started:
            found[each] = settings_of(started)
    write(rows_of(found))
