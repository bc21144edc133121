"""Django may read the tables; only the journal's projection writes them."""

from typing import Any

from registry.connections import reading_alias


class ReadOnlyDatabase(Exception):
    """A model was written outside the projection."""


class JournalRouter:
    def db_for_read(self, model: type[Any], **hints: Any) -> str:
        return reading_alias()

    def db_for_write(self, model: type[Any], **hints: Any) -> str:
        raise ReadOnlyDatabase(
            f"{model._meta.label} is written by journal.projection alone, from consumed records"
        )

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "journal"
