"""Names that the field does not use, and names with several meanings: where they are defined.

Reads the syntax trees of the engine and the tests. A name of the table is found where it is defined: as a function, class, method, field,
parameter or file. A class that several files of the engine define is found too, except where each is private.
Ends with status 1 if anything is found.

Usage: scripts/names [--count]
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ROOT / "plugins" / "module_utils" / "pgsop"
TESTS = (ROOT / "tests", ROOT / "molecule")

#: In the whole engine: the name, and what the field calls it. A leading underscore makes no difference.
EVERYWHERE = {
    "told": "format_..., to_server_error, summarize, error_is",
    "tell": "print_result",
    "look": "inspect, collect",
    "Look": "TargetOptions",
    "begin_look": "inspect",
    "Place": "TargetCluster, ClusterMatch, TreeNode, MountPoint",
    "Forest": "WaitGraph",
    "victims": "blocked_sessions",
    "Scene": "LockSnapshot",
    "unhurried": "disable_timeouts",
    "undisturbed": "without_event_triggers",
    "required_cluster": "get_cluster",
    "reached_cluster": "get_running_cluster",
    "answering_cluster": "get_running_cluster",
    "RoleWant": "DesiredRole",
    "DatabaseWant": "DesiredDatabase",
    "want": "desired",
    "survey": "build_plan, collect_runs",
    "Bystanders": "UnmanagedRoles",
    "prove": "verify_login",
    "Person": "OsUser",
    "someone": "user",
    "stranger": "not_postgresql",
    "let_go": "apply_retention",
    "together": "combine_errors",
    "afterwards": "post_backup_error",
    "Kept": "ReplacedDatabase",
    "settle": "restore_properties",
    "traces": "leftovers",
    "Work": "SessionEvidence",
    "heeded": "handle_signals",
    "would": "dry_run_lines, planned_actions",
    "complain": "print_error",
    "say_painted": "print_colored",
}
#: In one folder or file of the engine.
THERE = {
    "connection.py": {"answers": "is_ready"},
    "locks/": {"grown": "build_trees"},
    "health/check.py": {"least": "lower_is_worse", "what": "object_name", "more": "extra_limits"},
    "health/": {
        "Host": "HostContext",
        "Server": "ServerContext",
        "Database": "DatabaseContext",
        "trouble": "skip_reason",
        "fine": "ok_message",
        "counted": "threshold_on_count",
        "changed": "status_changes",
        "chosen": "select_config",
        "Question": "Request",
        "inform": "report",
    },
    "databases/": {"there": "actual", "next_step": "login_hint"},
    "backup/publish.py": {"alone": "exclusive_lock", "made": "staging_directory"},
    "backup/state.py": {"noted": "record_run"},
    "restore/properties.py": {"opening": "allow_connections_sql", "closing": "block_connections_sql"},
    "migrations/": {"judge": "classify"},
}
#: Files of the engine.
FILES = {
    "backup/configuration.py": "config_archive.py",
    "backup/counter.py": "row_counter.py",
    "databases/survey.py": "plan.py",
    "databases/wanted.py": "desired.py",
    "databases/state.py": "actual.py",
    "databases/proof.py": "login_check.py",
    "databases/refused_login.py": "login_hint.py",
    "diagnose/reach.py": "network.py",
    "diagnose/secret.py": "password_source.py",
    "diagnose/case.py": "evidence.py",
    "diagnose/rules.py": "hba_match.py",
    "diagnose/causes_reach.py": "causes_network.py",
    "diagnose/place.py": "cluster_lookup.py",
    "diagnose/person.py": "os_user.py",
    "health/view.py": "context.py",
    "health/noted.py": "last_status.py",
    "health/chosen.py": "select_config.py",
    "locks/forest.py": "wait_graph.py",
    "migrations/look.py": "state.py",
    "migrations/traces.py": "leftovers.py",
    "host_command.py": "cli/install.py",
}
#: In tests.
IN_TESTS = {
    "Patient": "Server",
    "Clinic": "Servers",
    "ward": "servers",
    "Office": "Host",
    "hurt": "damage",
    "rot": "corrupt",
    "Round": "DriftCycle",
    "World": "Host",
}


def definitions(path: Path) -> Iterator[tuple[str, int]]:
    """Every name that a file defines, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.lineno


def unusual() -> Iterator[str]:
    """Places of names of the tables."""
    for path in sorted(ENGINE.rglob("*.py")):
        file = path.relative_to(ENGINE).as_posix()
        better = {
            **EVERYWHERE,
            **{old: new for start, names in THERE.items() if file.startswith(start) for old, new in names.items()},
        }
        if file in FILES:
            yield f"{path.relative_to(ROOT)}: better {FILES[file]}"
        for name, line in definitions(path):
            if name.lstrip("_") in better:
                yield f"{path.relative_to(ROOT)}:{line} {name}: better {better[name.lstrip('_')]}"
    for folder in TESTS:
        for path in sorted(folder.rglob("*.py")):
            for name, line in definitions(path):
                if name.lstrip("_") in IN_TESTS:
                    yield f"{path.relative_to(ROOT)}:{line} {name}: better {IN_TESTS[name.lstrip('_')]}"


def ambiguous() -> Iterator[str]:
    """Public classes of one name in several files of the engine."""
    places = defaultdict(list)
    for path in sorted(ENGINE.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path.relative_to(ENGINE).as_posix())
    for name, files in places.items():
        if len(files) > 1:
            yield f"class {name} has {len(files)} meanings: {', '.join(files)}"


def main() -> int:
    """Print what is found, or how much."""
    found = [*unusual(), *ambiguous()]
    if "--count" in sys.argv[1:]:
        print(len(found))
    else:
        print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
