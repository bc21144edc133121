"""Progress of long work in the terminal; silent where nobody looks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_Steps = Callable[[str, float | None], None]
_Counts = Callable[[int, int], None]


@contextmanager
def show_steps() -> Iterator[_Steps]:
    """Gives a function of what is being done and the part done, 0 to 1, or None if unknown."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=None)

        def show(doing: str, part: float | None) -> None:
            progress.update(
                task, description=doing, total=None if part is None else 1.0, completed=part or 0
            )

        yield show


@contextmanager
def show_counts(doing: str) -> Iterator[_Counts]:
    """Gives a function of how many are done and how many there are."""
    console = Console(stderr=True)
    with Progress(
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(doing)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield show
