# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pg_restore and psql played by programs: their arguments, and their errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.pg_restore import (
    RestoreTarget,
    replay,
    run_pass,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    HostConfig,
    script,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.restore.test_toc import entry

CHECK = entry("7; 2606 9 CHECK CONSTRAINT public t c app")
INDEX = entry("8; 1259 10 INDEX public i app")
SCRIPT = r"""--
-- PostgreSQL database dump
--

\restrict x

SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

--
-- Name: t c; Type: CHECK CONSTRAINT; Schema: public; Owner: app
--

ALTER TABLE public.t
    ADD CONSTRAINT c CHECK ((a <> '--
-- x'));


--
-- PostgreSQL database dump complete
--

\unrestrict x

"""
ERRORS = """pg_restore: creating INDEX "public.i"
pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 7; 2606 9 CHECK CONSTRAINT t c app
pg_restore: error: could not execute query: ERROR:  check constraint "c" of relation "t" is violated by some row
Command was: ALTER TABLE public.t ADD CONSTRAINT c CHECK ((a <> 'canary'));
"""
#: Lists two entries, refuses one of them, and writes a script of whatever is asked for.
PG_RESTORE = f"""
if "--list" in sys.argv:
    print({CHECK.line!r})
    print({INDEX.line!r})
elif "--file=-" in sys.argv:
    sys.stdout.write({SCRIPT!r})
else:
    open(sys.argv[0] + ".asked", "w").write(" ".join(sys.argv[1:]))
    listed = [open(word.split("=", 1)[1]).read() for word in sys.argv if word.startswith("--use-list=")]
    if not listed or "CHECK" in listed[0]:
        sys.stderr.write({ERRORS!r})
        sys.exit(1)
"""
PSQL = "open(sys.argv[0] + '.got', 'w').write(sys.stdin.read())"
REFUSED = """psql:<stdin>:9: ERROR:  new row for relation "t" violates check constraint "c"
DETAIL:  Failing row contains (canary).
"""


def target_in(tmp_path: Path) -> RestoreTarget:
    """A target whose programs are played, in a folder of the test's."""
    script(tmp_path / "pg_restore", PG_RESTORE)
    script(tmp_path / "psql", PSQL)
    unused: dict[str, Any] = dict.fromkeys(Cluster.__dataclass_fields__, "")
    cluster = Cluster(**{**unused, "version": 17, "port": 5432, "running": True, "owner": "postgres"})
    config: BackupConfig = HostConfig(version=17, folder=str(tmp_path), state_directory=str(tmp_path))
    return RestoreTarget(config, cluster, "d", "/dump")


@pytest.fixture
def target(tmp_path: Path) -> RestoreTarget:
    return target_in(tmp_path)


def got(target: RestoreTarget, file: str) -> str:
    return (Path(target.config.programs) / file).read_text(encoding="utf-8")


def test_failed_entry_is_returned_by_its_number_and_whole_name(target: RestoreTarget) -> None:
    (failure,) = run_pass(target, [CHECK, INDEX], jobs=2, exit_on_error=False)
    assert (failure.entry_id, failure.description, failure.condition) == (7, "CHECK CONSTRAINT", "check_violation")
    assert "public" in failure.object
    assert "canary" not in repr(failure)


@pytest.mark.parametrize(("stops", "entries"), [(True, [CHECK]), (False, [CHECK]), (True, None)])
def test_pg_restore_gets_its_arguments(target: RestoreTarget, stops: bool, entries: Any) -> None:
    run_pass(target, entries, jobs=3, exit_on_error=stops)
    asked = got(target, "pg_restore.asked").split()
    assert ("--exit-on-error" in asked, "--jobs=3" in asked, "--verbose" in asked) == (stops, True, True)
    assert any(word.startswith("--use-list=") for word in asked) is (entries is not None)


def test_nothing_is_started_for_no_entry(target: RestoreTarget) -> None:
    assert run_pass(target, [], jobs=1, exit_on_error=True) == []
    assert not (Path(target.config.programs) / "pg_restore.asked").exists()


def test_failure_that_is_none_of_an_entry_ends_the_restore(target: RestoreTarget, tmp_path: Path) -> None:
    script(tmp_path / "pg_restore", "sys.exit('pg_restore: error: could not open input file')")
    with pytest.raises(PgsopError, match="could not open input file"):
        run_pass(target, [CHECK], jobs=1, exit_on_error=False)


def test_script_is_replayed_with_another_search_path(target: RestoreTarget) -> None:
    assert replay(target, [CHECK], search_path='"$user", it\'s') == ""
    received = got(target, "psql.got")
    assert "set_config('search_path', '\"$user\", it''s', false)" in received
    assert received.count("ADD CONSTRAINT c") == 1


def test_script_is_edited(target: RestoreTarget) -> None:
    assert replay(target, [CHECK], edit=lambda text: text.replace("CONSTRAINT c ", "CONSTRAINT d ")) == ""
    assert "ADD CONSTRAINT d CHECK" in got(target, "psql.got")


def test_refusal_of_the_server_shows_no_rows(target: RestoreTarget, tmp_path: Path) -> None:
    script(tmp_path / "psql", f"sys.stdin.read(); sys.stderr.write({REFUSED!r}); sys.exit(3)")
    answer = replay(target, [CHECK])
    assert "check_violation" in answer
    assert "canary" not in answer
