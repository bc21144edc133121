"""What the queries find in the tables that a recorded journal of Apicurio 2.6.13 leaves."""

import pytest

from registry import queries
from registry.errors import ArtifactNotFound, ContentNotFound, VersionNotFound
from registry.queries import ArtifactFilter, Order, OrderBy
from registry.references import Reference, content_hash, parse_references, serialize_references
from tests.journals import DATA, apply_to_database, read_journal

REFERENCE = Reference("refs", "addr", "1", "foo.Addr")
SERIALIZED = '[{"groupId":"refs","artifactId":"addr","version":"1","name":"foo.Addr"}]'


@pytest.fixture
def tables(each_database: str) -> None:
    """The journal up to the recorded groups' deletion: versions, references, a disabled state."""
    apply_to_database(read_journal(DATA / "journals" / "2.6.13.jsonl")[:125])


def test_references_are_serialized_as_the_journal_spells_them() -> None:
    assert serialize_references([REFERENCE]) == SERIALIZED
    assert parse_references(SERIALIZED) == (REFERENCE,)
    assert serialize_references([]) is None
    assert (
        parse_references(None)
        == parse_references("no json")
        == parse_references('[{"name":"x"}]')
        == ()
    )


def test_the_hash_covers_references() -> None:
    assert content_hash(b"{}", None) != content_hash(b"{}", SERIALIZED)


@pytest.mark.usefixtures("tables")
def test_an_artifact_s_latest_version_is_the_one_it_points_to() -> None:
    meta = queries.version_meta("g1", "user1")
    assert (meta.version, meta.global_id, meta.content_id) == ("v-four", 15, 11)
    assert (meta.group_id, meta.type, meta.name) == ("g1", "AVRO", "User One B")


@pytest.mark.usefixtures("tables")
def test_a_named_version_may_be_disabled() -> None:
    assert queries.version_meta("g1", "user1", "2").state == "DISABLED"


@pytest.mark.usefixtures("tables")
def test_errors_name_what_is_missing() -> None:
    with pytest.raises(ArtifactNotFound, match="'nope' in group 'g1'"):
        queries.version_meta("g1", "nope")
    with pytest.raises(VersionNotFound, match="'99'"):
        queries.version_meta("g1", "user1", "99")
    with pytest.raises(ArtifactNotFound, match="'999999' in group 'null'"):
        queries.content_by_global_id(999999)
    with pytest.raises(ContentNotFound, match="contentId-999"):
        queries.content_by_content_id(999)
    with pytest.raises(ArtifactNotFound):
        queries.versions("g1", "nope")


@pytest.mark.usefixtures("tables")
def test_versions_come_oldest_first_and_in_pages() -> None:
    page = queries.versions("g1", "user1", offset=1, limit=2)
    assert page.count == 4
    assert [item.version for item in page.items] == ["2", "3"]
    assert queries.version_names("g1", "user1") == ("1", "2", "3", "v-four")


@pytest.mark.usefixtures("tables")
def test_a_content_is_found_by_version_ids_and_hash() -> None:
    by_version = queries.content_of_version("g1", "user1", "1")
    assert by_version.content.startswith(b"{\n")
    assert by_version.type == "AVRO"
    assert queries.content_by_global_id(2) == by_version
    by_id = queries.content_by_content_id(2)
    assert by_id == queries.content_by_hash(by_version.content_hash)
    assert by_id.content == by_version.content


@pytest.mark.usefixtures("tables")
def test_references_come_with_a_version() -> None:
    assert queries.version_meta("refs", "person", "1").references == (REFERENCE,)


@pytest.mark.usefixtures("tables")
def test_the_newest_version_with_a_content_is_found() -> None:
    content = queries.content_of_version("g1", "user1", "2")
    same = queries.find_version_by_content("g1", "user1", content_hash=content.content_hash)
    assert same is not None
    assert same.version == "2"
    assert queries.find_version_by_content("g1", "user1", canonical_hash="none") is None


@pytest.mark.usefixtures("tables")
def test_a_search_orders_by_name_or_id_on_both_databases() -> None:
    page = queries.search_artifacts(ArtifactFilter(), limit=50)
    names = [item.name or item.artifact_id for item in page.items]
    assert page.count == len(names) == 14
    assert names == sorted(names)
    assert [item.artifact_id for item in page.items][-5:-3] == ["inferred", "user1-copy"]


@pytest.mark.usefixtures("tables")
def test_a_search_pages_the_newest_first() -> None:
    page = queries.search_artifacts(
        ArtifactFilter(), order_by=OrderBy.CREATED_ON, order=Order.DESC, offset=1, limit=3
    )
    assert [item.artifact_id for item in page.items] == ["addr", "order", "user1"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (ArtifactFilter(name="Use"), 4),
        (ArtifactFilter(name="USER"), 0),
        (ArtifactFilter(group="g2"), 6),
        (ArtifactFilter(group="default"), 1),
        (ArtifactFilter(description="Description"), 1),
        (ArtifactFilter(type="XSD"), 1),
        (ArtifactFilter(global_id=15), 1),
        (ArtifactFilter(content_id=3), 3),
        (ArtifactFilter(labels=("a",)), 0),
        (ArtifactFilter(properties=(("k1", "v1"),)), 0),
        (ArtifactFilter(group="g2", type="AVRO"), 3),
    ],
)
@pytest.mark.usefixtures("tables")
def test_a_search_counts_what_every_condition_finds(where: ArtifactFilter, expected: int) -> None:
    assert queries.search_artifacts(where, limit=1).count == expected


@pytest.mark.usefixtures("each_database")
def test_labels_and_properties_are_found_in_any_case() -> None:
    # Up to the first change of metadata, which sets labels and properties.
    apply_to_database(read_journal(DATA / "journals" / "2.6.13.jsonl")[:63])
    where = ArtifactFilter(labels=("A", "ü"), properties=(("K1", "V1"), ("k2", None)))
    assert [item.artifact_id for item in queries.search_artifacts(where).items] == ["user1"]


@pytest.mark.usefixtures("tables")
def test_groups_in_use_are_counted_the_default_group_first() -> None:
    assert [(item.group_id, item.artifacts) for item in queries.groups_in_use()] == [
        (None, 1),
        ("g1", 5),
        ("g2", 6),
        ("refs", 2),
    ]
    assert queries.group_exists("g1")
    assert not queries.group_exists("nope")


@pytest.mark.usefixtures("tables")
def test_the_tables_are_shown_as_they_are() -> None:
    artifacts = queries.artifacts_table(limit=2)
    assert artifacts.count == 14
    assert artifacts.items[1].artifact_id == "user1"
    assert artifacts.items[1].versions == 4
    contents = queries.contents_table(limit=1, offset=1)
    assert contents.count == 15
    assert (contents.items[0].content_id, contents.items[0].size) == (2, 200)
    sequences = {item.name: item for item in queries.sequences_table()}
    # One was drawn for a version that was refused.
    assert (sequences["globalId"].value, sequences["globalId"].highest_in_use) == (20, 19)
    assert not sequences["contentId"].is_behind
