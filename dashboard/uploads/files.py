"""Uploaded files, for jobs that go on when the request is over."""

from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile


def display_name(file: "UploadedFile[Any]") -> str:
    """Return the name without folders and without unprintable characters."""
    name = "".join(sign for sign in (file.name or "").rsplit("/", 1)[-1] if sign.isprintable())
    return name[:200] or "a file without a name"


def reopen(file: "UploadedFile[Any]") -> IO[bytes]:
    """Open a file that stays readable after Django has closed its own with the request."""
    if isinstance(file, TemporaryUploadedFile):
        return Path(file.temporary_file_path()).open("rb")
    return BytesIO(file.read())
