"""Progress bars on standard error, shown on a terminal only."""

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
def step_progress() -> Iterator[_Steps]:
    """Yield a callback for a step's name and the share done, 0 to 1, or None if unknown."""
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

        def show(step: str, share: float | None) -> None:
            progress.update(
                task, description=step, total=None if share is None else 1.0, completed=share or 0
            )

        yield show


@contextmanager
def count_progress(description: str) -> Iterator[_Counts]:
    """Yield a callback for the number done and the total number."""
    console = Console(stderr=True)
    with Progress(
        TextColumn(description),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(description)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield show
