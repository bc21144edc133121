"""Pages of lists, requested by the address."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from dashboard.journal.filters import query_number


@dataclass(frozen=True, slots=True)
class Page:
    """`number` counts from 1 and may exceed the number of pages."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    def count_pages(self, count: int) -> int:
        return max(1, -(-count // self.size))

    def context(self, count: int) -> dict[str, Any]:
        """Return the template context for a list of `count` rows."""
        return {
            "count": count,
            "page": self.number,
            "pages": self.count_pages(count),
            "previous": self.number - 1,
            "next": self.number + 1,
        }


def parse_page(query: QueryDict, size: int, name: str = "page") -> Page:
    return Page(min(query_number(query, name) or 1, 1_000_000_000), size)
