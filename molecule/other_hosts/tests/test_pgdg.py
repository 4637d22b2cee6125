# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PostgreSQL project's repository, played by a signed one on the host itself.

Its server is the distribution's own under a higher version, so that it can be told apart and yet runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Container, PlayResult, PlayRunner
    from other_hosts.tests.conftest import Lab

SITE = "aerovista.postgresql.site"
VARIABLES = {
    "pg_install_repository": "pgdg",
    "pg_install_pgdg_uri": "file:///srv/pgdg",
    "pg_install_pgdg_key": "file:///srv/pgdg.asc",
}

PUBLISH = r"""
set -e
export DEBIAN_FRONTEND=noninteractive GNUPGHOME=/root/gnupg
. /etc/os-release
architecture=$(dpkg --print-architecture)
lists=dists/$VERSION_CODENAME-pgdg

apt-get -qq update
apt-get -qq install --no-install-recommends gpg gpg-agent >/dev/null
package=postgresql-$(apt-cache show postgresql | sed -n 's/^Version: \([0-9]*\).*/\1/p' | head -n 1)

mkdir -p /srv/pgdg/pool "/srv/pgdg/$lists/main/binary-$architecture" /root/download
cd /root/download && chown _apt . && apt-get -qq download "$package"
dpkg-deb -R ./*.deb /root/unpacked
sed -i 's/^Version: .*/&.pgdg1/' /root/unpacked/DEBIAN/control
cd /srv/pgdg
dpkg-deb -Znone -b /root/unpacked "pool/$package.deb" >/dev/null
{
    dpkg-deb -f "pool/$package.deb"
    echo "Filename: pool/$package.deb"
    echo "Size: $(stat -c %s "pool/$package.deb")"
    echo "SHA256: $(sha256sum "pool/$package.deb" | cut -d ' ' -f 1)"
} >"$lists/main/binary-$architecture/Packages"

cd "$lists"
index=main/binary-$architecture/Packages
cat >Release <<END
Origin: apt.postgresql.org
Codename: $VERSION_CODENAME-pgdg
Suite: $VERSION_CODENAME-pgdg
Architectures: $architecture
Components: main
Date: $(date -uR)
SHA256:
 $(sha256sum "$index" | cut -d ' ' -f 1) $(stat -c %s "$index") $index
END
install -d -m 0700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key 'A test <nobody@localhost>' rsa3072 sign 1d
gpg --batch --quiet --digest-algo SHA512 --clearsign --output InRelease Release
gpg --armor --export >/srv/pgdg.asc
gpg --batch --quiet --passphrase '' --quick-generate-key 'Somebody else <somebody@localhost>' rsa3072 sign 1d
gpg --armor --export 'Somebody else' >/srv/else.asc
rm -rf /var/lib/apt/lists/*
"""


@pytest.fixture(scope="module")
def publisher(one_platform: str, fresh_container: Callable[..., Container], lab: Lab) -> Container:
    host = fresh_container(one_platform, systemd=False)
    lab.run(host, PUBLISH)
    return host


@pytest.fixture(scope="module")
def converged(publisher: Container, play: PlayRunner) -> PlayResult:
    result = play(SITE, on=publisher, extra_vars=VARIABLES)
    assert result.rc == 0, result.output
    return result


@pytest.mark.usefixtures("converged")
def test_the_source_is_bound_to_its_key(publisher: Container, lab: Lab) -> None:
    source = lab.run(publisher, "cat /etc/apt/sources.list.d/pgdg.sources").splitlines()
    codename = lab.run(publisher, ". /etc/os-release && echo $VERSION_CODENAME")
    fields = dict(line.split(": ", maxsplit=1) for line in source)
    assert {key: fields[key] for key in ("Types", "URIs", "Suites", "Components", "Signed-By")} == {
        "Types": "deb",
        "URIs": "file:///srv/pgdg",
        "Suites": f"{codename}-pgdg",
        "Components": "main",
        "Signed-By": fields["Signed-By"],
    }
    assert not {"Trusted", "Allow-Insecure"} & fields.keys()
    assert lab.run(publisher, f"cat {fields['Signed-By']}") == lab.run(publisher, "cat /srv/pgdg.asc")


@pytest.mark.usefixtures("converged")
def test_the_server_is_the_repository_s_own(publisher: Container, lab: Lab) -> None:
    version = lab.run(publisher, "dpkg-query -Wf '${Version}' postgresql-$(ls /usr/lib/postgresql)")
    assert version.endswith(".pgdg1")
    assert lab.sql(publisher, "SELECT 42") == "42"


def test_no_shell_is_involved(converged: PlayResult) -> None:
    actions = {task.action.rpartition(".")[2] for task in converged.tasks if task.status == "changed"}
    assert "apt" in actions
    assert not {"shell", "raw", "command", "script"} & actions


@pytest.mark.usefixtures("converged")
def test_the_second_run_changes_nothing(publisher: Container, play: PlayRunner) -> None:
    for check in (False, True):
        result = play(SITE, on=publisher, check=check, diff=True, extra_vars=VARIABLES)
        assert (result.rc, result.changed) == (0, 0), result.output


@pytest.mark.usefixtures("converged")
def test_another_key_is_a_change(publisher: Container, play: PlayRunner) -> None:
    other = VARIABLES | {"pg_install_pgdg_key": "file:///srv/else.asc"}
    result = play(SITE, on=publisher, check=True, diff=True, extra_vars=other)
    assert result.rc == 0, result.output
    assert result.changed > 0, result.output
