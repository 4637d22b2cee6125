"""The man page of pgsop and its completions for bash and zsh, from the parsers of the command.

They become Python modules in `plugins/module_utils/pgsop/cli/generated`, because Ansible brings nothing else to a host with a module; module
pg_cli installs them. What is written there by hand is lost: change the parsers, then run this. The completions are made by shtab.

Usage: scripts/cli_docs [--check]; with --check it writes nothing, prints the files that differ, and ends with status 1.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import shtab

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.help_text import parts
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.main import build_parser
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.options import Parser, add_general

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "plugins/module_utils/pgsop/cli/generated"

#: By the name of the module, which text it has.
TITLES = {
    "man_page": "The man page of the command, up to the commands for backups.",
    "man_page_backups": "The rest of the man page: the commands for backups, and the end.",
    "bash": "The completion of the command for bash.",
    "zsh": "The completion of the command for zsh.",
}
MODULE = '''\
# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""{title} Made by scripts/cli_docs from the parsers: change these, then run that."""

TEXT = r"""
{text}"""
'''
#: In each text, so that a file of another origin is not taken for one of these.
MADE = "made by scripts/cli_docs of the collection aerovista.postgresql"
#: Where the second module of the man page begins.
BACKUPS = ".SH PGSOP BACKUP\n"
#: Columns of a description in a menu of zsh, and of a line of the man page's source.
MENU, SOURCE = 76, 150

ENDING = r"""
.SH FILES
.IP "\fI/etc/pgsop/health.json\fR" 4
Which cluster is examined and how; role pg_monitoring writes it.
.IP "\fI/etc/pgsop/backup.json\fR" 4
What is backed up, where and how; role pg_backup writes it.
.SH ENVIRONMENT
.IP "\fBCOLUMNS\fR" 4
Columns of the terminal. Lines are folded only on a terminal; a pipe gets each line whole.
.IP "\fBNO_COLOR\fR" 4
If it is set, statuses have no color.
.SH SEE ALSO
.BR psql (1),
.BR pg_dump (1),
.BR pg_lsclusters (1)
"""


def texts() -> dict[str, str]:
    """Return the texts by the name of their module."""
    parser, commands = build_parser()
    page, mark, backups = man_page(parser, commands).partition(BACKUPS)
    _prepare_for_shells(commands)
    return {
        "man_page": page,
        "man_page_backups": mark + backups,
        "bash": _completion(parser, "bash"),
        "zsh": _completion(parser, "zsh"),
    }


def _general() -> list[argparse.Action]:
    """Return the options that each command has and that mean the same in all of them."""
    parser = Parser(add_help=False)
    add_general(parser, config="health.json or backup.json in /etc/pgsop")
    return [action for action in parser.actions if action.option_strings[-1] != "--format"]


def man_page(parser: Parser, commands: Mapping[str, Parser]) -> str:
    """Return the man page as source for man(7)."""
    lines = [
        f'.\\" {MADE}',
        '.TH PGSOP 1 "" "aerovista.postgresql" "PostgreSQL on one host"',
        # No hyphenation: it would break paths and options.
        ".nh",
        ".SH NAME",
        r"pgsop \- health, activity, locks, diagnosis and backups of the PostgreSQL server of this host",
        ".SH SYNOPSIS",
        ".B pgsop",
        r"\fICOMMAND\fR [\fIOPTION\fR]...",
        ".br",
        ".B pgsop help",
        r"[\fICOMMAND\fR]",
        ".SH DESCRIPTION",
        *_prose(str(parser.description)),
        ".SH COMMANDS",
        *(line for name, command in commands.items() for line in _item(_bold(name), command.short)),
        ".SH OPTIONS OF ALL COMMANDS",
        *(line for action in _general() for line in _item(_heading(action), str(action.help))),
        *_epilog(str(parser.epilog)),
        *(line for name, command in commands.items() for line in _command(name, command)),
    ]
    return "\n".join(lines) + ENDING


def _command(name: str, command: Parser) -> Iterator[str]:
    yield from (f".SH PGSOP {name.upper()}", *_prose(str(command.description)))
    for action in command.actions:
        if not action.option_strings or action.option_strings[-1] not in ("--config", "--help"):
            yield from _item(_heading(action), str(action.help))
    yield from _epilog(str(command.epilog), section="SS")


def _heading(action: argparse.Action) -> str:
    options = ", ".join(map(_bold, action.option_strings))
    value = str(action.metavar or "|".join(map(str, action.choices or ())))
    if action.nargs == 0:
        return options
    shown = rf"\fI{_escaped(value)}\fR"
    return f"{options} {f'[{shown}]' if action.nargs == '?' else shown}".strip()


def _item(heading: str, meaning: str) -> list[str]:
    """Return an item of a list: its heading, which is source already, and its meaning, which may be empty."""
    quoted = heading.replace('"', r"\(dq")
    return [f'.IP "{quoted}" 4', *_filled(_escaped(meaning))]


def _epilog(text: str, section: str = "SH") -> Iterator[str]:
    """Yield the lists and paragraphs after the options; a line that ends with a colon is a heading."""
    for block in re.split(r"\n\n|\n(?=\S+:\n)", text):
        head, _newline, rest = block.partition("\n")
        title, found, more = block.partition("exit status: ")
        if head.endswith(":"):
            yield f".{section} {head[:-1].upper()}"
            for item, meaning in map(parts, rest.splitlines()):
                yield from _item(_bold(item), meaning)
        elif found and not title:
            yield from (f".{section} EXIT STATUS", *_prose(more))
        else:
            yield from (".PP", *_prose(block))


def _prose(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        yield from [".PP"] if number else []
        yield from _filled(_escaped(" ".join(paragraph.split())))


def _filled(text: str) -> list[str]:
    """Return a paragraph as lines of source; none of them begins like a request."""
    lines = textwrap.wrap(text, SOURCE, break_long_words=False, break_on_hyphens=False)
    return [rf"\&{line}" if line[0] in ".'" else line for line in lines]


def _bold(text: str) -> str:
    return rf"\fB{_escaped(text)}\fR"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\e").replace("-", r"\-")


def _prepare_for_shells(commands: Mapping[str, Parser]) -> None:
    """Let options for files complete names of files, and make descriptions short enough for a line of a menu."""
    for command in commands.values():
        command.description = command.short
        for action in command.actions:
            action.help = _first_words(str(action.help))
            if action.metavar == "FILE":
                vars(action)["complete"] = shtab.FILE


def _first_words(text: str) -> str:
    words = re.split(r"[;:] | \(default|\. ", text)[0]
    return textwrap.shorten(words, MENU, placeholder=" ...")


def _completion(parser: Parser, shell: str) -> str:
    """Return what shtab makes, with a first comment of our own instead of its advice where to copy the file."""
    made = shtab.complete(parser, shell)
    head = re.compile(r"# AUTOMATICALLY GENERATED by \S+\n(#.*\n)*")
    own = head.sub(f"# {MADE}, with shtab\n", made, count=1)
    if shell == "bash":
        own = re.sub(r"^(\w+_option_strings=\()(.{120,})$", _folded_array, own, flags=re.MULTILINE)
    if shell == "zsh":
        # A condition in one line of 200 characters.
        own = re.sub(r"(?<=\+) {4,}(?=\S)", " \\\\\n      ", own)
    return "".join(f"{_folded(line)}\n" for line in own.rstrip("\n").split("\n"))


def _folded(line: str) -> str:
    """Return a line with many choices as several, which both shells read as one, in quotes as well."""
    if len(line) <= SOURCE or "(" not in line:
        return line
    return " \\\n".join(textwrap.wrap(line, SOURCE, break_long_words=False, break_on_hyphens=False))


def _folded_array(found: re.Match[str]) -> str:
    """Return a list of bash in several lines."""
    return found[1] + "\n    ".join(textwrap.wrap(found[2], 100, break_long_words=False, break_on_hyphens=False))


def modules() -> dict[str, str]:
    """Return the source of each generated module, by its path."""
    made = {}
    for name, text in texts().items():
        if '"""' in text or text.endswith("\\"):
            raise ValueError(f"{name}: a raw string in Python cannot hold it")
        made[f"{FOLDER}/{name}.py"] = MODULE.format(title=TITLES[name], text=text)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the modules, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; print the files that differ, and end with status 1"
    )
    check = parser.parse_args(arguments).check
    made = modules()
    different = [
        path
        for path, source in made.items()
        if not (ROOT / path).exists() or (ROOT / path).read_text(encoding="utf-8") != source
    ]
    for path in different:
        if not check:
            (ROOT / path).write_text(made[path], encoding="utf-8")
        print(f"{path}: {'is not as the parsers: run scripts/cli_docs' if check else 'written'}")
    return 1 if check and different else 0


if __name__ == "__main__":
    sys.exit(main())
