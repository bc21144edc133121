"""Files that people bring to a page, for work that goes on when the request is over."""

from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile


def shown_name(given: "UploadedFile[Any]") -> str:
    """No path, and nothing that a line of text can't hold."""
    name = "".join(sign for sign in (given.name or "").rsplit("/", 1)[-1] if sign.isprintable())
    return name[:200] or "a file without a name"


def kept_open(given: "UploadedFile[Any]") -> IO[bytes]:
    """It is read when the request is over, and Django has closed its own."""
    if isinstance(given, TemporaryUploadedFile):
        return Path(given.temporary_file_path()).open("rb")
    return BytesIO(given.read())
