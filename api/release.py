"""Which release this is."""

import tomllib
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Release:
    """`came_at` is when this copy of the release came to this machine, in epoch ms."""

    name: str
    version: str
    came_at: int


def _release() -> Release:
    file = settings.BASE_DIR / "pyproject.toml"
    project = tomllib.loads(file.read_text())["project"]
    return Release(project["name"], project["version"], int(file.stat().st_mtime * 1000))


RELEASE = _release()
