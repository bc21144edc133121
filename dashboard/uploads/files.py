"""Uploaded files for jobs continuing after the request."""

from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest


class FileRejected(Exception):
    """A file is missing, empty or too large; `status` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def get_file(request: HttpRequest) -> "UploadedFile[Any]":
    """Return the file of the field `file`; raises FileRejected."""
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise FileRejected(400, "Choose a file that is not empty.")
    limit = settings.ANNALS_LIMIT_DUMP_BYTES
    if file.size > limit:
        raise FileRejected(
            413,
            f"{file.size:,} bytes are more than the {limit:,} that ANNALS_LIMIT_DUMP_BYTES allows.",
        )
    return file


def display_name(file: "UploadedFile[Any]") -> str:
    """Return the name without folders and unprintable characters."""
    name = "".join(sign for sign in (file.name or "").rsplit("/", 1)[-1] if sign.isprintable())
    return name[:200] or "a file without a name"


def reopen(file: "UploadedFile[Any]") -> IO[bytes]:
    """Return a file still readable after Django closed its own at the end of the request."""
    if isinstance(file, TemporaryUploadedFile):
        return Path(file.temporary_file_path()).open("rb")
    return BytesIO(file.read())
