"""Compiles Protobuf sources with protoc, in a process with bounded time and memory."""

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
from registry.artifact_types.syntax.documents import MAX_VIOLATIONS
from registry.artifact_types.syntax.reference_files import written_to_folder

_PROTOC = Path(sysconfig.get_path("scripts")) / "protoc"
#: No import is likely to have this name.
_FILE_NAME = "annals-content.proto"
#: Of the processor. On a busy machine the same work takes many more by the clock.
_SECONDS = 2
_SECONDS_BY_THE_CLOCK = 30
_BYTES_OF_MEMORY = 1024**3
_ERROR = re.compile(r"(?P<file>[^:]+):(?:(?P<line>\d+):(?P<column>\d+):)? (?P<message>.*)")


@dataclass(frozen=True, slots=True)
class CompiledFile:
    """A file and its imports, each after its own imports."""

    file: FileDescriptorProto
    imports: tuple[FileDescriptorProto, ...]


class _NotCompiled(Exception):
    """protoc gave no result, but may give one the next time: nothing is cached."""


def compile_document(document: Document) -> CompiledFile | tuple[Violation, ...]:
    """Compile a document with its references as imports; violations have protoc's messages."""
    try:
        return _compile(document.content, tuple(document.references.items()))
    except _NotCompiled as error:
        return (Violation(str(error)),)


# Transitive levels compare the same versions again and again.
@lru_cache(maxsize=256)
def _compile(
    content: bytes, references: tuple[tuple[str, bytes], ...]
) -> CompiledFile | tuple[Violation, ...]:
    with written_to_folder(content, dict(references), _FILE_NAME) as file:
        try:
            code, output, errors = _run_protoc(file.parent)
        except OSError as error:
            raise _NotCompiled(f"protoc can't be run here: {error.strerror}") from error
        errors = errors.replace(f"{file.parent}/", "")
    if code is None:
        raise _NotCompiled(f"The content takes protoc more than {_SECONDS} seconds")
    violations = _parse_errors(errors)
    if code != 0 and violations:
        return violations
    try:
        files = list(FileDescriptorSet.FromString(output).file)
    except DecodeError as error:
        raise _NotCompiled("protoc gave no descriptor") from error
    if code != 0 or not files:
        raise _NotCompiled(f"protoc ended with code {code}")
    return CompiledFile(files[-1], tuple(files[:-1]))


def _run_protoc(folder: Path) -> tuple[int | None, bytes, str]:
    """Return the exit code (None after a timeout), the descriptors, and the error output."""
    options = ["--include_imports", "--include_source_info", "--descriptor_set_out=/dev/stdout"]
    process = subprocess.Popen(
        [str(_PROTOC), f"-I{folder}", *options, _FILE_NAME],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={},
    )
    with process:
        # Linux bounds memory and processor time; elsewhere only the time by the clock is bounded.
        if hasattr(resource, "prlimit"):
            cpu_limit = (_SECONDS, _SECONDS + 1)
            resource.prlimit(process.pid, resource.RLIMIT_CPU, cpu_limit)
            memory_limit = (_BYTES_OF_MEMORY, _BYTES_OF_MEMORY)
            resource.prlimit(process.pid, resource.RLIMIT_AS, memory_limit)
        try:
            output, errors = process.communicate(timeout=_SECONDS_BY_THE_CLOCK)
        except subprocess.TimeoutExpired:
            process.kill()
            return None, b"", ""
    if process.returncode == -signal.SIGXCPU:
        return None, b"", ""
    return process.returncode, output, errors.decode(errors="replace")


def _parse_errors(errors: str) -> tuple[Violation, ...]:
    violations: dict[Violation, None] = {}
    for line in errors.splitlines():
        error = _ERROR.fullmatch(line)
        if error is None or error["message"].startswith("warning:"):
            continue
        path = "" if error["file"] == _FILE_NAME else error["file"]
        message = error["message"].rstrip(".")
        hint = "Add a reference of that name." if message.endswith("not found") else ""
        position = int(error["line"] or 0), int(error["column"] or 0)
        violations[Violation(message, path, *position, hint)] = None
    return tuple(violations)[:MAX_VIOLATIONS]
