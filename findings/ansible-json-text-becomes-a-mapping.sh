#!/usr/bin/env bash
# ansible-core 2.18.19 and 2.19.14: the same task writes JSON text from a variable in two forms, so two controllers with different cores
# change the same file again and again.
#
# One would expect: `to_nice_json` gives text, and ansible.builtin.copy writes that text.
# What happens up to 2.18: a template whose result begins with { is read as data again, also where a filter or "\n" made text of it. copy gets a
# mapping and writes it in its own form, on one line. A filter that hashes the text of such a variable gets a mapping as well. The filter
# `string` as the last one keeps it text in both.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/play.yml" <<'END'
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    declared: {version: 17, cluster: main}
    plain: {content: "{{ declared | to_nice_json }}\n"}
    marked: {content: "{{ (declared | to_nice_json ~ '\n') | string }}"}
  tasks:
    - ansible.builtin.copy: {dest: "{{ lookup('env', 'OUT') }}/plain", content: "{{ plain.content }}", mode: "0644"}
    - ansible.builtin.copy: {dest: "{{ lookup('env', 'OUT') }}/marked", content: "{{ marked.content | string }}", mode: "0644"}
END
export ANSIBLE_HOME=$folder/home ANSIBLE_LOCALHOST_WARNING=False PYTHONWARNINGS=ignore
for version in 2.18.19 2.19.14; do
    export OUT=$folder/$version
    mkdir "$OUT"
    python3 -m venv "$folder/venv-$version"
    "$folder/venv-$version/bin/pip" install --quiet --disable-pip-version-check "ansible-core==$version"
    "$folder/venv-$version/bin/ansible-playbook" -i localhost, "$folder/play.yml" >"$OUT/output"
    for name in plain marked; do
        echo "ansible-core $version, $name: $(wc -l <"$OUT/$name") lines: $(head -c 40 "$OUT/$name" | head -n 1)"
    done
done
cmp "$folder/2.18.19/marked" "$folder/2.19.14/marked"
[ "$(wc -l <"$folder/2.18.19/plain") $(wc -l <"$folder/2.19.14/plain")" = "0 4" ] || {
    echo "This has changed." >&2
    exit 1
}
