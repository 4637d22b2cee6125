"""Prints this machine's effective pip settings as one pip.conf, for programs that look at no other place."""

from __future__ import annotations

import ast
import subprocess
import sys

listed = subprocess.run(
    [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
).stdout
settings = {}
for line in listed.splitlines():
    name, value = line.split("=", 1)
    if name.startswith((":env:.", "global.", "install.")):
        settings[name.rpartition(".")[2]] = ast.literal_eval(value)
sys.stdout.write("[global]\n")
for name, value in settings.items():
    sys.stdout.write(f"{name} = {value.replace(chr(10), chr(10) + '    ')}\n")
