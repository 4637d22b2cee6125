# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""--check --diff on the bare host promised exactly what converge then wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings.dropin import one_line_each

if TYPE_CHECKING:
    from conftest import Server
    from testinfra.host import Host

MARK = " (not yet validated by a server)"
#: The diff of the command has a line for each.
DOCUMENTS = [
    "/usr/local/share/man/man1/pgsop.1",
    "/usr/local/share/bash-completion/completions/pgsop",
    "/usr/local/share/zsh/site-functions/_pgsop",
]
#: Files that are placed as a whole: the check run has a line for each, and no diff.
PLACED = (
    "/etc/systemd/system/pgsop-health.service",
    "/etc/systemd/system/pgsop-health.timer",
    "/usr/local/share/pgsop/grafana-dashboard.json",
    "/usr/local/share/pgsop/prometheus-rules.yml",
)
Run = list[dict[str, Any]]


def diffs(run: Run) -> Iterator[dict[str, Any]]:
    """Every diff of a run; one of a loop also has what the loop was at."""
    for task in run:
        for result in task["result"].get("results", [task["result"]]):
            found = result.get("diff") or []
            for diff in found if isinstance(found, list) else [found]:
                yield {"item": result.get("item"), **diff}


def placed(run: Run) -> dict[str, dict[str, Any]]:
    """Each file that the run would write without a diff: the loop's item, by path."""
    copies = (task["result"] for task in run if task["action"] == "ansible.builtin.copy")
    results = (result for copy in copies for result in copy.get("results", ()))
    items = (result["item"] for result in results if result.get("changed") and not result.get("diff"))
    return {item["path"]: item for item in items}


def named(run: Run, ending: str) -> dict[str, Any]:
    """The one diff of the file whose name ends so."""
    found = [diff for diff in diffs(run) if diff.get("after_header", "").removesuffix(MARK).endswith(ending)]
    assert len(found) == 1, f"{len(found)} diffs of {ending}"
    return found[0]


@pytest.fixture(scope="module")
def check_run(first_runs: list[Run]) -> Run:
    return first_runs[0]


@pytest.fixture(scope="module")
def promised(server: Server) -> dict[str, bool]:
    """Every file the roles write, and whether a server has to judge it."""
    return {
        "/etc/postgresql-common/createcluster.d/50-pg_install.conf": False,
        f"{server.config}/start.conf": False,
        f"{server.config}/conf.d/50-pg_hardening.conf": True,
        f"{server.config}/conf.d/60-pg_tuning.conf": True,
        f"{server.config}/pg_hba.conf": True,
        server.sandbox: True,
        "/etc/pgsop/backup.json": False,
        "/etc/cron.d/pgsop": False,
        "/etc/pgsop/health.json": False,
        "/etc/systemd/system/pgsop-health.service": False,
        "/etc/systemd/system/pgsop-health.timer": False,
        "/usr/local/share/pgsop/grafana-dashboard.json": False,
        "/usr/local/share/pgsop/prometheus-rules.yml": False,
    }


def test_check_run_leaves_the_bare_host_bare(first_runs: list[Run]) -> None:
    for run in first_runs[:2]:
        looks = (task for task in run if task["action"].endswith("pg_cluster_info") and task["status"] != "skipped")
        look = next(looks)["result"]
        assert look["cluster"] is None
        assert look["packages_missing"] == list(look["packages"])
        assert not any(file["exists"] for file in look["files"].values())


def test_check_run_shows_every_file_that_converge_writes(check_run: Run, promised: dict[str, bool]) -> None:
    headers = [diff["after_header"] for diff in diffs(check_run) if diff.get("after_header", "")[:1] == "/"]
    assert sorted(headers) == sorted(
        ["/usr/local/bin/pgsop", *(path + MARK * marked for path, marked in promised.items() if path not in PLACED)]
    )
    command = named(check_run, "/usr/local/bin/pgsop")["after"].splitlines()
    assert [line.partition(": ")[0] for line in command[-len(DOCUMENTS) :]] == DOCUMENTS
    assert sorted(placed(check_run)) == sorted(PLACED)


def test_check_run_shows_settings_hba_lines_and_sandbox_in_words(check_run: Run) -> None:
    assert "\nlisten_addresses = 'localhost'  # SOP 5, " in named(check_run, "/conf.d/50-pg_hardening.conf")["after"]
    assert "\nwork_mem = '16MB'  # SOP " in named(check_run, "/conf.d/60-pg_tuning.conf")["after"]
    rules = [line.split() for line in named(check_run, "/pg_hba.conf")["after"].splitlines() if line[:1] in "lh"]
    assert rules == [
        ["local", "all", "postgres", "peer"],
        ["host", "all", "all", "127.0.0.1/32", "scram-sha-256"],
        ["host", "all", "all", "::1/128", "scram-sha-256"],
    ]
    assert "\nIPAddressDeny=any\n" in named(check_run, ".service.d/50-pg_hardening.conf")["after"]


def test_check_run_shows_the_statements_for_databases_as_not_validated(check_run: Run) -> None:
    cluster, database = [diff for diff in diffs(check_run) if diff.get("after_header", "/")[:1] != "/"]
    assert cluster["after_header"] == f"roles and databases of the cluster{MARK}"
    assert "\nALTER ROLE appuser PASSWORD '********';\n" in cluster["after"]
    assert database["after_header"] == f"database appdb{MARK}"
    assert "\nREVOKE CONNECT, TEMPORARY ON DATABASE appdb FROM PUBLIC;\n" in database["after"]


def test_converge_ran_the_statements_that_the_check_run_showed(first_runs: list[Run]) -> None:
    checked, converged = (
        next(task["result"] for task in run if task["action"].endswith("pg_databases")) for run in first_runs[:2]
    )
    assert checked["statements"] == converged["statements"]
    assert (checked["validated"], converged["validated"]) == (False, True)


def test_check_run_names_the_packages_it_would_install(check_run: Run, server: Server) -> None:
    said = " ".join(str(task["result"].get("msg")) for task in check_run if task["status"] == "changed")
    assert f"postgresql-{server.version}, python3-psycopg2" in said


def test_converge_wrote_exactly_what_the_check_run_showed(
    server: Server, check_run: Run, promised: dict[str, bool]
) -> None:
    for path, marked in promised.items():
        text, mode = server.read(path), server.mode(path)
        if path in PLACED:
            item = placed(check_run)[path]
            assert item["content"] == text, path
        else:
            diff = named(check_run, path)
            item = diff["item"]
            shown = one_line_each(text) if "/conf.d/" in path else text
            assert diff["after"] == (f"# {mode}\n" if marked else "") + shown, path
        if not marked:
            assert "{owner}:{group} {mode}".format(**item) == mode, path


def test_converge_wrote_no_file_that_the_check_run_did_not_show(
    host: Host, server: Server, promised: dict[str, bool]
) -> None:
    folders = f"{server.config}/conf.d /etc/postgresql-common/createcluster.d /etc/systemd/system/{server.unit}.d"
    found = host.check_output(f"find {folders} -type f").splitlines()
    elsewhere = {path for path in promised if not path.startswith(tuple(folders.split()))}
    assert f"{server.config}/pg_hba.conf" in elsewhere
    assert sorted(found) == sorted(set(promised) - elsewhere)
    assert host.check_output("ls /etc/pgsop").split() == ["backup.json", "health.json"]
    assert host.check_output("ls /etc/systemd/system/pgsop* /usr/local/share/pgsop/*").split() == [
        path for path in sorted(promised) if "/pgsop-health." in path or "/share/" in path
    ]
    marked = host.check_output("grep -rl 'aerovista.postgresql' /etc /usr/local/share").splitlines()
    written = [*DOCUMENTS, *(path for path in promised if not path.endswith(".json"))]
    assert sorted(marked) == sorted(written), "JSON has no comments"
