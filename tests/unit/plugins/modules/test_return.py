# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The RETURN documentation of each module names the keys and types of the report that it returns, no fewer and no others."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.report_types import ActivityReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.report_types import BackupListing
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.report_types import InstallReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.report_types import DatabasesReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.report_types import ConnectionReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.report_types import HbaReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.lock_report import JudgedLockReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.report_types import HealthFindings
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.inspect_host import HostReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.report_types import SandboxReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings.report_types import SettingsReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.report_types import TuningReport

MODULES = "ansible_collections.aerovista.postgresql.plugins.modules"
#: By module, the type of its report, and the keys that the module adds to it.
REPORTS: dict[str, tuple[type, set[str]]] = {
    "pg_backup_info": (BackupListing, {"configured"}),
    "pg_tuning_info": (TuningReport, set()),
    "pg_cluster_info": (HostReport, set()),
    "pg_cli": (InstallReport, set()),
    "pg_databases": (DatabasesReport, set()),
    "pg_hba": (HbaReport, set()),
    "pg_health_info": (HealthFindings, {"configured", "fails", "text"}),
    "pg_sandbox": (SandboxReport, set()),
    "pg_settings": (SettingsReport, set()),
    "pg_connection_info": (ConnectionReport, {"fails", "text"}),
    "pg_activity_info": (ActivityReport, {"configured", "text"}),
    "pg_locks_info": (JudgedLockReport, {"configured", "text"}),
}
#: What Ansible itself documents.
COMMON = {"changed", "diff"}
PLAIN = {str: "str", int: "int", float: "float", bool: "bool"}


def described(hint: Any) -> tuple[str, str | None, Any]:
    """Type and elements of a key as Ansible names them, and the type of the dictionary that it holds, if it has fixed keys."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        several = [each for each in typing.get_args(hint) if each is not type(None)]
        return described(several[0]) if len(several) == 1 else ("raw", None, None)
    if typing.is_typeddict(hint):
        return "dict", None, hint
    origin = typing.get_origin(hint) or hint
    if origin is list:
        elements, _none, inner = described(typing.get_args(hint)[0])
        return "list", elements, inner
    return ("dict" if origin is dict else PLAIN[origin]), None, None


def differences(documented: dict[str, Any], report: type, added: set[str], path: str) -> Iterator[str]:
    """What documentation and type do not agree on, at any depth."""
    hints = typing.get_type_hints(report)
    yield from (f"{path}{key}: not documented" for key in hints.keys() - documented.keys() - COMMON)
    yield from (f"{path}{key}: not in the report" for key in documented.keys() - hints.keys() - added)
    for key in hints.keys() & documented.keys():
        kind, elements, inner = described(hints[key])
        entry = documented[key]
        if (entry["type"], entry.get("elements")) != (kind, elements):
            yield f"{path}{key}: {kind} of {elements}"
        if inner and inner.__name__ != "FindingReport":
            yield from differences(entry.get("contains", {}), inner, set(), f"{path}{key}.")


@pytest.mark.parametrize("module", REPORTS)
def test_documentation_and_report_have_the_same_keys_and_types(module: str) -> None:
    report, added = REPORTS[module]
    documented = yaml.safe_load(import_module(f"{MODULES}.{module}").RETURN)
    assert list(differences(documented, report, added, "")) == []


def test_every_module_is_compared() -> None:
    modules = Path(__file__).resolve().parents[4] / "plugins" / "modules"
    # The controller's part of pg_preflight turns its report into a message.
    assert REPORTS.keys() == {path.stem for path in modules.glob("pg_*.py")} - {"pg_preflight"}
