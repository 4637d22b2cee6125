# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter command_programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: command_programs
short_description: The programs of declared commands, without their arguments
version_added: 0.5.0
author: Nexus TechWorks (@nexus-techworks)
description:
  - Returns the program of each command, split into words as the command C(pgsop) does. The arguments may hold a secret.
options:
  _input:
    description: Commands by the names of their variables. Empty commands are left out.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show which programs are needed
  ansible.builtin.debug:
    msg: "{{ {'pg_backup_copy_command': pg_backup_copy_command} | aerovista.postgresql.command_programs }}"
"""

RETURN = r"""
_value:
  description: Paths of programs, by the same names.
  type: dict
  sample: {"pg_backup_copy_command": "/usr/bin/rclone"}
"""


def command_programs(commands: Mapping[str, str]) -> dict[str, str]:
    """Return the programs of declared commands by name, without the empty ones."""
    # Imported here: where a task uses one filter of a collection, Ansible loads all of them, again in each task.
    from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import program_of

    programs = {name: program_of(command) for name, command in commands.items()}
    return {name: program for name, program in programs.items() if program}


class FilterModule:
    """Filter command_programs."""

    def filters(self) -> dict[str, Callable[..., dict[str, str]]]:
        """Return the filter by name."""
        return {"command_programs": command_programs}
