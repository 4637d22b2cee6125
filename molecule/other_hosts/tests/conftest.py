# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts with the packages and no cluster, in a second each; hand-made clusters on them; what must not have moved."""

from __future__ import annotations

import fcntl
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from bed.hosts import platforms, script

if TYPE_CHECKING:
    from conftest import Container, PlayResult

ROOT = Path(__file__).resolve().parents[3]
STATE = ROOT / ".ansible" / "bed"

INSTALL = """
set -e
export DEBIAN_FRONTEND=noninteractive
mkdir -p /etc/postgresql-common/createcluster.d
echo create_main_cluster = false >/etc/postgresql-common/createcluster.d/00-bed.conf
apt-get update
apt-get install -y --no-install-recommends {packages}
rm -rf /etc/postgresql-common/createcluster.d/00-bed.conf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
"""

#: Everything below a folder: mode, owner, times of change, and what is in the files.
FINGERPRINT = """
cd {folder} && find . -printf '%p %M %u:%g %s %T@\\n' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`one_platform` in a test's arguments: one of this machine's, the files take turns."""
    if "one_platform" in metafunc.fixturenames:
        every = platforms()
        here = Path(str(metafunc.module.__file__))
        turn = sorted(here.parent.glob("test_*.py")).index(here)
        metafunc.parametrize("one_platform", [every[turn % len(every)]], scope="module")


def _docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        pytest.fail(f"docker {' '.join(arguments)}\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


@pytest.fixture(scope="session")
def with_packages() -> Callable[[str], str]:
    """`fresh_container(with_packages("debian13"))` -> a host with all packages of pg_install and no cluster.

    The image is kept; it is made anew when the platform's own image or the list of packages is another one.
    """
    variables = yaml.safe_load((ROOT / "roles/pg_install/vars/main.yml").read_text(encoding="utf-8"))
    packages = [re.sub(r"-\{\{.*\}\}", "", name) for name in variables["__pg_install_packages"]]

    def image(platform: str) -> str:
        tag, name = f"packages-{platform}", f"pgsop-build-packages-{platform}"
        base = _docker("image", "inspect", "--format", "{{.Id}}", f"pgsop-bed:{platform}")
        recipe = f"{base} {' '.join(packages)}"
        with (STATE / f"{tag}.lock").open("w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if _docker("images", "--quiet", "--filter", f"label=pgsop.packages={recipe}", f"pgsop-bed:{tag}"):
                return tag
            script("container", "start", name, platform, "--", "sleep", "infinity")
            _docker("exec", name, "bash", "-c", INSTALL.format(packages=" ".join(packages)))
            _docker("commit", "-c", f'LABEL pgsop.packages="{recipe}"', name, f"pgsop-bed:{tag}")
            _docker("rm", "--force", "--volumes", name)
        return tag

    return image


class Lab:
    """What the tests do on a host, and what they look at, without Ansible."""

    @staticmethod
    def run(host: Container, script: str, *, user: str = "root") -> str:
        """What the script says there; the test fails where it fails."""
        return _docker("exec", "--user", user, host.name, "bash", "-c", script)

    def sql(self, host: Container, statement: str, *, database: str = "postgres") -> str:
        """The answer of the server on port 5432, over the socket, as postgres."""
        psql = f"psql -XAtq -v ON_ERROR_STOP=1 -p 5432 -d {database}"
        return self.run(host, f"{psql} <<'END'\n{statement}\nEND", user="postgres")

    def major(self, host: Container) -> int:
        """Major version of the packages the host has."""
        return int(self.run(host, "ls /usr/lib/postgresql"))

    def fingerprint(self, host: Container, *folders: str) -> list[str]:
        """Equal as long as not one byte, owner, mode or time below the folders changed."""
        return [self.run(host, FINGERPRINT.format(folder=folder)) for folder in folders]

    @staticmethod
    def refused(result: PlayResult) -> str:
        """The message of a play that left the host alone, having changed nothing before it said so."""
        assert result.rc != 0, result.output
        assert result.changed == 0, result.output
        assert "This host is left alone" in result.error, result.output
        return result.error


@pytest.fixture(scope="session")
def lab() -> Lab:
    return Lab()
