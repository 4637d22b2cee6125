#!/usr/bin/env bash
# ansible-core 2.19.14: tasks of a role's dependency run before Ansible's own validation of that role's arguments, and see those arguments.
#
# One would expect: meta/argument_specs.yml is the gate of a role, so nothing of it or of what it depends on runs with arguments of a wrong type.
# What happens: the validation is a task of the role itself, behind its dependencies. A dependency gets the wrong value first. With a tag that
# nothing has, the validation runs all the same, because it has the tag always; the dependency does not, unless its tasks have that tag too.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder"/roles/{main,first}/{tasks,meta}
cat >"$folder/roles/first/tasks/main.yml" <<'END'
- ansible.builtin.debug: {msg: "the dependency has {{ width }}"}
END
echo 'dependencies: [{role: first}]' >"$folder/roles/main/meta/main.yml"
echo 'argument_specs: {main: {options: {width: {type: int}}}}' >"$folder/roles/main/meta/argument_specs.yml"
echo '- ansible.builtin.debug: {msg: the role}' >"$folder/roles/main/tasks/main.yml"
cat >"$folder/play.yml" <<'END'
- hosts: localhost
  connection: local
  gather_facts: false
  roles: [{role: main, width: five}]
END
export ANSIBLE_HOME=$folder/home ANSIBLE_LOCALHOST_WARNING=False PYTHONWARNINGS=ignore
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ansible-core==2.19.14
# The play fails, as it should.
run() { ("$folder/venv/bin/ansible-playbook" -i localhost, "$folder/play.yml" "$@" 2>&1 || true) | grep -oE 'the dependency has five|Validation of arguments failed' | uniq | paste -sd '>'; }
all=$(run) tagged=$(run --tags nosuch)
echo "ansible-core 2.19.14, all tags: $all"
echo "ansible-core 2.19.14, --tags nosuch: $tagged"
[ "$all" = "the dependency has five>Validation of arguments failed" ] && [ "$tagged" = "Validation of arguments failed" ] || {
    echo "This has changed." >&2
    exit 1
}
