"""The tables of variables in the roles' READMEs, from their argument specs.

A table stands between two comments, in the order of the spec. What is written there by hand is lost: change the spec, then run this.

Usage: scripts/role_docs.py [--check] [FOLDER]; with --check it writes nothing, prints the files that differ, and ends with status 1.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent

BEGIN = "<!-- variables: made from meta/argument_specs.yml by scripts/role_docs.py -->"
END = "<!-- end of variables -->"
#: Markup of Ansible for what Markdown writes as code: C(text), V(value), O(option), M(module) and the like.
MARKUP = re.compile(r"\b[CEMOPV]\(([^)]*)\)")
#: Text that YAML reads as the same text without quotes.
PLAIN = re.compile(r"[A-Za-z/][\w./:-]*")


def table(options: dict[str, dict[str, Any]]) -> str:
    """Return the options of a role as a table in Markdown."""
    head = "| Variable | Type | Default | Meaning |\n|---|---|---|---|\n"
    return head + "".join(f"| {' | '.join(_cells(name, option))} |\n" for name, option in options.items())


def _cells(name: str, option: dict[str, Any]) -> tuple[str, ...]:
    kind = f"{option['type']} of {option['elements']}" if "elements" in option else option["type"]
    # Without a default in the spec, defaults/main.yml computes one.
    absent = "required" if option.get("required") else "computed"
    default = f"`{_value(option['default'])}`" if "default" in option else absent
    return f"`{name}`", kind, default, meaning(option).replace("|", r"\|")


def meaning(option: dict[str, Any]) -> str:
    """Return the description of an option as Markdown, with its choices and the keys of its entries."""
    description = option["description"]
    paragraphs = description if isinstance(description, list) else [description]
    sentences = [MARKUP.sub(r"`\1`", paragraph.strip()) for paragraph in paragraphs]
    if "choices" in option:
        sentences.append(f"One of {', '.join(f'`{_value(choice)}`' for choice in option['choices'])}.")
    if "options" in option:
        keys = [f"`{key}`{' (required)' if inner.get('required') else ''}" for key, inner in option["options"].items()]
        sentences.append(f"Keys: {', '.join(keys)}.")
    return " ".join(" ".join(sentences).split())


def _value(value: Any) -> str:
    """Return a value as YAML in one line."""
    if isinstance(value, str):
        return value if PLAIN.fullmatch(value) and yaml.safe_load(value) == value else json.dumps(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value)


def renewed(readme: str, options: dict[str, dict[str, Any]]) -> str:
    """Return a README with its table as the spec has it.

    Raises:
        ValueError: the README has not exactly one place for the table.
    """
    if readme.count(BEGIN) != 1 or readme.count(END) != 1:
        raise ValueError(f"it must have the lines {BEGIN} and {END} once each")
    before, _begin, rest = readme.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(options)}\n{END}{after}"


def main() -> int:
    """Write the tables, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument(
        "folder", nargs="?", type=Path, default=ROOT, help="with the folder roles; default: this repository"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; print the files that differ, and end with status 1"
    )
    arguments = parser.parse_args()
    different = []
    for path in sorted(arguments.folder.glob("roles/*/meta/argument_specs.yml")):
        readme = path.parent.parent / "README.md"
        options = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
        old = readme.read_text(encoding="utf-8")
        try:
            new = renewed(old, options)
        except ValueError as error:
            parser.error(f"{readme.relative_to(arguments.folder)}: {error}")
        if new != old:
            different.append(str(readme.relative_to(arguments.folder)))
            if not arguments.check:
                readme.write_text(new, encoding="utf-8")
    for name in different:
        print(f"{name}: {'is not as its argument spec: run scripts/role_docs.py' if arguments.check else 'written'}")
    return 1 if arguments.check and different else 0


if __name__ == "__main__":
    sys.exit(main())
