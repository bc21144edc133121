"""Protobuf sources compiled by protoc, in a process of its own with bounded time and memory."""

import re
import resource
import signal
import subprocess
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import DecodeError

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax.documents import MOST_TOLD
from registry.artifact_types.syntax.reference_files import as_files

_PROTOC = Path(sysconfig.get_path("scripts")) / "protoc"
_NAME = "document.proto"
#: Of the processor. On a busy machine the same work takes many more by the clock.
_SECONDS = 2
_SECONDS_BY_THE_CLOCK = 30
_BYTES_OF_MEMORY = 1024**3
_ERROR = re.compile(r"(?P<file>[^:]+):(?:(?P<line>\d+):(?P<column>\d+):)? (?P<message>.*)")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A file and those that it needs, each after those that it needs itself."""

    file: FileDescriptorProto
    needed: tuple[FileDescriptorProto, ...]


def compiled(document: Document) -> Compiled | tuple[Violation, ...]:
    """Imports are the references and what comes with protoc; violations are protoc's own words."""
    try:
        return _compiled(document.content, tuple(document.references.items()))
    except _NotJudged as error:
        return (Violation(str(error)),)


class _NotJudged(Exception):
    """It can't be told now, and may another time: nothing of it is remembered."""


# Transitive levels look at the same versions again and again.
@lru_cache(maxsize=256)
def _compiled(
    content: bytes, references: tuple[tuple[str, bytes], ...]
) -> Compiled | tuple[Violation, ...]:
    with as_files(content, dict(references), _NAME) as file:
        try:
            code, output, told = _run(file.parent)
        except OSError as error:
            raise _NotJudged(f"protoc can't be run here: {error.strerror}") from error
        errors = told.replace(f"{file.parent}/", "")
    if code is None:
        raise _NotJudged(f"The content takes protoc more than {_SECONDS} seconds")
    violations = _violations(errors)
    if code != 0 and violations:
        return violations
    try:
        files = list(FileDescriptorSet.FromString(output).file)
    except DecodeError as error:
        raise _NotJudged("protoc gave no descriptor") from error
    if code != 0 or not files:
        raise _NotJudged(f"protoc ended with code {code}")
    return Compiled(files[-1], tuple(files[:-1]))


def _run(folder: Path) -> tuple[int | None, bytes, str]:
    """Exit code, None if it took too long; descriptors; what it wrote on standard error."""
    asked = ["--include_imports", "--include_source_info", "--descriptor_set_out=/dev/stdout"]
    process = subprocess.Popen(
        [str(_PROTOC), f"-I{folder}", *asked, _NAME],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={},
    )
    with process:
        _bound(process.pid)
        try:
            output, errors = process.communicate(timeout=_SECONDS_BY_THE_CLOCK)
        except subprocess.TimeoutExpired:
            process.kill()
            return None, b"", ""
    if process.returncode == -signal.SIGXCPU:
        return None, b"", ""
    return process.returncode, output, errors.decode(errors="replace")


def _bound(pid: int) -> None:
    """Bound memory and processor time on Linux; elsewhere only the time by the clock is bounded."""
    if hasattr(resource, "prlimit"):
        resource.prlimit(pid, resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 1))
        resource.prlimit(pid, resource.RLIMIT_AS, (_BYTES_OF_MEMORY, _BYTES_OF_MEMORY))


def _violations(errors: str) -> tuple[Violation, ...]:
    found: dict[Violation, None] = {}
    for line in errors.splitlines():
        error = _ERROR.fullmatch(line)
        if error is None or error["message"].startswith("warning:"):
            continue
        path = "" if error["file"] == _NAME else error["file"]
        place = int(error["line"] or 0), int(error["column"] or 0)
        message = error["message"].rstrip(".")
        found[Violation(message, path, *place, _mend(message))] = None
    return tuple(found)[:MOST_TOLD]


def _mend(message: str) -> str:
    return "Add a reference of that name." if message.endswith("not found") else ""
