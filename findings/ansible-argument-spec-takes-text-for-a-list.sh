#!/usr/bin/env bash
# ansible-core 2.18.19 and 2.19.14: an argument spec with `type: list` accepts text, and the role then works with the text, letter by letter.
#
# One would expect: text where the spec says list is refused, or it is a list when the role uses it.
# What happens: the validation converts a copy of its own ("10.0.0.5" becomes a list of one). The variable stays text: `join` and `reject` go
# through its letters, and `+` with a list is an error of the template. So a role has to refuse text by itself.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder"/roles/main/{tasks,meta}
echo 'argument_specs: {main: {options: {addresses: {type: list, elements: str}}}}' >"$folder/roles/main/meta/argument_specs.yml"
cat >"$folder/roles/main/tasks/main.yml" <<'END'
- ansible.builtin.debug: {msg: "the role has {{ addresses | join(', ') }}"}
END
cat >"$folder/play.yml" <<'END'
- hosts: localhost
  connection: local
  gather_facts: false
  roles: [{role: main, addresses: 10.0.0.5}]
END
export ANSIBLE_HOME=$folder/home ANSIBLE_LOCALHOST_WARNING=False PYTHONWARNINGS=ignore
for version in 2.18.19 2.19.14; do
    python3 -m venv "$folder/venv-$version"
    "$folder/venv-$version/bin/pip" install --quiet --disable-pip-version-check "ansible-core==$version"
    seen=$("$folder/venv-$version/bin/ansible-playbook" -i localhost, "$folder/play.yml" 2>&1 | grep -o 'the role has [^"]*')
    echo "ansible-core $version: $seen"
    [ "$seen" = "the role has 1, 0, ., 0, ., 0, ., 5" ] || {
        echo "This has changed." >&2
        exit 1
    }
done
