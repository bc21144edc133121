"""A content and its references as files of a folder that lasts as long as somebody reads them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory


@contextmanager
def as_files(content: bytes, references: Mapping[str, bytes], name: str) -> Iterator[Path]:
    """The content's file of that name; references lie beside it under the paths they are named by.

    A name that would lead out of the folder, or is no path at all, gets no file.
    """
    with TemporaryDirectory(prefix="annals-") as folder:
        root = Path(folder)
        for path, each in references.items():
            place = _place(root, path)
            if place is not None and place != root / name:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(each)
        file = root / name
        file.write_bytes(content)
        yield file


def _place(root: Path, name: str) -> Path | None:
    parts = PurePosixPath(name.partition("#")[0]).parts
    steps = [each for each in parts if each != "."]
    is_plain = all(
        each != ".." and len(each) < 200 and each.isprintable() and ":" not in each
        for each in steps
    )
    if not steps or not is_plain or steps[0] == "/" or len(steps) > 20:
        return None
    place = root.joinpath(*steps)
    taken = any(each.is_file() for each in (place, *place.parents))
    return None if taken or place.is_dir() else place
