#!/usr/bin/python
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pg_cli
short_description: Put the command pgsop on the host
version_added: 0.3.0
author:
  - Nexus TechWorks (@nexus-techworks)
description:
  - Packs the engine of this collection, the very sources that this module runs, into one executable file. Cron, timers and
    people call that, without Ansible. Beside it come its man page and its completions for bash and zsh.
  - The same release makes the same bytes, whatever the Python that packs it.
  - The file is replaced as a whole, so a C(pgsop) that runs at the moment goes on with the old one.
  - A file in its place that is not C(pgsop) is kept beside it, as C(pgsop.replaced.1) and so on without permission to execute it, and
    replaced. Refuses to remove such a file, to replace one if O(path) has another name than C(pgsop), and to replace a folder, a link or
    a device.
options:
  path:
    description:
      - Where the command is to be. Its folder must exist.
    type: path
    default: /usr/local/bin/pgsop
  link:
    description:
      - Where a symbolic link to it is to be as well, in a folder of sudo's C(secure_path). A link that leads elsewhere is replaced, anything
        else in its place is refused. The default is no link.
    type: path
    default: ""
    version_added: 0.5.0
  share:
    description:
      - Folder for the man page and the completions for bash and zsh, in its subfolders C(man/man1), C(bash-completion/completions) and
        C(zsh/site-functions), which are created. If it is empty, they are not installed.
    type: path
    default: /usr/local/share
    version_added: 0.5.0
  state:
    description:
      - Whether it is to be there.
    type: str
    choices:
      - present
      - absent
    default: present
  owner:
    description:
      - User who owns it.
    type: str
    default: root
  group:
    description:
      - Group that owns it.
    type: str
    default: root
  mode:
    description:
      - Its permission bits, in octal and quoted. More than V(0755) is refused, since root runs what is in it.
    type: raw
    default: "0755"
extends_documentation_fragment:
  - aerovista.postgresql.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - The diff has owner, group, mode, version and digest, not the sources, and a line for each other file.
  idempotent:
    support: full
requirements:
  - Python 3.10 or newer as C(/usr/bin/python3) on the host.
notes:
  - Run it as C(root), who alone can give the file an owner.
seealso:
  - module: aerovista.postgresql.pg_backup_info
"""

EXAMPLES = r"""
- name: Put the command on the host
  aerovista.postgresql.pg_cli:

- name: Put it where only administrators look
  aerovista.postgresql.pg_cli:
    path: /usr/local/sbin/pgsop
    mode: "0750"

- name: Put it on the host, so that sudo finds it on every release
  aerovista.postgresql.pg_cli:
    link: /usr/sbin/pgsop

- name: Take it away
  aerovista.postgresql.pg_cli:
    state: absent
    link: /usr/sbin/pgsop
"""

RETURN = r"""
path:
  description: The command.
  returned: success
  type: str
  sample: /usr/local/bin/pgsop
replaced:
  description:
    - Files that were in the place of the command, were not C(pgsop), and are kept beside it, of this run and of earlier ones. Check them and
      remove them.
  returned: success
  type: list
  elements: str
  sample: [/usr/local/bin/pgsop.replaced.1]
  version_added: 0.5.0
version:
  description: Release of the collection it is of. Empty where it is absent.
  returned: success
  type: str
  sample: 0.3.0
sha256:
  description: Digest of the file. Empty where it is absent.
  returned: success
  type: str
actions:
  description: What was, or in check mode would be, done.
  returned: success
  type: list
  elements: str
  sample: ["write /usr/local/bin/pgsop"]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.install import InstallRequest, manage
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import FileMode


def bits(mode: Any) -> int:
    """Permission bits as a number. Text is octal; YAML has read an unquoted 0755 as such already.

    Raises:
        ValueError: for anything else.
    """
    return mode if isinstance(mode, int) else int(str(mode), 8)


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "default": "/usr/local/bin/pgsop"},
            "link": {"type": "path", "default": ""},
            "share": {"type": "path", "default": "/usr/local/share"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "owner": {"type": "str", "default": "root"},
            "group": {"type": "str", "default": "root"},
            "mode": {"type": "raw", "default": "0755"},
        },
        supports_check_mode=True,
    )
    params = module.params
    try:
        mode = FileMode(params["owner"], params["group"], bits(params["mode"]))
    except ValueError:
        module.fail_json(msg=f"mode is {params['mode']!r} and must be octal and quoted, as in '0755'")
    try:
        request = InstallRequest(params["path"], mode, params["state"] == "present", params["link"], params["share"])
        outcome = manage(request, check=module.check_mode)
    except PgsopError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**outcome.as_dict())


if __name__ == "__main__":
    main()
