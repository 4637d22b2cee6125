#!/usr/bin/env bash
# ansible-core 2.18.19 and 2.19.14: a plugin reads a role's defaults with PyYAML and has them evaluated; from 2.19 on nothing is evaluated.
#
# One would expect: Templar.template() evaluates "{{ port }}", wherever the text comes from, or says that it does not.
# What happens: up to 2.18 the answer is the value. From 2.19 on text is a template only if it carries a mark, which Ansible's own loader gives to
# files of a playbook; other text comes back as it is, without an error or a warning. ansible.template.trust_as_template gives the mark.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export ANSIBLE_HOME=$folder/home PYTHONWARNINGS=ignore
cat >"$folder/probe.py" <<'END'
import yaml
from ansible import template
from ansible.parsing.dataloader import DataLoader

text = yaml.safe_load('address: "localhost:{{ port }}"')["address"]
templar = template.Templar(loader=DataLoader(), variables={"port": 5432})
marked = getattr(template, "trust_as_template", str)(text)
print(f"as read: {templar.template(text)}; marked: {templar.template(marked)}")
END
for version in 2.18.19 2.19.14; do
    python3 -m venv "$folder/venv-$version"
    "$folder/venv-$version/bin/pip" install --quiet --disable-pip-version-check "ansible-core==$version"
    "$folder/venv-$version/bin/python" "$folder/probe.py" >"$folder/$version" 2>/dev/null
    echo "ansible-core $version, $(cat "$folder/$version")"
done
grep -qx 'as read: localhost:5432; marked: localhost:5432' "$folder/2.18.19" &&
    grep -qx 'as read: localhost:{{ port }}; marked: localhost:5432' "$folder/2.19.14" || {
    echo "This has changed." >&2
    exit 1
}
