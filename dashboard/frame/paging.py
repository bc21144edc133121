"""Pages of a list, as an address asks for them."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from dashboard.journal.filters import number


@dataclass(frozen=True, slots=True)
class Place:
    """`page` counts from 1; a list that shrank answers with its last page when asked beyond it."""

    page: int
    size: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    def context(self, count: int) -> dict[str, Any]:
        """What the template of a list needs."""
        return {
            "count": count,
            "page": self.page,
            "pages": self.pages(count),
            "previous": self.page - 1,
            "next": self.page + 1,
        }

    def pages(self, count: int) -> int:
        return max(1, -(-count // self.size))


def place_of(query: QueryDict, size: int, name: str = "page") -> Place:
    wanted = number(query, name) or 1
    return Place(min(wanted, 1_000_000_000), size)
