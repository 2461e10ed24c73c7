"""The bash twin of the command line, written where somebody wants it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from swarmsh import layout
from swarmsh.errors import NotFound

SCRIPT = "swarmsh"
PLACES = (
    Path(__file__).parent / "bash" / SCRIPT,  # in a wheel
    Path(__file__).parents[2] / "generated" / "bash" / SCRIPT,  # in a checkout
)


def export(folder: Path) -> Path:
    """Write the script into a folder, made when it is missing, and give its path.

    By a rename, because bash reads a script while it runs it. Raises NotFound when this
    installation has no script, OSError when the folder cannot be written.
    """
    for place in PLACES:
        if place.is_file():
            break
    else:
        raise NotFound(f"this installation has no {PLACES[0]}: install it anew")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SCRIPT
    draft = folder / f".{SCRIPT}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        layout.write_file(draft, place.read_bytes())
        draft.chmod(0o755)
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    layout.sync_folder(folder)
    return path
