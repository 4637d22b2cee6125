#!/usr/bin/env bash
# ansible-core 2.19.14: a task that uses one filter of a collection loads every filter file of that collection, and the next task loads
# them all again.
#
# One would expect: `x | my.tools.light` loads plugins/filter/light.py, once per run; or that the second task finds it loaded.
# What happens: the loader goes through all files of plugins/filter, because any of them could hold the name, and does not stop at the
# one that has it. Each task's worker is a fork of a process that has never loaded them, so what a worker loads is gone with it. The
# loader of collections keeps no compiled code either, so all that these files import at their top is compiled anew in each task.
# A filter file should import its libraries where it is called.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ansible-core==2.19.14
filters=$folder/collections/ansible_collections/my/tools/plugins/filter
mkdir -p "$filters"
for name in light heavy; do
    cat >"$filters/$name.py" <<END
import os

with open(os.environ["LOADED"], "a") as log:
    log.write("$name\n")


class FilterModule:
    def filters(self):
        return {"$name": str}
END
done
cat >"$folder/play.yml" <<'END'
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.assert:
        that: ('x' | my.tools.light) == 'x'
    - ansible.builtin.assert:
        that: ('x' | my.tools.light) == 'x'
    - ansible.builtin.assert:
        that: ('x' | my.tools.light) == 'x'
END
export LOADED=$folder/loaded ANSIBLE_COLLECTIONS_PATH=$folder/collections ANSIBLE_HOME=$folder/home ANSIBLE_LOCALHOST_WARNING=False
"$folder/venv/bin/pip" list --disable-pip-version-check | grep -i "^ansible-core"
"$folder/venv/bin/ansible-playbook" -i localhost, "$folder/play.yml" >"$folder/output"
grep -E "^localhost .*ok=3" "$folder/output"
echo "Files that three tasks with the filter 'light' loaded:"
sort "$folder/loaded" | uniq -c
[ "$(sort "$folder/loaded" | uniq -c | tr -s ' ' | tr '\n' ';')" = " 3 heavy; 3 light;" ] || {
    echo "This has changed." >&2
    exit 1
}
