# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments that several modules share; documented in doc fragments cluster and looking."""

from __future__ import annotations

from typing import Any

CLUSTER: dict[str, dict[str, Any]] = {
    "version": {"type": "int", "required": True},
    "cluster": {"type": "str", "default": "main"},
}
RESTART: dict[str, dict[str, Any]] = {
    "restart": {"type": "str", "choices": ["allowed", "never"], "default": "allowed"},
}
LOOKING: dict[str, dict[str, Any]] = {
    "version": {"type": "int"},
    "cluster": {"type": "str", "default": "main"},
    "dsn": {"type": "str", "no_log": True},
}
FAIL_ON: dict[str, dict[str, Any]] = {
    "fail_on": {"type": "str", "choices": ["never", "warning", "critical"], "default": "never"},
}
