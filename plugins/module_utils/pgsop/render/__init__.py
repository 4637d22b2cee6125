# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports as lines of text: the same for the command, the modules and the playbooks."""

#: The text for a host on which no server is set up yet.
NO_SERVER = "This host has no server yet."
