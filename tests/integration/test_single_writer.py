"""Nothing but the projection can write the tables: the router says so, the connection holds it."""

from collections.abc import Callable

import pytest
from django.db import connections, transaction
from django.db.utils import DatabaseError

from journal.models import LedgerRow, Position
from node.routers import ReadOnlyDatabase
from registry.models import Artifact, Sequence
from tests.journals import DATA, apply_to_database, read_journal


@pytest.mark.parametrize(
    "write",
    [
        lambda: Sequence(tenant_id="_", name="contentId", value=9).save(),
        lambda: Sequence.objects.create(tenant_id="_", name="contentId", value=9),
        lambda: Sequence.objects.bulk_create([Sequence(tenant_id="_", name="x", value=9)]),
        lambda: Sequence.objects.update(value=9),
        lambda: Sequence.objects.filter(name="contentId").delete(),
        lambda: Sequence.objects.get_or_create(tenant_id="x", name="x", value=9),
        lambda: Artifact.objects.get().delete(),
        lambda: LedgerRow.objects.update(summary=""),
        lambda: Position.objects.update(next_offset=0),
    ],
)
def test_the_router_refuses_every_way_to_write(
    write: Callable[[], object], each_database: str
) -> None:
    apply_to_database(read_journal(DATA / "journals" / "2.6.13.jsonl")[:8])

    with pytest.raises(ReadOnlyDatabase, match=r"journal\.projection alone"):
        write()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE registry_sequence SET value = 9",
        "DELETE FROM registry_artifact",
        "INSERT INTO registry_sequence (tenant_id, name, value) VALUES ('x', 'x', 1)",
        "DROP TABLE registry_label",
    ],
)
def test_the_connection_refuses_what_goes_around_the_router(sql: str, each_database: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"(?i)read.?only"),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(sql)


def test_naming_the_reading_alias_does_not_help(each_database: str) -> None:
    with pytest.raises(DatabaseError, match=r"(?i)read.?only"), transaction.atomic("default"):
        Sequence.objects.using("default").create(tenant_id="_", name="x", value=1)
