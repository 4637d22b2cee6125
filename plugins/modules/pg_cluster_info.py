#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_cluster_info
short_description: Read all that has to be known of a host before PostgreSQL is installed or changed on it
version_added: 0.1.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Reads, in one call, the installed packages, the clusters, who holds the port, the units, the ownership of files, and
    what the server says of itself over the socket.
  - Tells in RV(refusals) why a host must be left alone, and in RV(differences) what can be lived with.
  - Works on a host without PostgreSQL. Needs root.
options:
  port:
    description:
      - TCP port that belongs to the cluster; anybody else who holds it is in RV(refusals).
    type: int
    default: 5432
  encoding:
    description:
      - Encoding the cluster must have; another one is in RV(refusals).
    type: str
    default: UTF8
  locale:
    description:
      - Locale the cluster should have; another one is in RV(differences).
    type: str
    default: C.UTF-8
  checksums:
    description:
      - Whether the cluster should have data checksums; otherwise that is in RV(differences).
    type: bool
    default: true
  packages:
    description:
      - Debian packages to look for.
    type: list
    elements: str
    default: []
  paths:
    description:
      - Files and folders whose ownership, mode and SHA-256 digest to return.
    type: list
    elements: str
    default: []
  units:
    description:
      - Units of systemd whose state to return, with their endings, for example V(cron.service).
    type: list
    elements: str
    default: []
    version_added: 0.3.0
  programs:
    description:
      - Absolute paths of programs that the cluster's owner has to be able to run. What prevents it is in RV(programs).
    type: list
    elements: str
    default: []
    version_added: 0.5.0
  apt_wait_s:
    description:
      - How long to wait, in seconds, until no other program uses apt or dpkg. What uses it then is in RV(apt_holder).
    type: int
    default: 0
    version_added: 0.5.0
extends_documentation_fragment:
  - aerovista.postgresql.attributes
  - aerovista.postgresql.attributes.info_module
  - aerovista.postgresql.cluster
"""

EXAMPLES = r"""
- name: Look at the host
  aerovista.postgresql.pg_cluster_info:
    version: 16
    packages: [postgresql-16]
  register: host

- name: Leave it alone where somebody else is at home
  ansible.builtin.assert:
    that: host.refusals | length == 0
    fail_msg: "{{ host.refusals | join('; ') }}"
"""

RETURN = r"""
clusters:
  description: Every cluster of the host.
  returned: success
  type: list
  elements: dict
  sample: [{"label": "16/main", "port": 5432, "running": true, "data_directory": "/var/lib/postgresql/16/main"}]
cluster:
  description:
    - The cluster asked for, none where it does not exist.
    - C(paths) has the files and folders that the server reports, or, while it does not answer, those of its configuration and of the links in its
      data directory, C(data_directory), C(config_directory), C(config_file), C(hba_file), C(ident_file), C(log_file), C(wal_directory),
      C(tablespaces), C(socket_directories), C(tls_key_file) (empty without TLS) and C(home) of the owner. Added in version 0.5.0.
    - C(modes) lists the C(path), C(owner), C(group) and C(mode) that each of the server's own files and folders must have. RV(files) has what
      they are. Added in version 0.5.0.
  returned: success
  type: dict
  sample: {"label": "16/main", "owner": "postgres", "data_directory": "/srv/data", "paths": {"data_directory": "/srv/data", "hba_file":
    "/etc/postgresql/16/main/pg_hba.conf", "tablespaces": []}, "modes": [{"path": "/srv/data", "owner": "postgres", "group": "postgres", "mode": "0700"}]}
packages:
  description: Installed version by package name, empty for what is not installed.
  returned: success
  type: dict
  sample: {"postgresql-16": "16.9-0ubuntu0.24.04.1"}
packages_missing:
  description: Packages that are not installed.
  returned: success
  type: list
  elements: str
packages_unknown:
  description: Packages that are not installed and that apt has no candidate for, for example because its lists were never fetched.
  returned: success
  type: list
  elements: str
apt_holder:
  description:
    - Program that holds a lock of apt or dpkg, with its process. Empty if there is none, or if no package is missing and
      O(apt_wait_s) is 0.
  returned: success
  type: str
  sample: unattended-upgr, pid 812
service:
  description: Service manager (V(systemd) or V(pg_ctlcluster)), unit, whether it is active and starts at boot.
  returned: success
  type: dict
  sample: {"manager": "systemd", "unit": "postgresql@16-main.service", "active": true, "enabled": true}
server:
  description:
    - What the server says over the socket; C(answers) is false where it does not answer, with the C(error) and what its C(log) last said.
    - C(state) is V(answers), V(stopped), V(refused) where the server runs and its rules refuse the cluster's owner, or V(silent) where it
      runs and does not answer for another reason. C(forecast) is what a run does about that first, empty where it answers.
  returned: success
  type: dict
  sample: {"answers": true, "state": "answers", "version": "16.9", "encoding": "UTF8", "checksums": true, "listeners": ["127.0.0.1:5432"]}
files:
  description:
    - By path, whether it exists, owner, group, mode and digest; of O(paths), and of the paths in C(modes) of RV(cluster).
    - For a symbolic link of root's to a regular file also C(target), the file that is to be written instead of the link.
  returned: success
  type: dict
units:
  description:
    - By unit, whether it is C(active), C(enabled), and C(stale), that is its files have changed since systemd read them.
    - Without systemd, C(active) is what C(service) says of a service, and C(enabled) is none.
  returned: success
  type: dict
  sample: {"cron.service": {"active": true, "enabled": true, "stale": false}}
programs:
  description: By path, why the cluster's owner cannot run the program, as a sentence; empty if it can.
  returned: success
  type: dict
  sample: {"/usr/bin/mail": "there is no program '/usr/bin/mail'"}
refusals:
  description: Why this host must be left alone, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["cluster 15/main (data in /var/lib/postgresql/15/main, running) is configured for port 5432"]
differences:
  description: In what the cluster differs from what a new one would be, where that can be lived with.
  returned: success
  type: list
  elements: str
  sample: ["data checksums are off, a new cluster would have them on"]
leftovers:
  description:
    - Files of this collection for clusters that do not exist any more, such as drop-ins of settings and units, with the folders that
      are empty without them, in the order in which they can be removed.
  returned: success
  type: list
  elements: str
  sample: [/etc/systemd/system/postgresql@15-main.service.d/50-pg_hardening.conf]
  version_added: 0.5.0
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import CLUSTER
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import user_name
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.inspect_host import HostRequest, inspect_host


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            **CLUSTER,
            "port": {"type": "int", "default": 5432},
            "encoding": {"type": "str", "default": "UTF8"},
            "locale": {"type": "str", "default": "C.UTF-8"},
            "checksums": {"type": "bool", "default": True},
            "packages": {"type": "list", "elements": "str", "default": []},
            "paths": {"type": "list", "elements": "str", "default": []},
            "units": {"type": "list", "elements": "str", "default": []},
            "programs": {"type": "list", "elements": "str", "default": []},
            "apt_wait_s": {"type": "int", "default": 0},
        },
        supports_check_mode=True,
    )
    if os.geteuid():
        refused = PgsopError(
            attempted="look at the host",
            target=f"as user {user_name(os.geteuid())}",
            answer="only root can read and change what belongs to the server",
            next_step="run with become (ansible_become: true, and -K if sudo asks for a password), or as root",
        )
        module.fail_json(msg=str(refused))
    try:
        report = inspect_host(HostRequest(**module.params))
    except PgsopError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, **report)


if __name__ == "__main__":
    main()
