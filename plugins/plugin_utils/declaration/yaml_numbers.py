# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers that YAML 1.1 reads otherwise than people write them: 05432 is 2842 (octal), and 12:30 is 750 (sexagesimal).

Once a file is loaded they are only the number that they became, so the files of the inventory are read once more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

_OCTAL = re.compile(r"[-+]?0[0-7_]+")
_INT = "tag:yaml.org,2002:int"
_FLOAT = "tag:yaml.org,2002:float"
_ENDINGS = ("", ".yml", ".yaml", ".json")


def misread_numbers(sources: Iterable[str], folders: Iterable[str], names: Collection[str]) -> list[str]:
    """Return a sentence for each number in a variable of ours that YAML reads as octal or sexagesimal.

    Args:
        sources: inventories, each a file or a folder; others, such as lists of hosts, are passed over.
        folders: folders that have group_vars and host_vars beside those of the inventories, such as that of the playbook.
        names: of the variables.
    """
    return [
        f"{name} has {text} in {path.name}, which YAML reads as {number}: write {advice}"
        for path in _files(sources, folders)
        for name, text, number, advice in _numbers_of(path, names)
    ]


def _files(sources: Iterable[str], folders: Iterable[str]) -> list[Path]:
    places = [Path(source) for source in sources]
    roots = [Path(folder) for folder in folders]
    roots += [place if place.is_dir() else place.parent for place in places if place.exists()]
    found = {path for place in places for path in ([place] if place.is_file() else place.glob("*")) if path.is_file()}
    for root in roots:
        for kind in ("group_vars", "host_vars"):
            found |= {path for path in (root / kind).rglob("*") if path.is_file()}
    return sorted(path for path in found if path.suffix in _ENDINGS)


def _numbers_of(path: Path, names: Collection[str]) -> Iterator[tuple[str, str, int | float, str]]:
    try:
        # Ansible itself refuses broken YAML; inventories of other forms and encrypted files are passed over.
        document = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return
    for name, node in _variables(document, names):
        for scalar in _scalars(node):
            if scalar.tag not in (_INT, _FLOAT) or scalar.style is not None:
                continue
            if ":" in scalar.value:
                yield name, scalar.value, yaml.safe_load(scalar.value), f"'{scalar.value}', in quotes"
            elif scalar.tag == _INT and _OCTAL.fullmatch(scalar.value):
                plain = scalar.value.replace("_", "").lstrip("+0") or "0"
                yield (
                    name,
                    scalar.value,
                    yaml.safe_load(scalar.value),
                    f"{plain}, or for text '{scalar.value}' in quotes",
                )


def _variables(node: Any, names: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield each variable with its node, in files of variables and, deeper, in inventories."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in names:
                yield key.value, value
            else:
                yield from _variables(value, names)


def _scalars(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _scalars(each)
    elif isinstance(node, yaml.MappingNode):
        for _key, value in node.value:
            yield from _scalars(value)
