# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is declared is used as it is, or refused with everything that is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import (
    Assertion,
    BackupConfig,
    load,
    parse,
    problems,
    shell_problems,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError


def declared(**values: Any) -> dict[str, Any]:
    return {"version": 17, **values}


def test_version_alone_is_enough() -> None:
    assert parse({"version": 17}, "here") == BackupConfig(version=17)
    assert BackupConfig(version=17).programs == "/usr/lib/postgresql/17/bin"


def test_everything_can_be_declared(tmp_path: Path) -> None:
    values = declared(
        cluster="shop",
        directory="/srv/backups",
        state_directory="/var/lib/pgsop",
        exclude=["scratch"],
        format="custom",
        compression="gzip:9",
        jobs=4,
        restore_jobs=8,
        lock_wait_timeout_s=60,
        keep_days=0,
        keep_sets=1,
        encryption_recipients=["age1x"],
        encryption_identity_file="/root/key.txt",
        copy_command="/usr/bin/rsync -a '/a b' there:",
        copy_timeout_s=10,
        failure_command="/usr/bin/mail",
        assertions=[{"database": "appdb", "sql": "SELECT true"}, {"database": "a", "sql": "b", "name": "c"}],
        age_warn_h=1,
        age_crit_h=1,
        drill_warn_d=2,
        drill_crit_d=3,
        shrink_warn_percent=100,
    )
    path = tmp_path / "backup.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    config = load(str(path))
    assert set(values) == set(vars(config))
    for key, value in values.items():
        if key != "assertions":
            assert getattr(config, key) == (tuple(value) if isinstance(value, list) else value)
    assert config.assertions == (Assertion("appdb", "SELECT true"), Assertion("a", "b", "c"))


@pytest.mark.parametrize("method", ["auto", "none", "gzip", "gzip:9", "zstd", "zstd:22", "lz4", "lz4:12"])
def test_compression_is_as_pg_dump_writes_it(method: str) -> None:
    assert problems(declared(compression=method)) == []


LEAST = {
    "version": 13,
    "jobs": 1,
    "restore_jobs": 0,
    "lock_wait_timeout_s": 1,
    "keep_days": 0,
    "keep_sets": 1,
    "copy_timeout_s": 1,
    "age_warn_h": 1,
    "age_crit_h": 1,
    "drill_warn_d": 1,
    "drill_crit_d": 1,
    "shrink_warn_percent": 1,
}


@pytest.mark.parametrize(("key", "least"), LEAST.items())
def test_number_has_a_least_value(key: str, least: int) -> None:
    assert problems({"version": 17, key: least - 1}) == [f"{key} is {least - 1} and must be at least {least}"]
    assert [found for found in problems({"version": 17, key: least}) if "at least" in found] == []


TYPES = get_type_hints(BackupConfig)
NUMBERS = [key for key, kind in TYPES.items() if kind is int]
TEXTS = [key for key, kind in TYPES.items() if kind is str]
LISTS = [key for key, kind in TYPES.items() if get_origin(kind) is tuple]


#: Values that no key of the kind takes.
WRONG: list[tuple[list[str], list[Any]]] = [
    (NUMBERS, [True, None, "3", 1.5, [1]]),
    (TEXTS, [True, None, 3, ["a"], {}]),
    (LISTS, [True, None, 3, "a", {"a": 1}, ["ok", 3], [""], [None]]),
]


@pytest.mark.parametrize(("key", "value"), [(key, value) for keys, values in WRONG for key in keys for value in values])
def test_value_of_another_type_is_refused(key: str, value: Any) -> None:
    found = problems({"version": 17, key: value})
    assert found
    assert [problem for problem in found if not problem.startswith((f"{key} ", "assertion "))] == []


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"formt": "custom"}, "there is no key formt"),
        ({"programs": "/tmp"}, "there is no key programs"),
        ({"format": "plain"}, "format is 'plain' and must be one of directory, custom"),
        ({"format": ""}, "format is '' and must be one of directory, custom"),
        ({"copy_command": "rsync x"}, "copy_command starts with 'rsync' and must start with the absolute path"),
        ({"copy_command": "/bin/x 'y"}, "copy_command cannot be split into words: No closing quotation"),
        ({"copy_command": "''"}, "copy_command starts with ''"),
        ({"copy_command": "  "}, "copy_command has no words"),
        ({"failure_command": "mail"}, "failure_command starts with 'mail'"),
        ({"age_warn_h": 51}, "age_warn_h is 51, above age_crit_h, which is 50"),
        ({"age_crit_h": 25}, "age_warn_h is 26, above age_crit_h, which is 25"),
        ({"drill_warn_d": 36}, "drill_warn_d is 36, above drill_crit_d, which is 35"),
        ({"assertions": [{"database": "a"}]}, "assertion 1 must have database and sql, may have name"),
        ({"assertions": [{"database": "a", "sql": "b", "x": 1}]}, "assertion 1 must have database and sql"),
        ({"assertions": [{"database": "a", "sql": "b"}, 1]}, "assertion 2 must have database and sql"),
        ({"assertions": [{"database": "", "sql": "b"}]}, "assertion 1 has no database"),
        ({"assertions": [{"database": "a", "sql": " \n"}]}, "assertion 1 has no sql"),
        ({"assertions": [{"database": "a", "sql": 1}]}, "assertion 1 has no sql"),
        ({"assertions": [{"database": "a", "sql": "b", "name": 1}]}, "assertion 1 has a name that is no text"),
    ],
)
def test_mistake_is_refused(values: dict[str, Any], problem: str) -> None:
    (found,) = problems(declared(**values))
    assert found.startswith(problem)


@pytest.mark.parametrize(
    "method",
    [
        "",
        "gz",
        "gzip:",
        "gzip:123",
        "zstd:x",
        "none:1",
        "auto:1",
        "lz4:-1",
        "zstd:1 ",
        "gzip:0",
        "gzip:10",
        "zstd:23",
        "lz4:13",
    ],
)
def test_compression_that_pg_dump_would_refuse_is_refused(method: str) -> None:
    (found,) = problems(declared(compression=method))
    assert found.startswith(f"compression is {method!r} and must be")


@pytest.mark.parametrize("key", ["directory", "state_directory"])
@pytest.mark.parametrize(
    ("path", "problem"),
    [
        *(
            (path, "an absolute path")
            for path in ("", "backups", "./b", "/a/../b", "/a/", "/a//b", "/a/./b", "//srv/b")
        ),
        *(
            (path, "belongs to the system")
            for path in ("/", "/etc", "/var", "/var/lib", "/var/backups", "/srv", "/home")
        ),
        *((path, "does not last") for path in ("/tmp", "/tmp/b", "/run/b", "/dev/shm/b", "/proc/b", "/sys/b")),
        ("/var/lib/postgresql", "belongs to the system"),
    ],
)
def test_folder_is_not_given_away(key: str, path: str, problem: str) -> None:
    (found,) = problems(declared(**{key: path}))
    assert found.startswith(f"{key} is {path!r}")
    assert problem in found


@pytest.mark.parametrize("path", ["/srv/backups", "/mnt/b", "/var/backups/postgresql", "/temporary/b", "/home/b"])
def test_folder_of_its_own_is_fine(path: str) -> None:
    assert problems(declared(directory=path)) == []


@pytest.mark.parametrize("whole", [None, [], "text", 3])
def test_what_is_no_object_is_refused(whole: Any) -> None:
    assert problems(whole) == ["it is no JSON object"]


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(PgsopError) as refused:
        parse({"jobs": 0, "x": 1, "format": 2}, "/etc/there.json")
    assert refused.value.target == "/etc/there.json"
    assert refused.value.answer.split("; ") == [
        "there is no key x",
        # With the names of the variables, which a reader can search for.
        "pg_backup_version, the major version of the cluster, is missing",
        "pg_backup_jobs is 0 and must be at least 1",
        "pg_backup_format is 2 and must be text",
    ]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff{}", b'{"version": 17,}'])
def test_file_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "backup.json"
    path.write_bytes(content)
    with pytest.raises(PgsopError, match="Cannot read the configuration"):
        load(str(path))


def test_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PgsopError, match=r"there is no such file.*run role pg_backup"):
        load(str(tmp_path / "none.json"))
    with pytest.raises(PgsopError, match="Is a directory"):
        load(str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("c /var/backups | /usr/bin/ssh host cat", "|"),
        ("a|b", "|"),
        ("a || b", "||"),
        ("a |& b", "|&"),
        (">/var/log/copy.log", ">"),
        ("a >> b", ">>"),
        ("a 2>&1", "2>&"),
        ("< a", "<"),
        ("a && b", "&&"),
        ("a &", "&"),
        ("a; b", ";"),
        ("$PGSOP_SET_PATH there:", "$"),
        ("${PGSOP_SET}", "$"),
        ("$(date)", "$"),
        ("`date`", "`"),
        ("'a | b'", ""),
        ('-c "a | b > $PGSOP_SET"', ""),
        (r"\| \; \$x", ""),
        ("https://there/?a=1&b=2;c", ""),
        ("--include=*.dat {} ~/x 5$ #", ""),
        ("", ""),
    ],
)
def test_syntax_of_a_shell_is_found_outside_of_quotes(arguments: str, found: str) -> None:
    declared = {"version": 17, "copy_command": f"/bin/copy {arguments}", "failure_command": "/bin/true"}
    told = shell_problems(declared)
    assert [problem.split(" outside of quotes")[0] for problem in told] == (
        [f"copy_command cannot work: it has {found}"] if found else []
    )
    # A backup without its copy is better than no backup.
    assert problems(declared) == []
