# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which release of the collection this is."""

from __future__ import annotations

#: The same as in galaxy.yml, which does not travel to the hosts.
VERSION = "0.5.0"
