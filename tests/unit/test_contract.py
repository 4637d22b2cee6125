# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house, as CONTRIBUTING.md states them: names, sizes, skeletons, and documents that tell the truth."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.playbook.block import Block
from ansible.playbook.task import Task

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.catalogue import CHECKS

ROOT = Path(__file__).resolve().parents[2]

# Sizes: the one place where they stand as numbers that a machine reads.
TASK_FILE_LINES = 80
TASKS_PER_FILE = 10
MODULE_CODE_LINES = 120
ENGINE_FILE_LINES = 300
FUNCTION_LINES = 40
#: As ansible-test counts; ruff lets a line without blanks pass.
LINE_CHARACTERS = 160

#: Marker words per 1,000 words, by layer (scripts/markers.py). Lower a value when the text has become plainer; never raise one.
MARKERS = {"docstrings": 0.2, "comments": 0.1, "messages": 13.4, "module documentation": 12.5, "docs": 12.9}

SKELETON = (
    "README.md",
    "defaults/main.yml",
    "meta/argument_specs.yml",
    "meta/main.yml",
    "tasks/main.yml",
)
SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"

#: Programs that no module runs, each with the reason.
COMMANDS = {
    ("roles/pg_install/tasks/cluster.yml", "Make the cluster"): "there is no module; creates makes it run once",
    (
        "roles/pg_install/tasks/uninstall.yml",
        "Drop the named clusters with all their data",
    ): "there is no module; removes makes it run once",
}
#: Folders that are not in the repository, but made by its commands.
GENERATED = ("molecule/inventory",)
#: What may stand in a contents page.
CONTENTS = ("ansible.builtin.import_tasks", "ansible.builtin.include_tasks")
TASK_WORDS = {*Task.fattributes, *Block.fattributes}
#: Who made a file, and by what work order, is nobody's business who reads it. Written so that this list is not in it.
FORBIDDEN = (
    r"cl[a]ude",
    r"anthr[o]pic",
    r"chat[g]pt",
    r"open[a]i\b",
    r"copil[o]t",
    r"language m[o]del",
    r"co-auth[o]red-by",
    r"\bsub-?ag[e]nts?\b",
    r"\bagent sess[i]on",
    r"\bissue #?[0-9]",
    r"\bissues sh[o]w\b",
    r"/w[o]rk/(main|shared|notes)",
    r"\b(TO[D]O|FIX[M]E):",
)


@functools.cache
def repository() -> tuple[str, ...]:
    """Every file of the repository, new ones included, ignored ones not."""
    answer = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(sorted(name for name in answer.stdout.splitlines() if (ROOT / name).is_file()))


def names(pattern: str) -> list[str]:
    """Files of the repository whose whole name matches."""
    return [name for name in repository() if re.fullmatch(pattern, name)]


@functools.cache
def text(name: str) -> str:
    """Content of a file, empty where it is no text."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def load(name: str) -> Any:
    return yaml.safe_load(text(name))


def flat(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Tasks, those inside of blocks too."""
    for task in tasks:
        yield task
        for part in ("block", "rescue", "always"):
            yield from flat(task.get(part, []))


def action(task: dict[str, Any]) -> str:
    """The module of a task, empty for a block."""
    (found,) = (set(task) - TASK_WORDS) or {""}
    return found


#: Those with variables: pg_preflight has none.
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir() and path.name != "pg_preflight")
MODULES = [Path(name).stem for name in names(r"plugins/modules/pg_\w+\.py")]
PLAYBOOKS = [Path(name).name for name in names(r"playbooks/\w+\.yml")]
TASK_FILES = names(r"roles/\w+/tasks/\w+\.yml")
ENGINE_FILES = names(r"plugins/module_utils/pgsop/.*\.py")
PLUGIN_FILES = names(r"plugins/.*\.py")
DOCUMENTS = names(r".*\.md")


def spec(role: str) -> dict[str, Any]:
    return dict(load(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]["options"])


def defaults(role: str) -> dict[str, Any]:
    return dict(load(f"roles/{role}/defaults/main.yml"))


# roles


@pytest.mark.parametrize("role", ROLES)
def test_role_has_the_same_skeleton_as_every_other(role: str) -> None:
    assert [part for part in SKELETON if f"roles/{role}/{part}" not in repository()] == []
    assert re.fullmatch(r"pg_[a-z]+", role)


@pytest.mark.parametrize("role", ROLES)
def test_every_option_is_a_default_and_every_default_an_option(role: str) -> None:
    assert list(spec(role)) == list(defaults(role))


@pytest.mark.parametrize("role", ROLES)
def test_defaults_are_documented_as_they_are(role: str) -> None:
    """A computed default cannot be written down as a value, and null stands for none."""
    literal = {name: value for name, value in defaults(role).items() if not (isinstance(value, str) and "{{" in value)}
    documented = {name: option["default"] for name, option in spec(role).items() if "default" in option}
    assert documented == {name: value for name, value in literal.items() if value is not None}


@pytest.mark.parametrize("role", ROLES)
def test_every_option_has_a_type_and_a_description(role: str) -> None:
    def incomplete(options: dict[str, Any]) -> Iterator[str]:
        for name, option in options.items():
            if not option.get("type") or not option.get("description"):
                yield name
            if option.get("type") == "list" and not option.get("elements"):
                yield name
            yield from incomplete(option.get("options", {}))

    assert list(incomplete(spec(role))) == []


@pytest.mark.parametrize("role", ROLES)
def test_role_begins_with_the_preflight(role: str) -> None:
    """A dependency comes before Ansible's own validation of arguments."""
    assert load(f"roles/{role}/meta/main.yml")["dependencies"] == [{"role": "aerovista.postgresql.pg_preflight"}]
    assert set(load(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]) == {"main"}


@pytest.mark.parametrize("role", ROLES)
def test_every_default_has_a_comment(role: str) -> None:
    before = "---"
    for line in text(f"roles/{role}/defaults/main.yml").splitlines():
        if line.startswith("pg_"):
            assert before.startswith(("#", "pg_", " ")), line
        before = line


@pytest.mark.parametrize("role", ROLES)
def test_every_option_is_in_the_roles_readme(role: str) -> None:
    readme = text(f"roles/{role}/README.md")
    assert [name for name in spec(role) if f"`{name}`" not in readme] == []
    assert set(re.findall(rf"^\| `({role}_\w+)`", readme, re.MULTILINE)) == set(spec(role))
    for word in ("Idempotent", "Atomic", "Check mode", "Restart"):
        assert f"* {word}: " in readme, word


@pytest.mark.parametrize("role", ROLES)
def test_variables_carry_the_roles_name(role: str) -> None:
    wrong = [name for name in defaults(role) if not name.startswith(f"{role}_")]
    for name in names(rf"roles/{role}/vars/\w+\.yml"):
        wrong += [key for key in load(name) if not key.startswith(f"__{role}_")]
    for name in names(rf"roles/{role}/tasks/\w+\.yml"):
        for task in flat(load(name)):
            own = [*task.get("vars", {}), *([task["register"]] if "register" in task else [])]
            wrong += [key for key in own if not key.startswith(f"__{role}_")]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_of_the_role_is_used(role: str) -> None:
    files = [*names(rf"roles/{role}/(tasks|vars|defaults|templates|handlers)/.*"), *names(r"plugins/plugin_utils/.*py")]
    everything = "".join(text(name) for name in files)
    declared = [*defaults(role), *(key for name in names(rf"roles/{role}/vars/\w+\.yml") for key in load(name))]
    assert [name for name in declared if len(re.findall(rf"\b{name}\b", everything)) < 2] == []


# tasks


@pytest.mark.parametrize("role", ROLES)
def test_main_is_a_contents_page(role: str) -> None:
    tasks = list(flat(load(f"roles/{role}/tasks/main.yml")))
    assert {action(task) for task in tasks} <= set(CONTENTS)
    listed = {task[action(task)] for task in tasks}
    files = {Path(name).name for name in names(rf"roles/{role}/tasks/\w+\.yml")} - {"main.yml"}
    included = "".join(text(f"roles/{role}/tasks/{name}") for name in files)
    if re.search(rf"name: aerovista\.postgresql\.{role}\s+tasks_from: uninstall\n", text("playbooks/uninstall.yml")):
        files.discard("uninstall.yml")
    assert [name for name in sorted(files - listed) if f"_tasks: {name}" not in included] == []


@pytest.mark.parametrize("name", TASK_FILES)
def test_task_file_is_short(name: str) -> None:
    assert len(text(name).splitlines()) <= TASK_FILE_LINES
    assert len(list(flat(load(name)))) <= TASKS_PER_FILE


@pytest.mark.parametrize("name", TASK_FILES)
def test_tasks_hide_nothing(name: str) -> None:
    for task in flat(load(name)):
        assert not {"ignore_errors", "ignore_unreachable"} & set(task), task["name"]
        assert task.get("changed_when") is not False, task["name"]
        assert task.get("failed_when") is not False, task["name"]


@pytest.mark.parametrize("name", TASK_FILES)
def test_tasks_use_full_names_and_no_shell(name: str) -> None:
    for task in flat(load(name)):
        module = action(task)
        assert not module or module.count(".") >= 2, task["name"]
        assert not module.endswith((".shell", ".raw", ".script", ".set_fact", ".lineinfile", ".replace")), task["name"]
        if module.endswith((".command", ".expect")):
            assert (name, task["name"]) in COMMANDS


def test_every_reason_for_a_command_is_still_needed() -> None:
    for name, task_name in COMMANDS:
        assert any(task["name"] == task_name for task in flat(load(name)) if action(task).endswith(".command"))


def in_order(role: str, file: str = "main.yml") -> Iterator[dict[str, Any]]:
    """The tasks of a role as they run, those of the files it imports in their place."""
    for task in flat(load(f"roles/{role}/tasks/{file}")):
        if action(task) in CONTENTS:
            yield from in_order(role, str(task[action(task)]))
        elif action(task):
            yield task


def variables_of(role: str) -> dict[str, Any]:
    return (
        {**defaults(role), **load(f"roles/{role}/vars/main.yml")}
        if names(rf"roles/{role}/vars/main\.yml")
        else defaults(role)
    )


def evaluated(value: Any, variables: Mapping[str, Any], seen: set[str]) -> set[str]:
    """All names that ansible-core up to 2.18 evaluates for a value: it does not wait until a part of a variable is needed."""
    for name in set(re.findall(r"\b(?:__)?pg_\w+", str(value))) - seen:
        seen.add(name)
        evaluated(variables.get(name, ""), variables, seen)
    return seen


@pytest.mark.parametrize("role", ROLES)
def test_tasks_use_no_result_before_it_is_there(role: str) -> None:
    registered: set[str] = set()
    results = {task["register"] for task in in_order(role) if "register" in task}
    for task in in_order(role):
        used = evaluated({key: value for key, value in task.items() if key != "register"}, variables_of(role), set())
        assert used & results <= registered, task["name"]
        registered |= {task["register"]} if "register" in task else set()


@pytest.mark.parametrize("name", [*TASK_FILES, *names(r"roles/\w+/vars/\w+\.yml")])
def test_content_stays_text(name: str) -> None:
    """ansible-core up to 2.18 makes data of a template that gives JSON, unless its last filter says that it is text."""
    templates = re.findall(r"content: (?:>-\s+)?(\"?{{ (?!lookup\('ansible.builtin.template').*)", text(name))
    assert [found for found in templates if not re.search(r"\| string }}\"?$", found)] == []


@pytest.mark.parametrize("name", [*TASK_FILES, *names(r"playbooks/\w+\.yml")])
def test_names_are_sentences(name: str) -> None:
    for item in flat(load(name)):
        assert re.fullmatch(r"[A-Z].*[^.:!]", item["name"]), item["name"]


@pytest.mark.parametrize("name", [*TASK_FILES, *names(r"roles/\w+/vars/\w+\.yml")])
def test_file_modes_are_quoted(name: str) -> None:
    assert re.findall(r"\bmode: (?![\"'])\S+", text(name)) == []


# what the collection says of itself


@pytest.mark.parametrize(
    "thing", [*ROLES, *MODULES, *PLAYBOOKS, *(Path(n).stem for n in names(r"plugins/(filter|callback)/\w+\.py"))]
)
def test_readme_names_everything_there_is(thing: str) -> None:
    assert f"`{thing}`" in text("README.md") or f"[{thing}](" in text("README.md")


def test_readme_names_nothing_that_there_is_not() -> None:
    named = set(re.findall(r"`(pg_\w+)`", text("README.md")))
    assert named <= {*ROLES, *MODULES, "pg_lsclusters"}


@pytest.mark.parametrize("name", ENGINE_FILES)
def test_engine_file_is_in_the_architecture(name: str) -> None:
    path = name.removeprefix("plugins/module_utils/pgsop/")
    folder, _slash, file = path.rpartition("/")
    page = text("docs/architecture.md")
    if file != "__init__.py":
        assert f"`{folder}/`" in page if folder else f"`{file}`" in page


def test_every_check_of_health_is_documented_and_no_other() -> None:
    told = set(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", text("docs/monitoring.md"), re.MULTILINE))
    assert told == {check.id for check in CHECKS}


def test_action_group_holds_every_module() -> None:
    assert load("meta/runtime.yml")["action_groups"] == {"pg": MODULES}


def test_playbooks_run_every_role() -> None:
    everything = "".join(text(f"playbooks/{name}") for name in PLAYBOOKS)
    assert [role for role in ROLES if f"aerovista.postgresql.{role}" not in everything] == []


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_playbook_can_be_called_by_its_full_name(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.yml", name)


def test_declared_rules_have_the_keys_of_the_module() -> None:
    """Role pg_hardening passes them on."""
    module = ast.parse(text("plugins/modules/pg_hba.py"))
    documentation = next(
        node.value.value
        for node in module.body
        if isinstance(node, ast.Assign)
        and getattr(node.targets[0], "id", "") == "DOCUMENTATION"
        and isinstance(node.value, ast.Constant)
    )
    theirs = yaml.safe_load(str(documentation))["options"]["rules"]["suboptions"]
    ours = spec("pg_hardening")["pg_hardening_hba_rules"]["options"]
    assert list(ours) == list(theirs)
    for name, option in theirs.items():
        for key in ("type", "choices", "required"):
            assert ours[name].get(key) == option.get(key), (name, key)


# links


#: Targets of links: in place, in HTML, and by reference.
LINKS = re.compile(r"\]\(([^)\s]+)\)|<a href=\"([^\"]+)\">|^\[[^\]]+\]: +(\S+)", re.MULTILINE)


def anchors(document: str) -> set[str]:
    """Anchors of the headings, as GitHub makes them, and those that the document sets itself."""
    body = re.sub(r"```.*?```", "", text(document), flags=re.DOTALL)
    found = set(re.findall(r"<a id=\"([^\"]+)\">", body))
    seen: Counter[str] = Counter()
    for heading in re.findall(r"^#+ (.+)$", body, re.MULTILINE):
        anchor = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        # Each further heading of the same text has a number.
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_resolves(document: str) -> None:
    body = re.sub(r"```.*?```", "", text(document), flags=re.DOTALL)
    broken = []
    for target in (target for targets in LINKS.findall(body) for target in targets if target):
        if re.match(r"[a-z]+:", target):
            continue
        path, _mark, anchor = target.partition("#")
        file = ((ROOT / document).parent / path).resolve() if path else ROOT / document
        if not file.exists() or (anchor and anchor not in anchors(str(file.relative_to(ROOT)))):
            broken.append(target)
    assert broken == []


def test_every_document_and_scenario_that_is_mentioned_exists() -> None:
    pattern = r"(?<![\w/.-])((?:docs|roles|playbooks|scripts)/[\w./-]+\.(?:md|yml|py)|molecule/[a-z_]+(?:\.py)?)\b"
    missing = {}
    for name in repository():
        if not name.startswith(("changelogs/", "LICENSE")):
            folders = (ROOT, (ROOT / name).parent)
            mentioned = re.findall(pattern, text(name))
            made = [path for path in mentioned if not path.startswith(GENERATED)]
            missing[name] = [path for path in made if not any((folder / path).exists() for folder in folders)]
    assert {name: paths for name, paths in missing.items() if paths} == {}


def test_ci_has_a_job_for_every_stage_and_one_that_needs_them_all() -> None:
    stages = set(re.findall(r"^ *stage (\w+) scripts", text("scripts/test"), re.MULTILINE)) - {"venv", "setup"}
    jobs = load(".github/workflows/ci.yml")["jobs"]
    assert stages
    assert set(jobs) == stages | {"all"}
    assert set(jobs["all"]["needs"]) == stages
    assert [name for name, job in jobs.items() if "timeout-minutes" not in job] == []


# words


def findings(patterns: Iterable[str], files: Iterable[str]) -> dict[str, list[str]]:
    """Which of the patterns occur in which of the files."""
    found = {name: [word for word in patterns if re.search(word, text(name), re.IGNORECASE)] for name in files}
    return {name: words for name, words in found.items() if words}


def test_files_speak_of_the_project_alone() -> None:
    assert findings(FORBIDDEN, repository()) == {}


def test_no_check_is_switched_off() -> None:
    switches = (
        r"no[q]a",
        r"type: ?ign[o]re",
        r"pyl[i]nt: ?disable=(?!import-outside-toplevel)",
        r"sk[i]p_ansible_lint",
    )
    assert findings(switches, names(r".*\.(py|yml|yaml|toml|cfg|sh)|scripts/\w+|\.ansible-lint")) == {}


def test_lint_skips_nothing() -> None:
    settings = load(".ansible-lint")
    assert not settings.get("skip_list")
    assert not settings.get("warn_list")
    assert settings["profile"] == "production"
    assert names(r"tests/sanity/.*") == []


def test_lines_are_short() -> None:
    files = names(r".*\.py")
    assert [name for name in files if any(len(line) > LINE_CHARACTERS for line in text(name).splitlines())] == []


def test_source_has_its_licence() -> None:
    files = [*PLUGIN_FILES, *names(r"tests/.*\.py")]
    assert [name for name in files if SPDX not in "\n".join(text(name).splitlines()[:5])] == []


# Python


@pytest.mark.parametrize("name", names(r"plugins/filter/\w+\.py"))
def test_filter_loads_the_engine_only_when_it_is_called(name: str) -> None:
    """Where one filter of a collection is used, ansible-core 2.17 to 2.19 loads them all, again in each task."""
    loaded = [node.module for node in ast.parse(text(name)).body if isinstance(node, ast.ImportFrom)]
    assert [module for module in loaded if "module_utils" in str(module)] == []


def functions(name: str) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(text(name))):
        if isinstance(node, ast.FunctionDef):
            yield node


@pytest.mark.parametrize("name", ENGINE_FILES)
def test_engine_file_is_short(name: str) -> None:
    assert len(text(name).splitlines()) <= ENGINE_FILE_LINES


@pytest.mark.parametrize("name", PLUGIN_FILES)
def test_functions_are_short(name: str) -> None:
    long = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions(name)}
    assert {function: lines for function, lines in long.items() if lines > FUNCTION_LINES} == {}


@pytest.mark.parametrize("name", names(r"plugins/modules/\w+\.py"))
def test_module_is_a_thin_face(name: str) -> None:
    tree = ast.parse(text(name))
    documentation = sum(
        (node.end_lineno or 0) - node.lineno + 1
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )
    assert len(text(name).splitlines()) - documentation <= MODULE_CODE_LINES


@pytest.mark.parametrize("name", ENGINE_FILES)
def test_engine_knows_nothing_of_ansible(name: str) -> None:
    """The standard library, itself by relative imports, and psycopg2 where it is needed."""
    imported: set[str] = set()
    for node in ast.walk(ast.parse(text(name))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            imported.add(str(node.module).split(".", maxsplit=1)[0])
    assert not imported & {"ansible", "ansible_collections", "yaml", "jinja2"}
    assert "psycopg2" not in imported or name.endswith("/connection.py")


#: Folders of Debian's packages, of systemd and of this collection.
PACKAGED = re.compile(
    r"(?:/etc/(?:postgresql|pgsop|systemd|cron)|/var/(?:lib|log|run|backups)/(?:postgresql|pgsop)|/run/postgresql|/usr/lib/postgresql)"
)


def texts(name: str) -> Iterator[str]:
    """Every string of a source but its docstrings."""
    tree = ast.parse(text(name))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docstrings:
            yield node.value


def test_paths_of_packages_are_spelled_once() -> None:
    # The man page is made from the help, which has them from there.
    written = [name for name in ENGINE_FILES if "/cli/generated/" not in name]
    spelled = {name for name in written for value in texts(name) if PACKAGED.search(value)}
    assert spelled == {"plugins/module_utils/pgsop/debian.py"}


@pytest.mark.parametrize("name", ENGINE_FILES)
def test_engine_makes_folders_for_others_by_make_folder(name: str) -> None:
    """os.mkdir takes away what the caller's umask holds, and os.makedirs does so for each parent; with 0700 that is nothing."""
    if name.endswith("pgsop/files.py"):
        return
    for node in ast.walk(ast.parse(text(name))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("mkdir", "makedirs")
        ):
            modes = [argument.value for argument in node.args[1:] if isinstance(argument, ast.Constant)]
            assert (node.func.attr, modes) == ("mkdir", [0o700]), f"line {node.lineno}"


@pytest.mark.parametrize("name", [*ENGINE_FILES, *names(r"plugins/filter/\w+\.py")])
def test_every_engine_file_has_its_tests(name: str) -> None:
    """As tables, or on real servers where only a server can tell; a file without a function has nothing to test."""
    if not any(functions(name)):
        return
    path = Path(name)
    servers = ROOT / "tests" / "servers"
    topic = path.relative_to("plugins/module_utils/pgsop").parts[0] if name in ENGINE_FILES else ""
    places = [
        ROOT / "tests" / "unit" / path.parent / f"test_{path.name}",
        servers / f"test_{path.name}",
        servers / topic / f"test_{path.name}",
    ]
    assert any(place.exists() for place in places) or path.stem in UNTESTED_ALONE, f"none of {places}"


#: Files without a test file of their own, each with the place of its tests.
UNTESTED_ALONE = {
    "availability": "tests/servers/hba/test_knock.py",
    "command": "test_cluster.py",
    "database_properties": "tests/servers/test_rebuild.py, test_publish.py",
    "debian": "test_paths_of_packages_are_spelled_once, below",
    "declaration": "settings/test_plan.py",
    "errors": "test_transaction.py",
    "evaluated": "tests/servers/backup/test_unqualified_names.py",
    "functions": "tests/servers/backup/test_unqualified_names.py",
    "globals": "tests/servers/test_roles.py",
    "identity": "test_connection.py",
    "knock": "tests/servers/hba/test_knock.py",
    "lock_report": "tests/servers/locks/test_report.py, test_same_status.py",
    "login": "databases/test_login_check.py, tests/servers/hba/test_activate.py",
    "logins": "filter/test_declared_access.py, tests/servers/hba/test_activate.py",
    "manage": "Molecule, on a real server; those of hba and sandbox have their own",
    "model": "tuning/test_propose.py",
    "packages": "test_inspect_host.py",
    "packaged": "tuning/test_propose.py",
    "profiles": "tuning/test_propose.py",
    "search_path": "tests/servers/backup/test_unqualified_names.py",
    "syntax": "backup/objects/test_expression.py",
    "refusal": "settings/test_plan.py",
    "reload": "Molecule, on a real server",
    "server": "settings/test_plan.py",
    "session_options": "test_connection.py",
    "situation": "clients/test_predict.py",
    "service": "Molecule, on a real server",
    "steps_network": "diagnose/test_steps.py",
    "unquoted": "test_examine.py",
    "time_zones": "preflight/test_without_server.py",
}


def test_words_are_not_less_plain_than_before() -> None:
    shown = subprocess.run([sys.executable, "scripts/markers.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    rates = {layer: float(rate) for rate, layer in (line.split(maxsplit=1) for line in shown.stdout.splitlines())}
    assert rates.keys() == MARKERS.keys()
    assert {layer: rate for layer, rate in rates.items() if rate > MARKERS[layer]} == {}
