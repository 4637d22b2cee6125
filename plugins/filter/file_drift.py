# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter file_drift."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

DOCUMENTATION = r"""
name: file_drift
short_description: Those of the declared files that are not as declared
version_added: 0.1.0
author: Nexus TechWorks (@nexus-techworks)
description:
  - Compares declared files and folders with what module M(aerovista.postgresql.pg_cluster_info) read of them, so that
    tasks are run only for those that differ.
options:
  _input:
    description:
      - Declared files, each a dictionary with C(path), C(owner), C(group), C(mode) and maybe C(content) or C(state).
      - A file without C(content) is not ours to make; where it does not exist, nothing differs.
      - A folder with C(state) V(directory) is ours to make. Anything with C(state) V(absent) differs where it exists.
    type: list
    elements: dict
    required: true
  files:
    description: RV(aerovista.postgresql.pg_cluster_info#module:files).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Repair what differs
  ansible.builtin.file:
    path: "{{ item.path }}"
    owner: "{{ item.owner }}"
    group: "{{ item.group }}"
    mode: "{{ item.mode }}"
  loop: "{{ declared | aerovista.postgresql.file_drift(host.files) }}"
"""

RETURN = r"""
_value:
  description:
    - The declared files that differ, each with a list C(drift) that says in words what differs, with names of owners and groups.
    - Its first item is V(new) for a file, V(new folder), V(remove), or V(content) for a file with another text; then owner, group and mode.
  type: list
  elements: dict
  sample:
    - path: /etc/pgsop/health.json
      owner: root
      group: root
      mode: "0644"
      drift: ["group postgres -> root", "mode 0600 -> 0644"]
"""


def file_drift(
    declared: Sequence[Mapping[str, Any]], files: Mapping[str, Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the declared files that differ from the host's, with what differs as `drift`.

    Args:
        declared: with path, owner, group and mode, and maybe content or state.
        files: by path, as module pg_cluster_info reads them.
    """
    compared = ((item, _drift(item, files[item["path"]])) for item in declared)
    return [{**item, "drift": drift} for item, drift in compared if drift]


def _drift(item: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    content, state = item.get("content"), item.get("state")
    if state == "absent":
        return ["remove"] if found["exists"] else []
    if not found["exists"]:
        if content is None and state != "directory":
            return []
        size = [f"{len(content.splitlines())} lines"] if content is not None else []
        return ["new folder" if content is None else "new", *size, "{owner}:{group} {mode}".format(**item)]
    differs = content is not None and found.get("sha256") != hashlib.sha256(content.encode()).hexdigest()
    changes = [f"{key} {found[key]} -> {item[key]}" for key in ("owner", "group", "mode") if found[key] != item[key]]
    return [*(["content"] if differs else []), *changes]


class FilterModule:
    """Filter file_drift."""

    def filters(self) -> dict[str, Callable[..., list[Mapping[str, Any]]]]:
        """Return the filter by name."""
        return {"file_drift": file_drift}
