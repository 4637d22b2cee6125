# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables as systemd reads them; the expected values are those of /proc/PID/environ under systemd 252 and 257."""

from __future__ import annotations

import subprocess

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import systemd_lines
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError

#: A file of EnvironmentFile=, and the environment of the process.
FILE = r"""# comment
; comment2
 # indented comment
A1=plain value
A2="double quoted"
A3='single quoted'
A4=a#b
A5=a #b
A6="a" "b"
A7="x"y
A8='it''s'
A9="esc \" \\ \$ \` \n \x z"
B1=esc\ \"\\\$z\n
B2='single \n \'
B3=$HOME ${HOME} $$
B4=%h %n %%
B6 = spaces
B7=  lead and trail~~
B8=cont\
inued
B9="multi
line"
C1=first
C1=second
C2=
C3=a"b"c
C4=a'b'c
C5=é
C6=a;b
c7=lower
9X=digit
no assignment
C8="unterminated
D1=after
""".replace("~", " ")
PROCESS = {
    "A1": "plain value",
    "A2": "double quoted",
    "A3": "single quoted",
    "A4": "a#b",
    "A5": "a #b",
    "A6": "ab",
    "A7": "xy",
    "A8": "its",
    "A9": 'esc " \\ $ ` \\n \\x z',
    "B1": 'esc "\\$zn',
    "B2": "single \\n \\",
    "B3": "$HOME ${HOME} $$",
    "B4": "%h %n %%",
    "B6": "spaces",
    "B7": "lead and trail",
    "B8": "continued",
    "B9": "multi\nline",
    "C1": "second",
    "C2": "",
    "C3": 'a"b"c',
    "C4": "a'b'c",
    "C5": "é",
    "C6": "a;b",
    "c7": "lower",
    "C8": "unterminated\nD1=after\n",
}


def test_a_file_of_variables() -> None:
    assert {each.name: each.value for each in systemd_lines.read_file(FILE)} == PROCESS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('W1=win\r\nW2="q"\r\nW3=last', {"W1": "win", "W2": "q", "W3": "last"}),
        ("\ufeffU1=bom\nU2=two\n", {"U2": "two"}),
        ("A=a\x07b\nB=1", {"B": "1"}),
        ("A", {}),
        ("A=\\", {"A": ""}),
        ('A="\\', {"A": ""}),
        ("", {}),
    ],
)
def test_other_files(text: str, expected: dict[str, str]) -> None:
    assert {each.name: each.value for each in systemd_lines.read_file(text)} == expected


def test_export_is_marked() -> None:
    (found,) = systemd_lines.read_file("export A=b\n")
    assert (found.name, found.value, found.exported) == ("A", "b", True)


def test_the_code_zero_is_refused() -> None:
    with pytest.raises(DsnError):
        systemd_lines.read_file("A=canary\0")


def test_what_a_shell_reads_differently() -> None:
    """Compared with a shell, for each value of the file above."""
    for each in systemd_lines.read_file(FILE):
        script = f'{each.name}={each.written}\nprintf %s "${each.name}"'
        said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
        assert each.differs is (said.stdout != each.value), each.name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            r"""V1=plain "V2=with blank" "V6=\$HOME" "V8=quote \" back \\\\ dollar \$ tick \`" "V9=new\nline" V11=é V13=a#b C=""",
            [
                "V1=plain",
                "V2=with blank",
                "V6=$HOME",
                'V8=quote " back \\\\ dollar $ tick `',
                "V9=new\nline",
                "V11=é",
                "V13=a#b",
                "C=",
            ],
        ),
        (
            r'V4="inner quoted" V5=a\x20b "a"b a"b c"d' + " 'A=\\u00e9\\101'",
            ["V4=inner quoted", "V5=a b", "ab", "ab cd", "A=éA"],
        ),
        ('""', [""]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert systemd_lines.words(text) == expected


@pytest.mark.parametrize("text", [r"A=canary\q", '"canary', "it's", r"A=\x00", "A=b\\"])
def test_lines_that_systemd_ignores(text: str) -> None:
    with pytest.raises(DsnError) as caught:
        systemd_lines.words(text)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[Service]\nEnvironment="A=b c" D=e\nExecStart=/bin/x\nEnvironment=D=f', {"A": "b c", "D": "f"}),
        ("Environment=A=b\nEnvironment=\nEnvironment=C=d", {"C": "d"}),
        ('Environment="A=b" \\\n  "C=d"', {"A": "b", "C": "d"}),
        ("Environment=A=100%% B=%h C=x%", {"A": "100%", "B": "${SPECIFIER}", "C": "x%"}),
    ],
)
def test_lines_of_a_unit(text: str, expected: dict[str, str]) -> None:
    assert systemd_lines.has_environment(text)
    assert systemd_lines.read_environment(text) == expected


@pytest.mark.parametrize(
    "text", ["Environment=A=canary%40b", 'Environment="A=canary', "Environment=canary", "Environment=A=b canary"]
)
def test_lines_of_a_unit_that_are_refused(text: str) -> None:
    with pytest.raises(DsnError) as caught:
        systemd_lines.read_environment(text)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Environment=A=b%40c", ["A"]),
        ("Environment=A=b%%40c", []),
        ("Environment=A=%C3%BC", ["A"]),
        ("Environment=A=%h/x B=%i", []),
        ('Environment="A=x B=y', ["A", "B"]),
        ("Environment=A=b\\q", ["A"]),
        ("ExecStart=/bin/x %40", []),
    ],
)
def test_variables_that_systemd_ignores_or_changes(text: str, expected: list[str]) -> None:
    assert systemd_lines.broken_names(text) == expected
