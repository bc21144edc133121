"""What the list of artifacts finds: by all that is told of them, and by what their contents say."""

import json
from collections.abc import Iterator

import pytest
from django.db import connections

from journal.database.writer import Writer
from journal.models import ContentView
from journal.search.criteria import ArtifactQuery, SortOrder
from journal.search.indexer import Indexer
from journal.search.search import SearchResult, find_artifacts
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    ArtifactVersionKey,
    ArtifactVersionValue,
    ContentV2Key,
    ContentV2Value,
    GlobalActionKey,
    GlobalActionValue,
    GroupKey,
    GroupValue,
    Message,
    MetaData,
)
from registry.queries import group_names
from registry.references import content_hash
from tests.journals import apply_to_database, empty_database, record

pytestmark = pytest.mark.usefixtures("each_database")


class Journal:
    """Applies uploads and what follows them to the present database."""

    def __init__(self) -> None:
        self._offset = 0
        self._ids = 0

    def say(self, *messages: Message, view: ContentView = ContentView.FIRST_WINS) -> None:
        said = [record(each, self._offset + at) for at, each in enumerate(messages)]
        self._offset += len(said)
        apply_to_database(said, view=view)

    def upload(
        self, artifact_id: str, content: object, *, group: str | None = None, **told: object
    ) -> None:
        self._ids += 1
        body = json.dumps(content).encode()
        digest = content_hash(body, None)
        self.say(
            Message(
                ContentV2Key("_", self._ids),
                ContentV2Value(Action.CREATE_OR_UPDATE, digest, digest, body),
            ),
            Message(
                ArtifactKey("_", group, artifact_id),
                ArtifactValue(
                    action=Action.CREATE,
                    meta_data=MetaData(**told),  # type: ignore[arg-type]
                    global_id=self._ids,
                    artifact_type="JSON",
                    content_hash=digest,
                    created_by="ann" if self._ids % 2 else "ben",
                    created_on=1_700_000_000_000 + self._ids,
                ),
            ),
        )


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def indexer() -> Iterator[Indexer]:
    writer = Writer(connections.settings["journal"])
    yield Indexer(writer)
    writer.close()


def index(indexer: Indexer) -> None:
    indexer.is_behind = True
    while indexer.is_behind:
        indexer.step()


def ids(text: str = "", sort: SortOrder = SortOrder.NAME, **narrowed: object) -> list[str]:
    return [each.artifact_id for each in found(text, sort, **narrowed).items]


def found(text: str = "", sort: SortOrder = SortOrder.NAME, **narrowed: object) -> SearchResult:
    return find_artifacts(ArtifactQuery(text=text, **narrowed), sort)  # type: ignore[arg-type]


def _three(journal: Journal) -> None:
    journal.upload(
        "order", {"shippingAddress": "x", "snake_case_name": 1}, group="shop", name="An Ordér",
        labels=("Prod", "pii"), description="50% of all", properties={"Team": "Blue Sky"},
    )  # fmt: skip
    journal.upload("price", {"com.example.money": {"type": "string"}}, name="Price")
    journal.upload("stock", {"string": "type"}, group="shop")


@pytest.mark.parametrize("is_kept", [True, False])
def test_any_part_of_the_metadata_is_found(
    journal: Journal, indexer: Indexer, is_kept: bool
) -> None:
    _three(journal)
    if is_kept:
        index(indexer)
    assert ids("RIC") == ["price"]
    assert ids("order") == ["order"]
    assert ids("sho") == ["order", "stock"]
    assert ids("default") == ["price"]
    assert ids("prod") == ["order"]
    assert ids("50%") == ["order"]
    assert ids("_") == []
    assert ids("an sho") == ["order"]
    assert ids("price shop") == []


def test_contents_are_found_once_they_are_indexed(journal: Journal, indexer: Indexer) -> None:
    _three(journal)
    assert (ids("money"), found("money").unsearched) == ([], 3)
    index(indexer)
    assert found("money").unsearched == 0
    assert ids("money") == ids("mon") == ids("com.example.mon") == ["price"]
    assert ids("mon ") == []
    assert ids("shippingadd") == ids("address") == ids("snake_case") == ids("case") == ["order"]
    assert ids("blue") == ["order"]
    assert ids('"type string"') == ["price"]
    assert ids('"string type"') == ["stock"]
    assert ids("orde shippinga") == ["order"]


def test_accents_and_case_do_not_matter_once_indexed(journal: Journal, indexer: Indexer) -> None:
    _three(journal)
    index(indexer)
    assert ids("ordé") == ids("ORDE") == ["order"]


def test_ids_and_hashes_are_found(journal: Journal, indexer: Indexer) -> None:
    _three(journal)
    index(indexer)
    digest = content_hash(json.dumps({"string": "type"}).encode(), None)
    assert ids("3") == ids(digest) == ["stock"]


def test_filters_must_all_hold(journal: Journal, indexer: Indexer) -> None:
    _three(journal)
    for _ in range(2):
        assert ids(group="shop") == ["order", "stock"]
        assert ids(group="default", type="JSON") == ["price"]
        assert ids(labels=("prod", "PII")) == ["order"]
        assert (
            ids(properties=(("team", "blue sky"),))
            == ids(properties=(("TEAM", None),))
            == ["order"]
        )
        assert ids(properties=(("team", "red"),)) == ids(state="DISABLED") == []
        assert ids(owner="ben") == ["price"]
        assert ids(since=1_700_000_000_003) == ["stock"]
        assert ids("o", group="shop", owner="ann", type="JSON") == ["order", "stock"]
        index(indexer)


def test_orders(journal: Journal, indexer: Indexer) -> None:
    _three(journal)
    for _ in range(2):
        assert ids(sort=SortOrder.NEWEST) == ["stock", "price", "order"]
        assert ids(sort=SortOrder.OLDEST) == ["order", "price", "stock"]
        assert ids(sort=SortOrder.MODIFIED) == ["stock", "price", "order"]
        assert ids(sort=SortOrder.NAME_DOWN) == ["stock", "price", "order"]
        assert ids("sto", sort=SortOrder.RELEVANCE) == ["stock"]
        index(indexer)
    journal.upload("stocking", {"a": 1})
    journal.upload("a-stock", {"b": "stock"})
    journal.upload("other", {"c": "stock"})
    index(indexer)
    assert ids("stock", sort=SortOrder.RELEVANCE) == ["stock", "stocking", "a-stock", "other"]


def test_pages_from_both_ends_are_of_one_order(journal: Journal, indexer: Indexer) -> None:
    for number in range(7):
        journal.upload(f"a{number}", {"n": number})
    index(indexer)
    pages = [
        find_artifacts(ArtifactQuery(), SortOrder.NAME, offset=at, limit=2)
        for at in (0, 2, 4, 6, 8)
    ]
    assert [each.artifact_id for page in pages for each in page.items] == [
        f"a{number}" for number in range(7)
    ]
    assert {page.count for page in pages} == {7}


@pytest.mark.parametrize("sort", list(SortOrder))
@pytest.mark.parametrize("text", ["", "item"])
def test_pages_have_one_order_while_some_artifacts_are_not_indexed(
    journal: Journal, indexer: Indexer, sort: SortOrder, text: str
) -> None:
    for number in range(20):
        journal.upload(f"item-{number % 10}-{number}", {}, labels=("some",) if number % 3 else ())
    index(indexer)
    for number in (3, 11):
        journal.upload(f"item-{number % 10}-{number}-later", {}, labels=("some",))
    sought = ArtifactQuery(text=text, labels=("some",))
    whole = [each.id for each in find_artifacts(sought, sort).items]
    pages = [find_artifacts(sought, sort, offset=at, limit=4) for at in range(0, 16, 4)]
    assert [each.id for page in pages for each in page.items] == whole
    assert len(whole) == pages[0].count == 15
    index(indexer)
    assert [each.id for each in find_artifacts(sought, sort).items] == whole


@pytest.mark.parametrize("is_behind", [False, True])
@pytest.mark.parametrize("sort", list(SortOrder))
def test_more_hits_than_are_counted_are_in_the_same_order(
    journal: Journal,
    indexer: Indexer,
    monkeypatch: pytest.MonkeyPatch,
    sort: SortOrder,
    is_behind: bool,
) -> None:
    for number in range(12):
        journal.upload(f"item-{number}", {"common": "word"}, labels=("some",))
    journal.upload("common", {}, labels=("some",))
    index(indexer)
    if is_behind:
        journal.upload("item-common", {}, labels=("some",))
    asked = [
        ArtifactQuery(text="common "),
        ArtifactQuery(text="common word", labels=("some",)),
        ArtifactQuery(text="item", labels=("some",)),
        ArtifactQuery(labels=("some",)),
    ]
    wholes = [[each.id for each in find_artifacts(each, sort).items] for each in asked]
    for module in ("search", "criteria"):
        monkeypatch.setattr(f"journal.search.{module}.MAX_COUNTED", 5)
    for sought, whole in zip(asked, wholes, strict=True):
        found = find_artifacts(sought, sort, limit=8)
        assert [each.id for each in found.items] == whole[:8]
        assert found.is_more == bool(sought.text)
        assert found.count == (5 if sought.text else len(whole))
        rest = find_artifacts(sought, sort, offset=8)
        assert [each.id for each in rest.items] == whole[8:]


def test_a_change_counts_at_once_and_its_content_when_it_is_indexed(
    journal: Journal, indexer: Indexer
) -> None:
    _three(journal)
    index(indexer)
    journal.upload("later", {"word": "unheard"}, name="Later")
    journal.say(Message(
        ArtifactVersionKey("_", None, "price", "1"),
        ArtifactVersionValue(Action.UPDATE, "DISABLED", MetaData(name="Cost", labels=("new",))),
    ))  # fmt: skip
    for _ in range(2):
        assert ids() == ["order", "price", "later", "stock"]
        assert ids("later") == ["later"]
        assert ids("cost") == ids(state="DISABLED") == ids(labels=("new",)) == ["price"]
        assert found("unheard").unsearched == (0 if ids("unheard") else 2)
        index(indexer)
    assert ids("unheard") == ["later"]
    assert ids("money") == ["price"]


def test_what_was_deleted_is_found_no_more(journal: Journal, indexer: Indexer) -> None:
    _three(journal)
    index(indexer)
    journal.say(Message(ArtifactKey("_", None, "price"), ArtifactValue(Action.DELETE)))
    for _ in range(2):
        assert ids("money") == ids("price") == []
        assert found().count == 2
        index(indexer)
    # Its row id is given to the next one.
    journal.say(Message(ArtifactKey("_", "shop", "stock"), ArtifactValue(Action.DELETE)))
    journal.upload("new", {"word": "unheard"})
    for _ in range(2):
        assert ids("string") == []
        assert ids() == ["order", "new"]
        index(indexer)
    assert ids("unheard") == ["new"]


@pytest.mark.parametrize(
    ("end", "left"),
    [
        (Message(GroupKey("_", "shop"), GroupValue(Action.DELETE, only_artifacts=True)), ["price"]),
        (Message(GlobalActionKey("_"), GlobalActionValue(Action.DELETE_ALL_USER_DATA)), []),
    ],
)
def test_what_went_without_being_named_is_found_no_more(
    journal: Journal, indexer: Indexer, end: Message, left: list[str]
) -> None:
    _three(journal)
    index(indexer)
    journal.say(end)
    for _ in range(2):
        assert ids() == left
        assert ids("shippingaddress") == []
        index(indexer)


def test_a_content_that_takes_another_one_s_place_is_found(
    journal: Journal, indexer: Indexer
) -> None:
    journal.upload("one", {"before": 1})
    index(indexer)
    body = b'{"after": 1}'
    digest = content_hash(body, None)
    value = ContentV2Value(Action.CREATE_OR_UPDATE, digest, digest, body)
    journal.say(Message(ContentV2Key("_", 1), value), view=ContentView.LAST_WINS)
    index(indexer)
    assert (ids("before"), ids("after")) == ([], ["one"])


def test_a_rebuild_starts_the_index_again(journal: Journal, indexer: Indexer) -> None:
    _three(journal)
    index(indexer)
    empty_database()
    again = Journal()
    again.upload("only", {"word": "unheard"})
    assert (ids("unheard"), ids("money"), ids()) == ([], [], ["only"])
    writer = Writer(connections.settings["journal"])
    index(Indexer(writer))
    writer.close()
    assert (ids("unheard"), ids("money"), ids()) == (["only"], [], ["only"])


def test_a_step_is_taken_up_where_another_process_left_it(
    journal: Journal, indexer: Indexer
) -> None:
    for number in range(60):
        journal.upload(f"a{number}", {"n": number})
    indexer.step()
    writer = Writer(connections.settings["journal"])
    index(Indexer(writer))
    writer.close()
    assert found("n").count == 60
    assert found("n").unsearched == 0


def test_hostile_contents_and_questions_do_no_harm(journal: Journal, indexer: Indexer) -> None:
    journal.upload("odd", {"a": "\ud83d\ude00 \u0000 ' \" \\ %s {} " + "w" * 5000, "b": "é" * 900})
    journal.upload("large", {f"f{number}": number for number in range(40_000)})
    index(indexer)
    for text in (
        '"',
        '""',
        "'",
        "\\",
        "%s",
        "a OR b",
        "NEAR(",
        "*",
        "^a",
        "-a",
        "{}",
        "\0",
        "é" * 400,
    ):
        found(text)
    assert ids("w" * 60) == ["odd"]
    assert ids("f5") == ["large"]


def test_groups_are_listed_without_counting(journal: Journal) -> None:
    _three(journal)
    journal.upload("z", {"z": 1}, group="a")
    assert group_names(10) == [None, "a", "shop"]
    assert group_names(2) == [None, "a"]
