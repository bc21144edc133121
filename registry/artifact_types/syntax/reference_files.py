"""Writes a content and its references as files, for libraries that read files."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory


@contextmanager
def written_to_folder(content: bytes, references: Mapping[str, bytes], name: str) -> Iterator[Path]:
    """Write the content into a temporary folder, references beside it under their paths.

    A reference gets no file if its name is no path inside the folder.
    """
    with TemporaryDirectory(prefix="annals-") as folder:
        root = Path(folder)
        for reference_name, reference in references.items():
            path = _safe_path(root, reference_name)
            if path is not None and path != root / name:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(reference)
        file = root / name
        file.write_bytes(content)
        yield file


def _safe_path(root: Path, name: str) -> Path | None:
    parts = PurePosixPath(name.partition("#")[0]).parts
    steps = [part for part in parts if part != "."]
    is_plain = all(step != ".." and len(step) < 200 and step.isprintable() for step in steps)
    if not steps or not is_plain or steps[0] == "/" or len(steps) > 20:
        return None
    path = root.joinpath(*steps)
    is_taken = path.is_dir() or any(file.is_file() for file in (path, *path.parents))
    return None if is_taken else path
