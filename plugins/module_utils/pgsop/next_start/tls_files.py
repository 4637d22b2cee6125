# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of TLS as a start reads them: a reload that cannot read them keeps the old ones, a start fails (be-secure-openssl.c)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping

from .combinations import is_true
from .start_obstacle import StartObstacle

_CERTIFICATE, _KEY = "ssl_cert_file", "ssl_key_file"
_FILES = (_CERTIFICATE, _KEY, "ssl_ca_file", "ssl_crl_file")


def tls_obstacles(values: Mapping[str, str], data_directory: str, started_at: float) -> Iterator[StartObstacle]:
    """Yield files with which a start with ssl = on fails.

    Args:
        values: settings of the next start.
        data_directory: folder of relative paths.
        started_at: when the server was started, in seconds since the epoch; a reload in between may have failed to read them.

    Raises:
        OSError: this user cannot examine a file that the server may be able to read.
    """
    if not is_true(values.get("ssl", "off")):
        return
    paths = {name: os.path.join(data_directory, values[name]) for name in _FILES if values.get(name)}
    found = [obstacle for name, path in paths.items() for obstacle in _file(name, path)]
    yield from found
    changed = any(
        os.stat(paths[name]).st_ctime > started_at for name in (_CERTIFICATE, _KEY) if name in paths and not found
    )
    # What the server has read together fits.
    if not found and changed and not values.get("ssl_passphrase_command") and {_CERTIFICATE, _KEY} <= paths.keys():
        yield from _pair(paths[_CERTIFICATE], paths[_KEY])


def _file(name: str, path: str) -> Iterator[StartObstacle]:
    """Yield a file that cannot be read, and a key that others may read (check_ssl_key_file_permissions of be-secure-common.c)."""
    remedy = f"put the file there, readable by the server's owner, or change {name}"
    try:
        with open(path, "rb"):
            status = os.stat(path)
    except OSError as error:
        yield StartObstacle(
            name, f"{name} is {path}, which cannot be read ({error.strerror}): a start with ssl = on fails", remedy
        )
        return
    if name == _KEY:
        refused = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO if status.st_uid == 0 else stat.S_IRWXG | stat.S_IRWXO
        if status.st_uid not in (0, os.geteuid()):
            yield StartObstacle(
                name, f"{path} belongs neither to the server's owner nor to root: a start refuses such a key", remedy
            )
        elif status.st_mode & refused:
            mode = "0640" if status.st_uid == 0 else "0600"
            message = f"{path} has mode {stat.S_IMODE(status.st_mode):04o}: a start refuses a key that others may use"
            yield StartObstacle(name, message, f"run 'chmod {mode} {path}'")


def _pair(certificate: str, key: str) -> Iterator[StartObstacle]:
    """Yield a key that does not belong to its certificate. Other faults are not judged: OpenSSL is configured for each program."""
    import ssl  # only if one of the two files has changed: it takes longer to load than all other checks of files

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            message = f"{key} is not the key of {certificate}: a start with ssl = on fails"
            yield StartObstacle(_KEY, message, "install the key and the certificate that belong together")
