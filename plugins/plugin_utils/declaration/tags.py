# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of the command line with which nothing, or not what was meant, would run."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.nearest import nearest

from .role_variables import ROLES

#: Tags that Ansible itself has.
_GENERAL = ("all", "tagged", "untagged", "always", "never")
#: pg_bakcup is similar to pg_backup by 0.89, backup by 0.8.
_SIMILAR = 0.75


def tag_problems(run: Sequence[str], skip: Sequence[str], *, own_playbook: bool) -> list[str]:
    """Return a sentence for each tag that is not one of the roles, empty if all can be meant.

    Args:
        run: of --tags.
        skip: of --skip-tags.
        own_playbook: whether a playbook of this collection was started. Another one can have tags of its own, so only tags that are
            similar to one of ours are refused there; and so it is with --skip-tags.
    """
    found = []
    for option, tags in (("--tags", run), ("--skip-tags", skip)):
        for tag in tags:
            near = nearest(tag.lower(), ROLES, _SIMILAR)
            # To skip what there is not does no harm, and is done on purpose where several playbooks get the same command line.
            if tag in (*ROLES, *_GENERAL) or not (near or (own_playbook and option == "--tags")):
                continue
            meant = f"did you mean {near}? " if near else ""
            found.append(f"no role has the tag {tag} of {option}: {meant}the tags are {', '.join(ROLES)}")
    return found
