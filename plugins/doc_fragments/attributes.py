# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module attributes whose wording is the same everywhere."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragments C(attributes) and C(attributes.info_module)."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description:
      - Can run in C(check_mode) and return what would change, without changing it.
      - Check mode is the same path as a real run less the writing, so it cannot say anything else.
  diff_mode:
    description:
      - Returns what has changed, or in C(check_mode) would change, when in diff mode.
  idempotent:
    description:
      - A second run with the same input changes nothing.
"""

    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module only reads.
  diff_mode:
    support: N/A
    details:
      - This module only reads.
  idempotent:
    support: full
    details:
      - This module only reads.
"""
