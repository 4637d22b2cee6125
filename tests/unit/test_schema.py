# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An option is the same wherever it stands: in the engine, in the documentation of a module, and in defaults, spec and JSON of a role."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from ansible_collections.aerovista.postgresql.plugins.doc_fragments.databases import ModuleDocFragment
from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import CLUSTER
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import config as backup
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases import entry_problems, models, schema
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health import config as health
from ansible_collections.aerovista.postgresql.plugins.modules import pg_databases

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTED = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]

Options = dict[str, dict[str, Any]]


def load(role: str, file: str) -> Any:
    return yaml.safe_load((ROOT / "roles" / role / file).read_text(encoding="utf-8"))


def spec(role: str) -> Options:
    return dict(load(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"])


def fields(options: Options, inner: str, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every option with its place, and all that it is.

    Args:
        options: as in an argument spec or in documentation.
        inner: what the options of an option are called there.
        place: of the options.
    """
    for name, option in options.items():
        assert set(option) <= {"type", "elements", "required", "default", "choices", "no_log", "description", inner}
        yield (
            f"{place}{name}",
            {
                "type": option["type"],
                "elements": option.get("elements"),
                "required": option.get("required", False),
                "default": option.get("default"),
                "choices": option.get("choices"),
            },
        )
        yield from fields(option.get(inner, {}), inner, f"{place}{name}.")


def texts(options: Options, inner: str, place: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every option with its place and the paragraphs of its description."""
    for name, option in options.items():
        description = option["description"]
        yield f"{place}{name}", description if isinstance(description, list) else [description]
        yield from texts(option.get(inner, {}), inner, f"{place}{name}.")


def of_role(role: str, names: Any) -> Options:
    """Options of a role without its prefix."""
    return {name: spec(role)[f"{role}_{name}"] for name in names}


# databases and roles


def test_module_documents_every_option_of_the_schema_as_it_is() -> None:
    assert dict(fields(DOCUMENTED, "suboptions")) == dict(fields(schema.OPTIONS, "options"))


def test_role_takes_every_option_of_the_schema_as_it_is() -> None:
    """The lists themselves are raw: filter database_problems checks them as a whole."""
    raw: Options = {
        name: {**{key: setting for key, setting in option.items() if key != "elements"}, "type": "raw"}
        if "options" in option
        else option
        for name, option in schema.OPTIONS.items()
    }
    assert set(spec("pg_bootstrap")) == {f"pg_bootstrap_{name}" for name in (*CLUSTER, *schema.OPTIONS)}
    assert dict(fields(of_role("pg_bootstrap", schema.OPTIONS), "options")) == dict(fields(raw, "options"))
    for name, option in of_role("pg_bootstrap", CLUSTER).items():
        assert option["type"] == CLUSTER[name]["type"]


def test_monitoring_logins_are_the_same_in_module_role_and_schema() -> None:
    """The list itself is raw in the role, whose variable has a default."""
    option = {"monitoring_logins": schema.MONITORING_LOGINS}
    documented = yaml.safe_load(pg_databases.DOCUMENTATION)["options"]["monitoring_logins"]
    documented.pop("version_added")
    assert dict(fields({"monitoring_logins": documented}, "suboptions")) == dict(fields(option, "options"))
    role = spec("pg_monitoring")["pg_monitoring_logins"]
    assert role["options"]["password"]["no_log"]
    assert (role["type"], role["default"]) == ("raw", [])
    assert dict(fields(role["options"], "options")) == dict(fields(schema.MONITORING_LOGIN, "options"))


def test_passwords_are_secrets_of_the_role_too() -> None:
    def secrets(options: Options, place: str = "") -> Iterator[str]:
        for name, option in options.items():
            if option.get("no_log"):
                yield f"{place}{name}"
            yield from secrets(option.get("options", {}), f"{place}{name}.")

    assert set(secrets(of_role("pg_bootstrap", schema.OPTIONS))) == set(secrets(schema.OPTIONS))


def as_in_a_role(paragraph: str) -> str:
    """A paragraph of the module's documentation as the role has it: a name of an option alone, for its lists are raw."""
    return re.sub(r"O\((?:\w+(?:\[\]\.|\.))*(\w+)(?:=(\w+))?\)", _code, paragraph)


def _code(found: re.Match[str]) -> str:
    return f"C({found[1]}: {found[2]})" if found[2] else f"C({found[1]})"


def test_role_describes_every_option_as_the_module_does() -> None:
    expected = {
        place: [as_in_a_role(paragraph) for paragraph in paragraphs]
        for place, paragraphs in texts(DOCUMENTED, "suboptions")
    }
    assert dict(texts(of_role("pg_bootstrap", schema.OPTIONS), "options")) == expected


def test_engine_knows_every_choice_of_the_schema() -> None:
    assert list(models.PARTS) == schema.DATABASE["model"]["choices"]
    roles = {part for parts in models.PARTS.values() for kind in parts for part in kind}
    assert roles == set(schema.DATABASE["roles"]["options"])
    assert list(entry_problems.TARGETS) == schema.GRANT["type"]["choices"]


# configurations of the command


@dataclasses.dataclass(frozen=True)
class File:
    """A configuration of the command.

    Attributes:
        role: writes it.
        config: what it may hold.
        entries: what its lists of objects hold, by key.
        own: keys that are no variables.
        more: variables that are not in it.
    """

    role: str
    config: type
    entries: dict[str, type]
    own: frozenset[str]
    more: frozenset[str]

    def __str__(self) -> str:
        return self.role

    def variables(self) -> list[str]:
        return [option.name for option in dataclasses.fields(self.config) if option.name not in self.own]


FILES = [
    File(
        "pg_backup",
        backup.BackupConfig,
        {"assertions": backup.Assertion},
        frozenset({"state_directory"}),
        frozenset({"schedule", "schedule_time", "schedule_timezone", "drill_weekday", "drill_time"}),
    ),
    File(
        "pg_monitoring",
        health.HealthConfig,
        {"extra_checks": health.ExtraCheck},
        frozenset({"state_directory", "backup_config"}),
        frozenset({"schedule", "interval_minutes", "textfile_directory", "share_directory", "logins"}),
    ),
]
#: Defaults that a role computes, from other roles and from facts.
COMPUTED = ("version", "cluster")


def as_option(option: dataclasses.Field[Any], hint: Any, entries: dict[str, type]) -> dict[str, Any]:
    """An option of the engine as an argument spec has it."""
    default = None if option.default is dataclasses.MISSING else option.default
    if option.default_factory is not dataclasses.MISSING:
        default = option.default_factory()
    kind, elements = plain(hint), None
    if kind is tuple:
        kind, elements = list, plain(get_args(hint)[0])
    choices = option.metadata.get("choices")
    found = {
        "type": kind.__name__,
        "elements": "dict" if option.name in entries else elements.__name__ if elements else None,
        "required": option.default is option.default_factory,
        "default": list(default) if isinstance(default, tuple) else default,
        "choices": list(choices) if choices else None,
    }
    return {key: setting for key, setting in found.items() if setting is not None}


def plain(hint: Any) -> type:
    """The type of a value, such as float of Optional[float], dict of Mapping[...] and tuple of Tuple[...]."""
    if type(None) in get_args(hint):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    origin: type = get_origin(hint) or hint
    return dict if origin is Mapping else origin


def options_of(config: type, entries: dict[str, type]) -> Options:
    hints = get_type_hints(config)
    found = {option.name: as_option(option, hints[option.name], entries) for option in dataclasses.fields(config)}
    for name, entry in entries.items():
        found[name]["options"] = options_of(entry, {})
    return found


def defaults(role: str) -> dict[str, Any]:
    return {name.removeprefix(f"{role}_"): value for name, value in load(role, "defaults/main.yml").items()}


@pytest.mark.parametrize("file", FILES, ids=str)
def test_role_takes_every_option_of_the_configuration_as_it_is(file: File) -> None:
    expected = {name: option for name, option in options_of(file.config, file.entries).items() if name not in file.own}
    for name in COMPUTED:
        expected[name] = {"type": expected[name]["type"]}
    assert set(spec(file.role)) == {f"{file.role}_{name}" for name in (*expected, *file.more)}
    assert dict(fields(of_role(file.role, expected), "options")) == dict(fields(expected, "options"))


@pytest.mark.parametrize("file", FILES, ids=str)
def test_defaults_of_the_role_are_those_of_the_configuration(file: File) -> None:
    mine, theirs = defaults(file.role), options_of(file.config, {})
    assert set(mine) == {*file.variables(), *file.more}
    assert {name: mine[name] for name in file.variables() if name not in COMPUTED} == {
        name: theirs[name]["default"] for name in file.variables() if name not in COMPUTED
    }


def written(role: str, values: dict[str, Any]) -> dict[str, Any]:
    """The configuration that a role writes with these values of its variables."""
    loader = DataLoader()
    variables = loader.load_from_file(str(ROOT / "roles" / role / "vars/main.yml"), trusted_as_template=True)
    variables |= {f"{role}_{name}": value for name, value in values.items()}
    templar = Templar(loader=loader, variables=variables)
    return dict(templar.template(trust_as_template(f"{{{{ __{role}_config }}}}")))


@pytest.mark.parametrize("file", FILES, ids=str)
def test_role_writes_every_variable_to_the_key_of_its_name(file: File) -> None:
    """Every variable has another value, of its own type; numbers come as text, as from templates in ansible-core 2.18."""
    made = {int: lambda name: len(name) * 100, str: lambda name: name, tuple: lambda name: [name]}
    hints = get_type_hints(file.config)
    values = {
        name: made[plain(hints[name])](f"{number} {name}") if plain(hints[name]) in made else {name: number}
        for number, name in enumerate(file.variables())
    }
    texts_of_numbers = {name: str(value) if isinstance(value, int) else value for name, value in values.items()}
    found = written(file.role, texts_of_numbers)
    constants = {name: found.pop(name) for name in file.own if name in found}
    assert found == values
    theirs = options_of(file.config, {})
    assert constants == {name: theirs[name]["default"] for name in constants}
    assert constants


# documents


def test_defaults_in_documents_are_those_of_the_specs() -> None:
    """As in "`pg_backup_keep_days` (14)"."""
    roles = sorted(path.parent.parent.name for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"))
    known = {name: option.get("default") for role in roles for name, option in spec(role).items()}
    told = [
        (name, value)
        for path in sorted(ROOT.glob("docs/*.md"))
        for name, value in re.findall(r"`(pg_\w+)` \((\d+)\)", path.read_text(encoding="utf-8"))
    ]
    assert told
    assert [(name, value) for name, value in told if str(known[name]) != value] == []
