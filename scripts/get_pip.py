"""Stands in for get-pip.py: installs what was asked with the pip that Python itself brings."""

from __future__ import annotations

import subprocess
import sys

UNKNOWN_TO_PIP = {"--no-setuptools", "--no-wheel"}

subprocess.run([sys.executable, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
arguments = [argument for argument in sys.argv[1:] if argument not in UNKNOWN_TO_PIP]
raise SystemExit(subprocess.call([sys.executable, "-m", "pip", "install", *arguments]))
