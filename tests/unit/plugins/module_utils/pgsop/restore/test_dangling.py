# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts of pg_restore without the roles that are missing: whole statements, or one name of a list, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.dangling import (
    Dangling,
    entries_naming,
    examine,
    excused,
    missing_roles,
    without,
    without_missing_roles,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    HostConfig,
    script,
)

MISSING = {"16922", ""}
GRANTS = """\
GRANT SELECT,INSERT ON TABLE app.t TO kept;
GRANT SELECT ON TABLE app.t TO "16922" WITH GRANT OPTION;
SET SESSION AUTHORIZATION "16922";
GRANT SELECT ON TABLE app.t TO kept;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION other;
GRANT UPDATE ON TABLE app.t TO kept;
RESET SESSION AUTHORIZATION;
"""
GRANTS_LEFT = """\
GRANT SELECT,INSERT ON TABLE app.t TO kept;
GRANT SELECT ON TABLE app.t TO kept;
SET SESSION AUTHORIZATION other;
GRANT UPDATE ON TABLE app.t TO kept;
RESET SESSION AUTHORIZATION;
"""
SCRIPT = """\
--
-- PostgreSQL database dump
--

\\restrict x"16922";y

SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

--
-- TOC entry 11 (class 3256 OID 17213)
-- Dependencies: 219
-- Name: pt p; Type: POLICY; Schema: app; Owner: postgres
--

CREATE POLICY p ON app.pt USING ((note <> '-- TOC entry 99 (; TO "16922"'::text));


--
-- TOC entry 12 (class 3256 OID 17213)
-- Name: pt q; Type: POLICY; Schema: app; Owner: postgres
--

CREATE POLICY q ON app.pt TO ;


--
-- TOC entry 13 (class 0 OID 0)
-- Name: POLICY q ON pt; Type: COMMENT; Schema: app; Owner: postgres
--

COMMENT ON POLICY q ON app.pt IS 'x';


--
-- TOC entry 15 (class 0 OID 0)
-- Name: TABLE t; Type: ACL; Schema: app; Owner: postgres
--

GRANT SELECT ON TABLE app.t TO kept;
REVOKE INSERT ON TABLE app.t FROM "16922";


--
-- TOC entry 16 (class 0 OID 0)
-- Name: TABLE u; Type: ACL; Schema: app; Owner: postgres
--

GRANT SELECT ON TABLE app.u TO kept;


-- Completed on 2026-11-29 15:28:22 UTC

\\unrestrict x
"""


@pytest.mark.parametrize(
    ("before", "after", "skipped"),
    [
        pytest.param(GRANTS, GRANTS_LEFT, 2, id="grants by and to"),
        ('REVOKE ALL ON TABLE t FROM "16922";', "", 1),
        ('REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM "16922" CASCADE;', "", 1),
        ('GRANT ALL ON FUNCTION f("16922" integer, b text) TO kept;', None, 0),
        ('GRANT SELECT ON TABLE "16922" TO kept;', None, 0),
        ('GRANT SELECT("16922") ON TABLE t TO kept;', None, 0),
        ('GRANT SELECT("16922") ON TABLE "to" TO "16922";', "", 1),
        ('GRANT SELECT ON TABLE t TO kept, "16922", PUBLIC WITH GRANT OPTION;',
         "GRANT SELECT ON TABLE t TO kept, PUBLIC WITH GRANT OPTION;", 1),
        ('GRANT SELECT ON TABLE t TO GROUP "16922";', "", 1),
        ('GRANT SELECT ON TABLE t TO "16923";', None, 0),
        ('GRANT SELECT ON TABLE t TO """16922""";', None, 0),
        ('GRANT SELECT ON TABLE t TO kept GRANTED BY "16922";', "", 1),
        ('GRANT SELECT ON TABLE t /* not one of pg_dump; */ TO kept;', None, 0),
        ('ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA s GRANT SELECT ON TABLES  TO "16922";', "", 1),
        ('ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA s REVOKE ALL ON TABLES  FROM "16922";', "", 1),
        ('ALTER DEFAULT PRIVILEGES FOR ROLE "16922" GRANT SELECT ON TABLES TO kept;', "", 1),
        ('ALTER DEFAULT PRIVILEGES FOR ROLE "" GRANT SELECT ON TABLES TO kept;', "", 1),
        ('ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA "16922" GRANT SELECT ON TABLES TO kept;', None, 0),
        ('CREATE POLICY p ON t FOR SELECT TO kept USING ((a > 1));', None, 0),
        ('CREATE POLICY p ON t FOR SELECT TO "16922", kept USING ((a = \'TO "16922"\'));',
         'CREATE POLICY p ON t FOR SELECT TO kept USING ((a = \'TO "16922"\'));', 1),
        ('CREATE POLICY p ON t TO  USING ((a > 1)) WITH CHECK ((a > 2));', "", 1),
        ('CREATE POLICY "16922" ON t USING (f(\'to\'));', None, 0),
        ('CREATE POLICY p ON t TO ;COMMENT ON POLICY p ON t IS \'it\'\'s;\';COMMENT ON POLICY p ON u IS NULL;',
         "COMMENT ON POLICY p ON u IS NULL;", 2),
        ('CREATE USER MAPPING FOR "" SERVER v OPTIONS (\n password \'secret\'\n);', "", 1),
        ('CREATE USER MAPPING FOR kept SERVER "16922" OPTIONS (password \'x;"16922"\');', None, 0),
        ("DO $a$GRANT SELECT ON t TO \"16922\";$a$;", None, 0),
        ("SELECT E'\\';', $$;$$, 'a'';', \";\"; GRANT SELECT ON t TO \"16922\";", "SELECT E'\\';', $$;$$, 'a'';', \";\";", 1),
        ("", None, 0),
    ],
)  # fmt: skip
def test_statements_for_missing_roles_go(before: str, after: str | None, skipped: int) -> None:
    text, told = without_missing_roles(before, MISSING)
    assert text.strip() == (before if after is None else after).strip()
    assert len(told) == skipped
    assert not any("secret" in each or "a = " in each for each in told)


def test_entries_are_found_by_their_numbers() -> None:
    assert entries_naming(SCRIPT, MISSING) == [12, 13, 15]
    assert entries_naming(SCRIPT, {"16923"}) == [12, 13], "a policy for no role cannot be created, whoever is missing"


def test_script_of_the_entries_has_what_frames_it() -> None:
    found = without(SCRIPT, MISSING)
    statements = [line for line in found.script.splitlines() if line and not line.startswith("--")]
    assert statements == [
        '\\restrict x"16922";y',
        "SET client_encoding = 'UTF8';",
        "SELECT pg_catalog.set_config('search_path', '', false);",
        "GRANT SELECT ON TABLE app.t TO kept;",
        "\\unrestrict x",
    ]
    assert len(found.skipped) == 3
    assert without(GRANTS_LEFT, MISSING) == Dangling()


def test_missing_are_numbers_that_no_role_has_as_its_name() -> None:
    named = 'GRANT SELECT ON t TO "16922"; GRANT SELECT ON t TO "17", "A b", "١٢", kept;'
    assert missing_roles(named, ["17", "kept"]) == {"16922", ""}


def test_dump_is_examined_by_its_own_entries(tmp_path: Path) -> None:
    body = f"""
if "--list" in sys.argv:
    print("; comment\\n15; 0 0 ACL app TABLE t postgres\\n9; 1259 7 TABLE app t postgres\\n13; 0 0 COMMENT app POLICY q ON pt postgres")
else:
    with open(next(word for word in sys.argv if word.startswith("--use-list=")).split("=", 1)[1]) as chosen:
        open({str(tmp_path / "chosen")!r}, "w").write(chosen.read())
    print({SCRIPT!r})
"""
    script(tmp_path / "pg_restore", body)
    config = HostConfig(version=17, folder=str(tmp_path))
    found = examine(config, "/nowhere", ["kept"])
    assert found.entries == [12, 13, 15]
    lines = (tmp_path / "chosen").read_text(encoding="utf-8").splitlines()
    assert [line.split(";")[0] for line in lines] == ["15", "13"]
    script(tmp_path / "pg_restore", "print('9; 1259 7 TABLE app t postgres')")
    assert examine(config, "/nowhere", []) == Dangling()
    script(tmp_path / "pg_restore", "sys.exit(1)")
    with pytest.raises(PgsopError, match="pg_restore ended with status 1"):
        examine(config, "/nowhere", [])


@pytest.mark.parametrize(
    ("sentence", "excuse"),
    [
        ("table app.t is not as it was", True),
        ("privileges view app.x is missing", True),
        ("policy app.pt.q is missing", True),
        ("table app.t2 is not as it was", False),
        ("table t is not as it was", False),
        ("index app.i is missing", False),
    ],
)
def test_differences_that_the_missing_roles_explain(sentence: str, excuse: bool) -> None:
    found = without(SCRIPT, MISSING)
    assert excused([sentence], found) == (([], [sentence]) if excuse else ([sentence], []))
    assert excused([sentence], Dangling()) == ([sentence], [])
