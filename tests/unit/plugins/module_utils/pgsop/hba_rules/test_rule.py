# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One rule: parsed, refused, written, and read back by a reader written after the server's own (hba.c, next_token)."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.server import refuse_misread
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import (
    KEYWORDS,
    METHODS,
    from_server,
    parse,
    parse_all,
    render,
    without_secrets,
)


def read_token(line: str, start: int) -> tuple[str, int]:
    """The token that begins there, with a leading quote where it has quotes, and the place behind it."""
    token, quoted, was_quote, index = "", False, False, start
    initial = '"' if line[start] == '"' else ""
    while index < len(line) and (quoted or line[index] not in " \t\r,#"):
        character = line[index]
        if character != '"' or was_quote:
            token += character
        was_quote = quoted and character == '"' and not was_quote
        quoted ^= character == '"'
        index += 1
    return initial + token, index


def read_hba(text: str) -> list[list[list[str]]]:
    """Lines, each of fields, each of tokens."""
    lines = []
    for line in text.replace("\\\n", "").split(
        "\n"
    ):  # a backslash at the end goes on with the next line, in comments too
        fields: list[list[str]] = []
        index, goes_on = 0, False
        while index < len(line) and line[index] != "#":
            if line[index] in " \t\r,":
                index += 1
                continue
            token, index = read_token(line, index)
            if goes_on:
                fields[-1].append(token)
            else:
                fields.append([token])
            goes_on = line.startswith(",", index)
        if fields:
            lines.append(fields)
    return lines


def entry(**more: Any) -> dict[str, Any]:
    """A rule like the SOP's, with changes."""
    return {"type": "host", "address": "127.0.0.1/32", "method": "scram-sha-256", **more}


LOCAL: dict[str, Any] = {"type": "local", "method": "peer"}


def test_rule_stands_in_columns_under_its_comment() -> None:
    rules, problems = parse_all(
        [
            dict(LOCAL, user=["postgres"], comment="Administration\n  and backups."),
            entry(database=["a", "b c"], user="app", options={"clientcert": "verify-ca"}, type="hostssl"),
            entry(address="::1/128", method="md5", exception="Until March."),
        ]
    )
    assert problems == []
    assert render(rules, "me").splitlines() == [
        "# Managed by Ansible, aerovista.postgresql, for me: changes made here are overwritten.",
        "# The first rule that matches decides; what no rule matches is refused.",
        "# TYPE  DATABASE        USER            ADDRESS                 METHOD",
        "# Administration and backups.",
        "local   all             postgres                                peer",
        'hostssl a,"b c"         app             127.0.0.1/32            scram-sha-256 clientcert=verify-ca',
        "# Exception: Until March.",
        "host    all             all             ::1/128                 md5",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "app",
        "App",
        "a-b_c.d$1",
        "a b",
        "a,b",
        "a#b",
        "a=b",
        "a'b",
        "a\\b",
        "a\\",
        "\\",
        "#",
        " ",
        "tab\there",
        "gr\u00fc\u00dfe",
        "\u2028",
        "-",
        "x@y",
        "x" * 63,
        "/^app_\\d+$",
        "/a,b",
        "/x",
    ],
)
def test_name_is_read_back_unchanged(name: str) -> None:
    rule = parse(dict(LOCAL, database=["first", name], user=[name, "last"]))
    (line,) = read_hba(render([rule], "t"))
    assert [[token.lstrip('"') for token in field] for field in line] == [
        ["local"],
        ["first", name],
        [name, "last"],
        ["peer"],
    ]


@pytest.mark.parametrize(
    ("key", "word"),
    [(key, word) for key in ("database", "user") for word in ("all", "+group", "/regex")]
    + [("database", word) for word in ("replication", "sameuser", "samerole")],
)
def test_keyword_is_written_without_quotes_that_would_take_its_meaning(key: str, word: str) -> None:
    (line,) = read_hba(render([parse(dict(LOCAL, **{key: [word]}))], "t"))
    assert line[{"database": 1, "user": 2}[key]] == [word]


@pytest.mark.parametrize(
    "value", ["m", "my map", "a,b", "", "#", "a=b", "it's", "/x/y", "ldap://h:389/dc=x?uid?sub", "\\"]
)
def test_option_is_read_back_unchanged(value: str) -> None:
    rule = parse(dict(LOCAL, options={"map": value, "other": "x"}))
    (line,) = read_hba(render([rule, parse(entry())], "t"))[:1]
    assert line[4:] == [[f"map={value}"], ["other=x"]]


@pytest.mark.parametrize(
    "sentence", ["Path C:\\", "two\nlocal all all trust", "cr\rlocal all all trust", "# ,\"'", "\u2028x", "\\"]
)
@pytest.mark.parametrize("key", ["comment", "exception"])
def test_sentence_stays_a_comment(key: str, sentence: str) -> None:
    """A backslash at the end of a comment takes the next line into it, since version 14."""
    rules = [parse(dict(LOCAL, **{key: sentence})), parse(entry())]
    assert [line[0] for line in read_hba(render(rules, "t"))] == [["local"], ["host"]]


@pytest.mark.parametrize("name", ["a\nhost all all 0.0.0.0/0 trust", "x\\"])
def test_caller_name_stays_in_the_header(name: str) -> None:
    assert [line[0] for line in read_hba(render([parse(LOCAL)], name))] == [["local"]]


@pytest.mark.parametrize("sentence", ["", "   ", "\n", None])
def test_empty_sentence_is_none(sentence: str | None) -> None:
    rule = parse(entry(exception=sentence, comment=sentence))
    assert (rule.exception, rule.comment) == ("", "")
    assert render([rule], "t").count("#") == 3


def test_defaults_are_everybody_and_every_database() -> None:
    rule = parse(entry())
    assert (rule.databases, rule.users, rule.options) == (("all",), ("all",), ())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("127.0.0.1/32", "127.0.0.1/32"),
        (" 127.0.0.1/32 ", "127.0.0.1/32"),
        ("127.0.0.0/255.0.0.0", "127.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("::1/128", "::1/128"),
        ("0:0:0:0:0:0:0:1/128", "::1/128"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("::/0", "::/0"),
        ("all", "all"),
        ("samehost", "samehost"),
        ("samenet", "samenet"),
        ("localhost", "localhost"),
        ("db-1.example.com", "db-1.example.com"),
        (".example.com", ".example.com"),
    ],
)
def test_address_is_brought_into_one_form(given: str, expected: str) -> None:
    assert parse(entry(address=given)).address == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("127.0.0.1", "needs a prefix length, for one host /32 or /128"),
        ("::1", "needs a prefix length"),
        ("127.1", "needs a prefix length"),
        ("127.0.0.1/8", "has host bits set"),
        ("::1/64", "has host bits set"),
        ("127.0.0.1/33", "address"),
        ("::1/129", "address"),
        ("127.0.0.256/32", "address"),
        ("0127.0.0.1/32", "address"),
        ("127.0.0.1/", "address"),
        ("/32", "address"),
        ("1.2.3.4/32 trust", "address"),
        ("fe80::1%lo/128", "address"),
        ("all trust", "neither a network nor a host name"),
        ("host_name", "neither a network nor a host name"),
        ("a\nb", "neither a network nor a host name"),
        ("#", "neither a network nor a host name"),
        ("-host", "neither a network nor a host name"),
        ("", "neither a network nor a host name"),
        (None, "neither a network nor a host name"),
    ],
)
def test_bad_address_is_refused_in_words(given: str | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse(entry(address=given))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "type '' is not one of local, host"),
        (entry(type="Host"), "type 'Host' is not one of"),
        (entry(type=None), "type '' is not one of"),
        (entry(method=""), "method '' is not one of"),
        (entry(method="SCRAM-SHA-256"), "method 'SCRAM-SHA-256' is not one of"),
        (entry(method="krb5"), "method 'krb5' is not one of"),
        (entry(databases=["x"]), "unknown key databases; a rule has type, database"),
        (entry(methods="x", netmask="y"), "unknown key methods, netmask"),
        (entry(method="peer"), "method peer works on type local only"),
        *[({"type": "local", "method": name}, "does not work on type local") for name in ("ident", "gss", "sspi")],
        ({"type": "local", "method": "cert"}, "method cert works on type hostssl only"),
        (entry(method="cert"), "method cert works on type hostssl only"),
        (dict(LOCAL, address="127.0.0.1/32"), "type local takes no address"),
        *[
            (entry(**{key: value}), f"{key} .* is not a name or a list of names")
            for key in ("database", "user")
            for value in ([], None, [""], [None], [1], 5, {"a": 1}, [["a"]])
        ],
        *[
            (entry(**{key: [value]}), "has a character that the file cannot hold")
            for key in ("database", "user")
            for value in ('a"b', "a\nb", "a\0b", '"')
        ],
        (entry(user=["@admins"]), "names from a file nobody manages"),
        (entry(database=["@x"]), "names from a file nobody manages"),
        (entry(user=["+my group"]), "in quotes the server takes \\+ for part of a name"),
        (entry(options={"Map": "x"}), "option Map='x' cannot be written"),
        (entry(options={"map": 'a"b'}), "cannot be written"),
        (entry(options={"map": "a\nb"}), "cannot be written"),
        (entry(options={"a b": "x"}), "cannot be written"),
        (entry(options={"map": None}), "map"),
        (entry(options={"map": ["a"]}), "map"),
        (entry(comment=5), "comment is a sentence"),
        (entry(exception=True), "exception is a sentence"),
    ],
)
def test_bad_rule_is_refused_in_words(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse(given)


def test_every_bad_rule_is_told_by_its_number() -> None:
    rules, problems = parse_all([LOCAL, entry(method="x"), entry(), entry(address="127.0.0.1")])
    assert [rule.type for rule in rules] == ["local", "host"]
    assert [problem.split(":", maxsplit=1)[0] for problem in problems] == ["rule 2", "rule 4"]


def test_rule_in_a_message_is_one_line_without_columns() -> None:
    assert str(parse(entry(user=["a b"]))) == "'host all \"a b\" 127.0.0.1/32 scram-sha-256'"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("ldap ldapserver=a ldapbindpasswd=s3cret ldapport=1", "ldap ldapserver=a ldapbindpasswd=*** ldapport=1"),
        ('ldap ldapbindpasswd="s3cret s3cret" x=1', "ldap ldapbindpasswd=*** x=1"),
        ('ldap "ldapbindpasswd=s3cret s3cret" x=1', "ldap ldapbindpasswd=*** x=1"),
        ('ldap ldapbindpasswd=s3"cret s3"cret', "ldap ldapbindpasswd=***"),
        ('ldap ldapbindpasswd="s3cret', "ldap ldapbindpasswd=***"),
        ('# radius radiussecrets="s3cret,s3cret"\nlocal', "# radius radiussecrets=***\nlocal"),
        ("peer map=staff", "peer map=staff"),
    ],
)
def test_passwords_in_options_are_not_shown(line: str, shown: str) -> None:
    assert without_secrets(line) == shown


@pytest.mark.parametrize("secret", ['s3"cret', "s3\ncret", ["s3cret"], {"s3cret": 1}])
def test_password_that_cannot_be_written_is_not_repeated(secret: Any) -> None:
    _rules, (problem,) = parse_all([entry(method="ldap", options={"ldapbindpasswd": secret})])
    assert "option ldapbindpasswd" in problem
    assert "cret" not in problem


@pytest.mark.parametrize("given", ["x ldapbindpasswd=s3cret", entry(options="x=1 ldapbindpasswd=s3cret")])
def test_password_in_a_value_of_a_wrong_type_is_not_repeated(given: Any) -> None:
    _rules, (problem,) = parse_all([given])
    assert "ldapbindpasswd=***" in problem


def test_message_about_a_rule_has_no_password() -> None:
    assert "s3cret" not in str(parse(entry(method="ldap", options={"ldapbindpasswd": "s3cret"})))


def test_every_method_has_a_connection_type() -> None:
    for method in METHODS:
        candidates = ({"type": "local", "method": method}, entry(type="hostssl", method=method))
        assert [rule for rule in candidates if not parse_all([rule])[1]], method


# What servers 15 and 17 show in pg_hba_file_rules for the lines that the rules make.

FOUR = {"address": "127.0.0.1", "netmask": "255.255.255.255"}
SIX = {"address": "::1", "netmask": "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}


def row(**more: Any) -> dict[str, Any]:
    """A row of pg_hba_file_rules."""
    defaults = {"line_number": 4, "type": "host", "database": ["all"], "user_name": ["all"], **FOUR}
    return {**defaults, "auth_method": "scram-sha-256", "options": None, "error": None, **more}


class Server(Session):
    """A session that answers with one row of pg_hba_file_rules."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(None)
        self.answer = answer

    def rows(self, statement: str, parameters: object = ()) -> list[dict[str, Any]]:
        return [self.answer]


def compare(declared: dict[str, Any], shown: dict[str, Any]) -> None:
    """Raises PgsopError where the engine takes the server's row for another rule."""
    rule = parse(declared)
    refuse_misread("/x/pg_hba.conf", (rule,), Server(shown))


SAME = [
    (entry(), row()),
    (entry(comment="x", exception="y"), row()),
    (entry(address="::1/128"), row(**SIX)),
    (entry(address="10.0.0.0/8"), row(address="10.0.0.0", netmask="255.0.0.0")),
    (entry(address="::ffff:127.0.0.1/128"), row(address="::ffff:127.0.0.1", netmask=SIX["netmask"])),
    (entry(address="all"), row(address="all", netmask=None)),
    (entry(address="samenet"), row(address="samenet", netmask=None)),
    (entry(address=".example.com"), row(address=".example.com", netmask=None)),
    (
        dict(LOCAL, database=["a b", "sameuser"], user=["+g", "/^x\\d,y$"]),
        row(
            type="local",
            database=["a b", "sameuser"],
            user_name=["+g", "/^x\\d,y$"],
            address=None,
            netmask=None,
            auth_method="peer",
        ),
    ),
    (
        dict(LOCAL, options={"map": "m"}),
        row(type="local", address=None, netmask=None, auth_method="peer", options=["map=m"]),
    ),
    (
        entry(type="hostssl", options={"clientcert": "verify-ca"}),
        row(type="hostssl", options=["clientcert=verify-ca"]),
    ),
    (entry(type="hostssl", method="cert"), row(type="hostssl", auth_method="cert", options=["clientcert=verify-full"])),
    (
        entry(type="hostssl", method="cert", options={"map": "my map"}),
        row(type="hostssl", auth_method="cert", options=["map=my map", "clientcert=verify-full"]),
    ),
    (entry(method="pam"), row(auth_method="pam")),
]

#: The server adds what it implies and leaves out or respells what was written.
RESPELLED = [
    (
        entry(type="hostssl", method="cert", options={"clientcert": "verify-full"}),
        row(type="hostssl", auth_method="cert", options=["clientcert=verify-full"]),
    ),
    (entry(method="gss"), row(auth_method="gss", options=["include_realm=true"])),
    (
        entry(method="gss", options={"include_realm": "0", "krb_realm": "X"}),
        row(auth_method="gss", options=["krb_realm=X"]),
    ),
    (
        entry(method="ldap", options={"ldapserver": "l", "ldapprefix": "cn=", "ldapsuffix": ", dc=x"}),
        row(auth_method="ldap", options=["ldapserver=l", "ldapprefix=cn=", "ldapsuffix=, dc=x", "ldapscope=2"]),
    ),
    (
        entry(method="ldap", options={"ldapserver": "l", "ldapprefix": "cn=", "ldaptls": 1}),
        row(auth_method="ldap", options=["ldapserver=l", "ldaptls=true", "ldapprefix=cn=", "ldapscope=2"]),
    ),
    (
        entry(method="pam", options={"pamservice": "x", "pam_use_hostname": "1"}),
        row(auth_method="pam", options=["pamservice=x"]),
    ),
]


@pytest.mark.parametrize(("declared", "shown"), SAME)
def test_rule_is_recognized_in_what_the_server_shows(declared: dict[str, Any], shown: dict[str, Any]) -> None:
    compare(declared, shown)
    assert from_server(shown).key() == parse(declared).key()


@pytest.mark.parametrize(("declared", "shown"), RESPELLED)
def test_rule_whose_options_the_server_respells_is_recognized(declared: dict[str, Any], shown: dict[str, Any]) -> None:
    compare(declared, shown)


@pytest.mark.parametrize(
    "shown",
    [
        row(type="hostssl"),
        row(database=["other"]),
        row(user_name=["all", "other"]),
        row(**SIX),
        row(netmask="255.255.255.0", address="127.0.0.0"),
        row(auth_method="md5"),
        row(options=["map=x"]),
        row(address="all", netmask=None),
    ],
)
def test_other_rule_is_told_apart(shown: dict[str, Any]) -> None:
    with pytest.raises(PgsopError, match="the server reads other rules"):
        compare(entry(), shown)


def test_error_of_the_server_is_told_with_its_line() -> None:
    with pytest.raises(PgsopError, match="line 4: invalid IP mask"):
        compare(entry(), row(error="invalid IP mask"))


@pytest.mark.parametrize("name", [*KEYWORDS, "+group", "@file"])
@pytest.mark.parametrize("key", ["database", "user"])
def test_name_in_quotes_stays_a_name_and_is_recognized_in_what_the_server_shows(key: str, name: str) -> None:
    declared = entry(**{key: [f'"{name}"']})
    rule = parse(declared)
    assert (rule.databases if key == "database" else rule.users) == (f'"{name}"',)
    assert f'"{name}"' in rule.line().split()
    compare(declared, row(**{"user_name" if key == "user" else key: [name]}))


def test_name_that_needs_no_quotes_is_written_without_them() -> None:
    assert parse(entry(database=['"crm"'])) == parse(entry(database=["crm"]))


@pytest.mark.parametrize("name", ['"/crm"', '""', '"a"b"'])
def test_name_that_quotes_cannot_express_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"slash|cannot hold"):
        parse(entry(database=[name]))
