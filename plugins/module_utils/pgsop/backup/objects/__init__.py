# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every object of a database is, so that a restored one can be compared with it object by object."""

from .catalogue import FORM, Description, counts, describe
from .stored import load, save

__all__ = ["FORM", "Description", "counts", "describe", "load", "save"]
