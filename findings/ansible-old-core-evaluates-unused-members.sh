#!/usr/bin/env bash
# ansible-core 2.18.19 and 2.19.14: asking one attribute of a list fails for what another attribute needs.
#
# One would expect: `entries | map(attribute='path')` evaluates the paths alone, or behaves alike in two neighbouring releases.
# What happens up to 2.18: a variable is evaluated as a whole before a filter gets it, so an attribute that nobody asks for must be
# defined already. From 2.19 on it is evaluated when it is needed. A role that is developed on 2.19 can therefore ask a host about paths whose
# other attributes depend on the answer, works for years, and fails on the oldest core that it promises.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/play.yml" <<'END'
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    entries:
      - {path: /etc/example, wanted: "{{ answer.stdout == 'yes' }}"}
  tasks:
    - ansible.builtin.command: {argv: [echo, "{{ entries | map(attribute='path') | first }}"]}
      register: answer
END
export ANSIBLE_HOME=$folder/home ANSIBLE_LOCALHOST_WARNING=False PYTHONWARNINGS=ignore
seen=""
for version in 2.18.19 2.19.14; do
    python3 -m venv "$folder/venv-$version"
    "$folder/venv-$version/bin/pip" install --quiet --disable-pip-version-check "ansible-core==$version"
    status=0
    "$folder/venv-$version/bin/ansible-playbook" -i localhost, "$folder/play.yml" >"$folder/output" 2>&1 || status=$?
    echo "ansible-core $version: exit status $status; $(grep -o "'answer' is undefined" "$folder/output" | head -n 1)"
    seen="$seen$version=$status "
done
[ "$seen" = "2.18.19=2 2.19.14=0 " ] || {
    echo "This has changed." >&2
    exit 1
}
