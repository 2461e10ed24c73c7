"""Templates are the files of a target folder, by their POSIX path below it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jinja2


class FolderLoader(jinja2.BaseLoader):
    """Reads templates as UTF-8, with their line ends as they are in the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """The text of a template file.

        Raises ``TemplateNotFound`` for a name that is no file below the folder, also
        for one that climbs out of it, and ``UnicodeDecodeError`` for one that is not
        UTF-8.
        """
        path = self.folder.joinpath(template)
        inside = path.resolve().is_relative_to(self.folder.resolve())
        if "\0" in template or not inside or not path.is_file():
            raise jinja2.TemplateNotFound(template)
        return path.read_bytes().decode(), str(path), lambda: True
