# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords as Ansible reads them: named if a file has them in plain text, and never otherwise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.filter.plain_passwords import FilterModule, plain_passwords

PLAIN = """
from_plain: canary-Plain-77f1
long_text: |
  canary-Multi
  line-88
dbs:
  - name: shop
    roles:
      literal: {name: literal, password: canary-Literal-41c8}
      vaulted: {name: vaulted, password: "{{ from_vault_file }}"}
      inline: {name: inline, password: "{{ from_inline_vault }}"}
      behind: {name: behind, password: "{{ from_plain }}"}
      environment: {name: environment, password: "{{ lookup('env', 'CANARY') }}"}
      file: {name: file, password: "{{ lookup('file', folder ~ '/secret') }}"}
      composed: {name: composed, password: "{{ from_vault_file ~ 'x' }}"}
      line: {name: line, password: "{{ from_command_line }}"}
      lines: {name: lines, password: "{{ long_text }}"}
      optional: "{{ {'name': 'optional'} | combine({'password': from_vault_file} if from_vault_file is defined else {}) }}"
      none: {name: none}
more:
  - {name: alone, password: canary-Alone-93d2}
"""
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.copy:
        dest: "{{ folder }}/found.json"
        content: "{{ dbs | aerovista.postgresql.plain_passwords(more) | to_json }}"
"""


def run(folder: Path, program: str, *arguments: str) -> str:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    environment = clean | {
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_COLLECTIONS_PATH": os.environ["PYTHONPATH"].split(":")[0],
        "ANSIBLE_VAULT_PASSWORD_FILE": str(folder / "key"),
        "CANARY": "canary-Environment-5a",
    }
    command = [str(Path(sys.executable).parent / program), *arguments]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("inventory")
    variables = folder / "group_vars" / "all"
    variables.mkdir(parents=True)
    for name, text in (
        ("ansible.cfg", ""),
        ("key", "canary-Key-1\n"),
        ("secret", "canary-File-6e\n"),
        ("hosts", f"localhost ansible_connection=local ansible_python_interpreter={sys.executable}\n"),
        ("play.yml", PLAY),
        ("group_vars/all/plain.yml", PLAIN),
        ("group_vars/all/vault.yml", "from_vault_file: canary-Vault-20b7\n"),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    run(folder, "ansible-vault", "encrypt", str(variables / "vault.yml"))
    inline = run(folder, "ansible-vault", "encrypt_string", "--name", "from_inline_vault", "canary-Inline-31ee")
    (variables / "inline.yml").write_text(inline, encoding="utf-8")
    extra = ["-e", f"folder={folder}", "-e", "from_command_line=canary-Line-0d4a"]
    run(folder, "ansible-playbook", "-i", "hosts", "play.yml", *extra)
    names: list[str] = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return names


def test_passwords_in_plain_files_are_named_with_the_place_and_no_others(found: list[str]) -> None:
    assert found == [
        "alone (group_vars/all/plain.yml, line 21)",
        "behind (group_vars/all/plain.yml, line 2)",
        "literal (group_vars/all/plain.yml, line 9)",
    ]


def test_no_password_is_shown(found: list[str]) -> None:
    assert "canary" not in str(found)


def test_value_without_an_origin_is_not_named() -> None:
    assert plain_passwords([{"name": "shop", "roles": {"app": {"name": "amy", "password": "canary-1"}}}]) == []
    assert plain_passwords([], [{"name": "amy"}, {"name": "bob", "password": None}]) == []


def test_filter_is_registered() -> None:
    assert FilterModule().filters() == {"plain_passwords": plain_passwords}
