# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same server as for health."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.tests.servers.health.conftest import (
    _running_patient,
    patient,
    pytest_generate_tests,
)

__all__ = ("_running_patient", "patient", "pytest_generate_tests")
