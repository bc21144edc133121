"""Plans and previews read a content as often for many references as for one."""

import json
from collections import Counter

import pytest
from django.http import QueryDict

from dashboard.uploads.form import UploadForm
from dashboard.uploads.preview import preview_upload
from journal.commands import BundleItem, NewVersion, create_artifact, plan_bundle
from tests.own_node import writer
from tests.reads import count_reads

pytestmark = [pytest.mark.kafka, pytest.mark.usefixtures("node")]


def avro(name: str, *types: str) -> bytes:
    fields = [{"name": f"f{number}", "type": kind} for number, kind in enumerate(types)]
    return json.dumps({"type": "record", "name": name, "fields": fields}).encode()


def of_many(count: int) -> bytes:
    """Return a record whose types could all be those of one artifact, called Big."""
    return avro("Order", *(f"n{number}.Big" for number in range(count)))


def plan(count: int) -> Counter[str]:
    item = BundleItem("order.avsc", of_many(count), "order", None, False)

    def make() -> None:
        (planned,) = plan_bundle(writer(), "shop", [item], ["AVRO"])
        assert len(planned.unresolved_names) == count

    return count_reads(make)


def preview(count: int) -> Counter[str]:
    fields = QueryDict(mutable=True)
    fields.update({"text": of_many(count).decode(), "group": "shop", "as": "artifact"})

    def make() -> None:
        shown = preview_upload(writer(), UploadForm(fields), [], False)
        assert shown is not None
        assert len(shown.required_references) == count

    return count_reads(make)


def test_contents_are_read_once_whatever_they_refer_to() -> None:
    create_artifact(
        writer(),
        NewVersion(group_id="shop", artifact_id="Big", type="AVRO", content=avro("Big")),
    )
    assert plan(150) == plan(1)
    reads = preview(150)
    assert reads == preview(1)
    # The artifact that could be meant.
    assert reads["provided_names"] == 1
