"""Makes the symbolic links of the servers' libraries, which npm leaves out of packages; each package lists its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(programs: Path) -> None:
    """Make what is missing, relative, so that the folder can be moved."""
    for listing in sorted(programs.glob("node_modules/pg*/native/pg-symlinks.json")):
        package = listing.parent.parent
        for entry in json.loads(listing.read_text(encoding="utf-8")):
            link, file = package / entry["target"], package / entry["source"]
            if not link.is_symlink():
                link.symlink_to(file.relative_to(link.parent))


main(Path(sys.argv[1]))
