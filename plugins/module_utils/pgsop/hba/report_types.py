# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return values of module pg_hba."""

from __future__ import annotations

from typing import Any, TypedDict


class HbaReport(TypedDict):
    """The file of the rules, and its effect.

    Attributes:
        changed: whether there is anything to do.
        actions: what is done, or would be.
        diff: for Ansible's --diff; empty without actions.
        file: path of pg_hba.conf.
        rules: its lines, without secrets.
        md5_roles: roles with an md5 verifier, which cannot log in by scram-sha-256.
        validated: whether a running server checked the rules.
        server_state: answers, stopped, refused or silent.
        ident_lines: lines of pg_ident.conf that are not declared.
    """

    changed: bool
    actions: list[str]
    diff: Any
    file: str
    rules: list[str]
    md5_roles: list[str]
    validated: bool
    server_state: str
    ident_lines: list[str]
