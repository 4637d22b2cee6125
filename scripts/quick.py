"""What a change needs to be tried on before `make test`: lint and units of what changed, and the hosts it touches.

Compares the working tree with $BASE: by default HEAD, or HEAD~1 where nothing is uncommitted. Prints what it chose, then runs it;
goes on after a failure, and ends with status 1 if there was one.
"""

from __future__ import annotations

import ast
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENGINE = "plugins/module_utils/pgsop"
UNIT, SERVERS = "tests/unit", "tests/servers"
#: Tests on whole hosts by what they are about: a path's beginning, and test files or scenarios. The longest beginning counts.
HOSTS: dict[str, tuple[str, ...]] = {
    "docs/howto.md": ("day2/tests/test_howto.py", "day2/tests/test_major_upgrade.py"),
    f"{ENGINE}/activity": ("monitoring/tests/test_faults.py",),
    f"{ENGINE}/backup": ("backup",),
    f"{ENGINE}/backup/obstacles": ("backup/tests/test_obstacles.py", "backup/tests/test_obstacles_read.py"),
    f"{ENGINE}/cli": ("monitoring/tests/test_outputs.py", "backup/tests/test_modes.py"),
    f"{ENGINE}/databases": ("bootstrap",),
    f"{ENGINE}/diagnose": ("monitoring/tests/test_diagnose.py",),
    f"{ENGINE}/hba": ("faults/tests/test_hba_refused.py", "faults/tests/test_input.py"),
    f"{ENGINE}/health": ("monitoring/tests/test_outputs.py",),
    f"{ENGINE}/health/checks": ("monitoring/tests/test_faults.py",),
    f"{ENGINE}/leftovers.py": ("day2/tests/test_uninstall.py", "day2/tests/test_major_upgrade.py"),
    f"{ENGINE}/locks": ("monitoring/tests/test_faults.py",),
    f"{ENGINE}/migrations": ("monitoring/tests/test_faults.py",),
    f"{ENGINE}/next_start": ("monitoring/tests/test_next_start.py",),
    f"{ENGINE}/paths.py": ("drift/tests/test_moved_data.py",),
    f"{ENGINE}/restore": ("backup/tests/test_procedure.py",),
    f"{ENGINE}/sandbox": ("faults/tests/test_rolled_back.py", "faults/tests/test_tablespace.py"),
    f"{ENGINE}/settings": ("faults",),
    f"{ENGINE}/tuning": ("faults/tests/test_settings_refused.py",),
    "playbooks": ("drift", "backup/tests/test_playbooks.py"),
    "playbooks/uninstall.yml": ("day2/tests/test_uninstall.py",),
    "plugins/callback": ("drift",),
    "plugins/filter": ("faults/tests/test_input.py",),
    "plugins/modules/pg_databases.py": ("bootstrap",),
    "plugins/modules/pg_hba.py": ("faults",),
    "plugins/modules/pg_sandbox.py": ("faults",),
    "plugins/modules/pg_settings.py": ("faults",),
    "plugins/modules": ("monitoring/tests/test_diagnose.py",),
    "roles/pg_backup": ("backup/tests/test_schedule.py", "backup/tests/test_schedule_ran.py", "drift"),
    "roles/pg_bootstrap": ("bootstrap",),
    "roles/pg_hardening": ("cis", "drift", "faults"),
    "roles/pg_install": ("drift", "other_hosts"),
    "roles/pg_monitoring": ("monitoring/tests/test_role.py",),
    "roles/pg_tuning": ("faults", "drift"),
}


def changed() -> list[str]:
    """Files that differ from the base and are there, by their path below the root."""
    dirty = _git("status", "--porcelain", "--untracked-files=normal")
    base = os.environ.get("BASE") or ("HEAD" if dirty else "HEAD~1")
    names = {*_git("diff", "--name-only", base).splitlines()}
    names |= {*_git("ls-files", "--others", "--exclude-standard").splitlines()}
    print(f"Compared with {base}: {len(names)} files", flush=True)
    return sorted(name for name in names if (ROOT / name).is_file())


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def tests_of(names: Iterable[str], below: str, root: Path = ROOT) -> list[str]:
    """Test files below a folder that changed, carry the name of what changed, or import it."""
    names = set(names)
    modules = {_module(name) for name in names if name.startswith("plugins/") and name.endswith(".py")}
    topics = {_topic(name.removeprefix(f"{ENGINE}/")) for name in names if name.startswith(f"{ENGINE}/")}
    chosen = []
    for path in sorted((root / below).rglob("test_*.py")):
        name = str(path.relative_to(root))
        mirrored = name.replace(f"{below}/", "", 1).replace("/test_", "/")
        # Tests on servers have the folder of the topic or none, and no folders in it.
        folder, stem = _topic(mirrored)
        of_topic = below == SERVERS and any(folder in ("", topic) and stem == file for topic, file in topics)
        if name in names or mirrored in names or of_topic or modules & _imports(path):
            chosen.append(name)
    return chosen


def _topic(path: str) -> tuple[str, str]:
    """The first folder and the name of a file of the engine, or of its test."""
    folder, _slash, _rest = path.rpartition("/")
    return folder.split("/")[0], Path(path).stem.removeprefix("test_")


def _module(name: str) -> str:
    return "ansible_collections.aerovista.postgresql." + name.removesuffix(".py").removesuffix("/__init__").replace(
        "/", "."
    )


@cache
def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def hosts_of(names: Iterable[str]) -> list[str]:
    """Tests on whole hosts, by the table; test files that changed themselves besides."""
    chosen: set[str] = set()
    for name in names:
        beginnings = [beginning for beginning in HOSTS if name == beginning or name.startswith(f"{beginning}/")]
        if name.startswith("molecule/") and "/tests/test_" in name:
            chosen.add(name.removeprefix("molecule/"))
        elif beginnings:
            chosen.update(HOSTS[max(beginnings, key=len)])
    whole = {name for name in chosen if "/" not in name}
    return sorted(f"molecule/{name}" for name in chosen if name in whole or name.split("/")[0] not in whole)


def plan(names: list[str]) -> list[tuple[str, list[str]]]:
    """What is run, in order: a title and a command each."""
    python = [name for name in names if name.endswith(".py")]
    yaml = [name for name in names if name.endswith((".yml", ".yaml"))]
    roles = [name for name in names if name.startswith(("roles/", "playbooks/")) and name in yaml]
    unit, servers, hosts = tests_of(names, UNIT), tests_of(names, SERVERS), hosts_of(names)
    steps: list[tuple[str, list[str]]] = []
    if python:
        steps.append(("ruff check", ["ruff", "check", *python]))
        steps.append(("ruff format", ["ruff", "format", "--check", *python]))
    if yaml:
        steps.append(("yamllint", ["yamllint", "--strict", *yaml]))
    if roles:
        steps.append(("ansible-lint", ["ansible-lint", "--offline", *roles]))
    steps.append(("units", ["pytest", "-q", "tests/unit/test_contract.py", *unit]))
    if servers:
        steps.append(("real servers, 13 and 18", ["scripts/servers", "--majors", "13,18", *servers]))
    if hosts:
        steps.append(("engine and images", ["scripts/setup"]))
        steps.append(("whole hosts", ["scripts/scenarios", "--near", *hosts]))
    return steps


def main() -> int:
    """Choose, tell, run."""
    failed = []
    for title, command in plan(changed()):
        began = time.monotonic()
        print(f"== {title}: {shlex.join(command)[:300]}", flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(title)
        print(f"== {title}: {'FAILED' if title in failed else 'good'}, {time.monotonic() - began:.0f} s", flush=True)
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
