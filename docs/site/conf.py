"""The site of scripts/docs, from the template of `antsibull-docs sphinx-init`. Without intersphinx: a build needs no network."""

from __future__ import annotations

from pathlib import Path

import yaml

_ROOT = Path(__file__).resolve().parents[2]

project = "aerovista.postgresql"
project_copyright = "Nexus TechWorks"
release = yaml.safe_load((_ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
html_title = f"{project} {release}"

extensions = ["myst_parser", "sphinx_antsibull_ext"]
# Anchors of headings as GitHub makes them, also for the smallest heading.
myst_heading_anchors = 6

html_theme = "furo"
html_show_sphinx = False
html_copy_source = False
html_use_index = False

pygments_style = "ansible"
highlight_language = "none"

# Each reference needs a target. Those to ansible-core's own pages and to other collections are outside of this site.
nitpicky = True
nitpick_ignore_regex = [
    ("std:ref", "common_return_values|action_plugins|callback_plugins|ansible_configuration_settings"),
    ("std:envvar", "ANSIBLE_.*"),
    ("std:ref", r"ansible_collections\.(?!aerovista\.postgresql\.).*"),
]
# The text of the SOP stays as it is, psql commands among its SQL included.
suppress_warnings = ["misc.highlighting_failure"]
