"""The release of this node."""

import tomllib
from dataclasses import dataclass
from typing import Self

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Release:
    """`installed_at` is the installation time of the release on this machine, in epoch ms."""

    name: str
    version: str
    installed_at: int

    @classmethod
    def load(cls) -> Self:
        file = settings.BASE_DIR / "pyproject.toml"
        project = tomllib.loads(file.read_text())["project"]
        return cls(project["name"], project["version"], int(file.stat().st_mtime * 1000))


RELEASE = Release.load()
