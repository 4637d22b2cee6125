"""Which tests of a base are still run: each of its ids is kept, moved to another file, merged into another id, replaced, or gone with a reason.

Usage: scripts/test_ids.py [--base COMMIT]; writes build/test_ids.csv, prints the numbers, and ends with status 1 where an id has no answer.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checkout import ROOT, checkout

REPORT = ROOT / "build" / "test_ids.csv"
MAJOR = re.compile(r"(?<=[\[-])1[3-8](?=[\]-])")
HOST = re.compile(r"(?:docker|ansible)://pgsop-")
PLATFORM = re.compile(r"(?<=[\[-])(ubuntu2404|debian12|debian13)(?=[\]-])")
#: Ids of the base, as patterns, and what tests the same now.
REPLACED: dict[str, str] = {
    r"molecule/[c]ommon/test_check_mode\.py.*": "molecule/bare_host/tests/test_check_mode.py: one content is converged, once",
    r"molecule/other_hosts/tests/test_memory_limit\.py::.*": "the same, on a host that was converged without a limit",
    r"molecule/backup/tests/test_speed\.py.*": "molecule/backup/tests/test_size.py; times: make bench",
    r"tests/unit/.*/test_zipapp\.py::test_command_answers_at_once": "test_help_needs_no_driver; time: make bench",
    r"tests/unit/.*/sandbox/test_manage\.py::test_(strict_sandbox_must|sandbox_that_is_not_strict).*": "sandbox/test_hidden.py, test_needs.py",
    r"tests/unit/.*/diagnose/test_catalogue\.py::test_(kinds|whether_the_password_is_the_stored_one)\[.*": "the same, with ids that last",
}
#: Tests of which another file, or another name, has the cases now; and tests of times, which `make bench` measures.
REPLACED |= {
    f"tests/{old}.*": new
    for old, new in {
        r"unit/.*/test_judge\.py::test_thresholds_themselves": "test_finding.py::test_a_value_equal_to_a_threshold_is_on_its_good_side",
        r"unit/.*/test_connection\.py::test_identifier_is_quoted": "test_sql.py::test_identifier_is_quoted_as_the_server_does",
        r"unit/.*/test_plan_settings\.py::test_name_is_written_as_sql": "test_sql.py::test_setting_is_written_as_sql",
        r"unit/.*/cli/test_look\.py": "cli/test_target.py, health/test_select_config.py",
        r"unit/.*/test_pg_databases\.py::test_role_takes_what_the_module_takes": "tests/unit/test_schema.py",
        r"unit/.*/test_host_command\.py::test_somebody_elses_file": "cli/test_install.py: such a file is kept beside the command",
        r"unit/.*/test_hooks\.py::test_failure_is_told_with": "backup/test_notification.py",
        r"servers/migrations/test_look\.py::test_a_tool_is_known_in_any_schema\[\d+-(Rails or dbmate|Sequelize)\]": "the same, with other names",
        r"unit/.*/test_registry\.py::test_all_nineteen_are_there": "test_registry.py::test_all_are_there",
        r"servers/migrations/test_survey\.py": "tests/servers/locks/test_same_status.py",
        r"unit/.*/test_mask\.py::test_nothing_takes_long": "make bench",
        r"unit/.*/test_dump\.py::test_name_is_taken_for_nothing_but_the_name": "test_dsn.py::test_libpq_reads_each_value_as_it_was_given",
        r"unit/.*/test_load\.py::test_name_is_nothing_but_a_name": "test_dsn.py::test_libpq_reads_each_value_as_it_was_given",
        r"unit/.*/test_reach\.py::test_the_port_in_a_name": "gone with the function, which nothing used",
        r"unit/.*/test_forest\.py::test_a_long_queue_takes_no_time": "make bench",
        r"unit/.*/test_simulate\.py::test_hundreds_of_pairs": "make bench",
    }.items()
}
#: Tests that changed with what they test, in the first release after 0.4.0.
CHANGED = {
    "tests/servers/": (
        "test_change_is_seen|test_equal_databases_have_equal_descriptions|test_database_that_cannot_become_what_is_declared"
        "|test_object_that_is_defined_otherwise_fails_a_drill_and_not_a_restore"
    ),
    "tests/unit/": (
        "test_what_somebody_wrote_otherwise_is_not|test_what_the_server_writes_otherwise_is_the_same|test_what_is_wrong_with_all_ends_the_run"
        "|test_another_form_is_refused|test_content_that_does_not_fit_the_digest_is_refused|test_no_verified_set_at_all"
        "|test_reference_that_means_none_is_refused_with_what_there_is|test_database_that_cannot_become_what_is_declared_is_refused|test_objects"
        "|test_anything_else_is_not|test_first_error_is_without_the_statement|test_secrets_of_later_lines_are_not_told"
        "|test_command_is_run_without_the_callers_environment|test_command_makes_itself"
        "|test_interrupt_while_it_loads_is_no_traceback|test_module_without_a_source_is_refused"
        "|test_own_file_is_known|test_version_is_told|test_file_is_told_from_others"
    ),
}
REPLACED |= {
    f"{below}.*::({tests})(\\[.*)?": "the behaviour changed: the tests of the same file"
    for below, tests in CHANGED.items()
}
#: Why an id on one platform is gone.
TURNS = "the files of a scenario take turns at the platforms: the same on another one"


def ids(folder: Path) -> set[str]:
    """Every test that `make test` runs in a checkout, by platform and major, in one spelling."""
    found: set[str] = set()
    for arguments in suites(folder):
        environment = os.environ | {"PYTHONPATH": str(folder / ".ansible" / "collections"), "PYTHONHASHSEED": "0"}
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *arguments]
        shown = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if shown.returncode:
            raise SystemExit(
                f"Cannot collect {' '.join(arguments)} of {folder}:\n{shown.stdout[-3000:]}{shown.stderr[-2000:]}"
            )
        found |= {HOST.sub("", line) for line in shown.stdout.splitlines() if "::" in line}
    return found


def suites(folder: Path) -> Iterator[list[str]]:
    """What pytest is given, session by session."""
    yield ["tests/unit"]
    yield ["tests/servers"]
    if (folder / "molecule" / "bed").is_dir():
        yield ["molecule"]
        return
    hosts = "--hosts=docker://pgsop-debian12,docker://pgsop-debian13"
    for scenario in sorted(path.parent for path in (folder / "molecule").glob("*/tests")):
        yield [hosts, f"molecule/{scenario.name}/tests", str(folder / "molecule" / "common")]


@dataclass(frozen=True)
class Today:
    """All ids of today.

    Attributes:
        ids: as pytest names them.
        moved: those that are new, by suite and test.
        majors: by suite and test, without the servers' majors.
        places: without the platforms.
        renamed: tests with at least as many cases as in the base, by suite and test.
    """

    ids: set[str]
    moved: dict[str, str]
    majors: set[str]
    places: set[str]
    renamed: set[str]


def cases(names: set[str]) -> Counter[str]:
    """How many cases each test has, by suite and test."""
    return Counter(in_suite(name).partition("[")[0] for name in names)


def in_suite(name: str) -> str:
    """An id without its file: the suite that the file is in, and the test."""
    path, _colons, test = name.partition("::")
    return f"{'/'.join(path.split('/')[:2])}::{test}"


def answer(old: str, today: Today) -> tuple[str, str]:
    """What became of an id: kept, moved, merged, replaced, gone or missing; and by what or why."""
    if old in today.ids:
        return "kept", old
    if in_suite(old) in today.moved:
        return "moved", today.moved[in_suite(old)]
    if old.startswith("tests/servers/") and MAJOR.sub("*", in_suite(old)) in today.majors:
        return "merged", "the same on the oldest, the newest and one major between; on all: make servers-all"
    if old.startswith("molecule/") and PLATFORM.sub("*", old) in today.places:
        return "gone", TURNS
    by = next((by for pattern, by in REPLACED.items() if re.fullmatch(pattern, old)), "")
    if in_suite(old).partition("[")[0] in today.renamed:
        by = by or "the same test, whose cases have other names"
    return ("replaced", by) if by else ("missing", "")


def main() -> int:
    """Collect both, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--base", default="8023947", help="the commit whose tests are looked for (0.4.0)")
    options = parser.parse_args()
    with checkout("base", options.base) as folder:
        before = ids(folder)
    now = ids(ROOT)
    counted = cases(now)
    today = Today(
        ids=now,
        moved={in_suite(each): each for each in now - before},
        majors={MAJOR.sub("*", in_suite(each)) for each in now},
        places={PLATFORM.sub("*", each) for each in now},
        renamed={test for test, number in cases(before).items() if counted[test] >= number},
    )
    rows = [(old, *answer(old, today)) for old in sorted(before)]
    REPORT.parent.mkdir(exist_ok=True)
    with REPORT.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "answer", "by"), *rows])
    count = Counter(kind for _old, kind, _by in rows)
    print(
        f"{len(before)} ids in {options.base}, {len(now)} now: "
        + ", ".join(f"{number} {kind}" for kind, number in count.items())
    )
    missing = [old for old, kind, _by in rows if kind == "missing"]
    for old in missing:
        print(f"  no answer: {old}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
