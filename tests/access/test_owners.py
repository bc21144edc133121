"""Every command that writes, by every way in, tried by the owner, by somebody else and by an admin.

Owners of artifacts and of groups have a say.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from access.policy import Level
from journal import commands
from journal.commands import BundleItem, IfExists, NewVersion, PlannedAction, Writer
from journal.outcomes.errors import NoOutcome
from journal.wire.messages import (
    MetaData,
)
from node.config.home import Home
from registry.errors import NotTheOwner
from registry.models import RuleType
from tests.access.operations import all_operations, of_apis, of_pages
from tests.access.owned import (
    OTHER,
    PEOPLE,
    STORED,
    CountingPublisher,
    Person,
    client_of,
    node_of_alice,
    writer_of,
)
from tests.waiting import until

V2 = "/apis/registry/v2"
ARTIFACTS = f"{V2}/groups/{{group_id}}/artifacts"
ARTIFACT = f"{ARTIFACTS}/{{artifact_id}}"
VERSION = f"{ARTIFACT}/versions/{{version}}"
PAGE_OF_ARTIFACT = "/ui/artifacts/{group_id}/{artifact_id}"
PAGE_OF_VERSION = f"{PAGE_OF_ARTIFACT}/versions/{{version}}"


@pytest.fixture(scope="module")
def publisher(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[CountingPublisher]:
    """Counts who gets as far as the journal."""
    folder = tmp_path_factory.mktemp("owners")
    with (
        pytest.MonkeyPatch.context() as patched,
        django_db_blocker.unblock(),
        node_of_alice(sqlite_template, folder) as counting,
    ):
        patched.setattr(settings, "ANNALS_HOME", Home(folder))
        yield counting


def new(
    group_id: str | None, artifact_id: str, content: bytes = OTHER, version: str | None = None
) -> NewVersion:
    return NewVersion(
        group_id=group_id, artifact_id=artifact_id, content=content, type="AVRO", version=version
    )


PLACE = "g", "orders"
#: What each command that an owner has a say in is called with, after the writer.
OWNED: dict[str, Callable[[Writer], Any]] = {
    "check_artifact": lambda w: commands.check_artifact(w, new("g", "new")),
    "check_update": lambda w: commands.check_update(w, new(*PLACE)),
    "clear_meta_data": lambda w: commands.clear_meta_data(w, *PLACE, "1"),
    "create_artifact": lambda w: commands.create_artifact(w, new("g", "new")),
    "create_artifact_rule": lambda w: commands.create_artifact_rule(
        w, *PLACE, RuleType.VALIDITY, "FULL"
    ),
    "create_comment": lambda w: commands.create_comment(w, *PLACE, "1", "bad"),
    "delete_artifact": lambda w: commands.delete_artifact(w, *PLACE),
    "delete_artifact_rule": lambda w: commands.delete_artifact_rule(
        w, *PLACE, RuleType.COMPATIBILITY
    ),
    "delete_artifact_rules": lambda w: commands.delete_artifact_rules(w, *PLACE),
    "delete_artifacts": lambda w: commands.delete_artifacts(w, "g"),
    "delete_comment": lambda w: commands.delete_comment(w, *PLACE, "1", "orders1"),
    "delete_group": lambda w: commands.delete_group(w, "g"),
    "delete_version": lambda w: commands.delete_version(w, *PLACE, "1"),
    "preview_version": lambda w: commands.preview_version(w, new(*PLACE), is_version=True),
    "store_item": lambda w: commands.store_item(w, new(*PLACE), PlannedAction.UPDATE),
    "update_artifact": lambda w: commands.update_artifact(w, new(*PLACE)),
    "update_artifact_rule": lambda w: commands.update_artifact_rule(
        w, *PLACE, RuleType.COMPATIBILITY, "FULL"
    ),
    "update_comment": lambda w: commands.update_comment(w, *PLACE, "1", "orders1", "bad"),
    "update_meta_data": lambda w: commands.update_meta_data(w, *PLACE, "1", MetaData("n")),
    "update_owner": lambda w: commands.update_owner(w, *PLACE, "bob"),
    "update_state": lambda w: commands.update_state(w, *PLACE, "1", "DISABLED"),
}
#: Those that publish nothing.
DRY = {"check_artifact", "check_update", "preview_version"}
#: Those for whoever may write; a plan names what an owner refuses, and a link is a proof itself.
FOR_ALL = {"create_group", "plan_bundle", "rule_verdicts", "use_download"}
#: Those for administrators alone.
FOR_ADMINS = {
    *("create_global_rule", "update_global_rule", "delete_global_rule", "delete_global_rules"),
    *("create_role_mapping", "update_role_mapping", "delete_role_mapping"),
    *("set_config_property", "reset_config_property", "set_logger", "reset_logger"),
    *("import_archive", "preview_import", "offer_export"),
}


def test_every_command_stands_here_and_takes_a_writer() -> None:
    found = {
        name: function
        for name in commands.__all__
        if inspect.isfunction(function := getattr(commands, name))
    }
    assert found.keys() == OWNED.keys() | FOR_ALL | FOR_ADMINS
    without = {
        name
        for name, function in found.items()
        if next(iter(inspect.signature(function).parameters)) != "writer"
    }
    assert without == {"rule_verdicts"}, "it looks only"


@pytest.mark.parametrize("name", OWNED)
def test_commands_ask_the_owner(publisher: CountingPublisher, name: str) -> None:
    publisher.attempts = 0
    with pytest.raises(NotTheOwner, match=r"belongs to alice"):
        OWNED[name](writer_of("other"))
    assert publisher.attempts == 0
    for person in ("owner", "admin"):
        if name in DRY:
            OWNED[name](writer_of(person))
            continue
        with pytest.raises(NoOutcome):
            OWNED[name](writer_of(person))
        assert publisher.attempts > 0
        publisher.attempts = 0


@pytest.mark.parametrize(
    "command",
    [
        lambda w: commands.check_artifact(w, new(None, "orders-value"), IfExists.UPDATE),
        lambda w: commands.preview_version(w, new("g", "new"), is_version=False),
        lambda w: commands.store_item(w, new("g", "new"), PlannedAction.CREATE),
        # All versions are disabled, so that readers don't find the artifact.
        lambda w: commands.update_state(w, "g", "off", "1", "ENABLED"),
        # What it would change is so already.
        lambda w: commands.update_state(w, *PLACE, "1", "ENABLED"),
        # Who is not the owner doesn't learn what else is wrong.
        lambda w: commands.update_artifact(w, new(*PLACE, version="1")),
        lambda w: commands.create_comment(w, *PLACE, "1", ""),
        lambda w: commands.update_artifact(w, new(*PLACE, content=b"")),
    ],
)
def test_commands_ask_the_owner_whatever_else_is_asked(
    publisher: CountingPublisher, command: Callable[[Writer], Any]
) -> None:
    with pytest.raises(NotTheOwner):
        command(writer_of("other"))


def test_a_plan_names_what_the_owner_refuses(publisher: CountingPublisher) -> None:
    items = [BundleItem("a.avsc", OTHER, "orders"), BundleItem("b.avsc", OTHER, "new")]
    plan = partial(commands.plan_bundle, group_id="g", items=items, types=["AVRO", "AVRO"])
    errors = [item.error for item in plan(writer_of("other"))]
    assert [error.split(":")[0] for error in errors] == [
        "The artifact orders belongs to alice",
        "The group g belongs to alice",
    ]
    for person in ("owner", "admin"):
        assert [item.error for item in plan(writer_of(person))] == ["", ""]


@dataclass(frozen=True)
class Way:
    """A request that writes; `method` is "page" for a form of the pages.

    `statuses` are those for somebody else, the owner and an admin: 503 where the journal was
    reached, from which nothing comes back here. `writers` are those who reached it.
    """

    template: str
    method: str
    body: Any = None
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    statuses: tuple[int, int, int] = (403, 503, 503)
    writers: str = "owner admin"
    artifact: tuple[str, str] = PLACE

    def __str__(self) -> str:
        return f"{self.method} {self.template}{self.query} {self.body}"

    def send(self, person: Person) -> Any:
        group_id, artifact_id = self.artifact
        path = self.template.format(
            group_id=group_id,
            artifact_id=artifact_id,
            subject=artifact_id,
            version="1",
            comment_id=f"{artifact_id}1",
            rule_type="COMPATIBILITY",
            upload_id=bulk_upload(person) if "upload_id" in self.template else "",
        )
        if self.method == "page":
            answer = person.post(path, self.body or {})
            if path.endswith("/begin") and answer.status_code == 302:
                until(lambda: 'id="part"' not in person.get(answer["Location"]).content.decode())
            return answer
        send = getattr(person, self.method.lower())
        return send(
            path + self.query, self.body, content_type="application/json", headers=self.headers
        )


def bulk_upload(person: Person) -> str:
    file = SimpleUploadedFile("orders.avsc", OTHER)
    address = person.post("/ui/several", {"file": [file], "group": "g"})["Location"]
    person.post(address, {"id-0": "orders"})
    return str(address).rpartition("/")[2]


def of_default_group(if_exists: str, **expected: Any) -> Way:
    """An upload where the group is nobody's and the artifact is Alice's."""
    return Way(
        ARTIFACTS,
        "POST",
        expected.pop("body", OTHER),
        f"?ifExists={if_exists}{expected.pop('more', '')}",
        {"X-Registry-ArtifactId": "orders-value"},
        artifact=("default", "orders-value"),
        **expected,
    )


def of_subjects(version: str, *methods: str) -> list[Way]:
    base = f"/apis/ccompat/{version}"
    subject = f"{base}/subjects/{{subject}}"
    everything = [
        Way(f"{subject}/versions", "POST", {"schema": OTHER.decode()}),
        # Where the same schema is there already, nothing is written; Apicurio asks the owner, too.
        Way(
            f"{subject}/versions",
            "POST",
            {"schema": STORED.decode()},
            statuses=(403, 200, 200),
            writers="",
        ),
        Way(f"{base}/config/{{subject}}", "PUT", {"compatibility": "FULL"}),
        Way(f"{base}/config/{{subject}}", "PUT", {"compatibility": "NONE"}),
        Way(subject, "DELETE"),
        Way(f"{subject}/versions/{{version}}", "DELETE"),
    ]
    of_subject = ("default", "orders-value")
    return [replace(way, artifact=of_subject) for way in everything if way.method in methods]


WAYS = [
    Way(
        f"{V2}/groups", "POST", {"id": "new"}, statuses=(503, 503, 503), writers="other owner admin"
    ),
    Way(f"{V2}/groups/{{group_id}}", "DELETE"),
    Way(ARTIFACTS, "DELETE"),
    Way(ARTIFACTS, "DELETE", artifact=("default", "")),
    Way(ARTIFACTS, "POST", OTHER),
    Way(ARTIFACTS, "POST", OTHER, "?dryRun=true", statuses=(403, 204, 204), writers=""),
    of_default_group("FAIL", statuses=(409, 409, 409), writers=""),
    of_default_group("RETURN", statuses=(200, 200, 200), writers=""),
    of_default_group("UPDATE"),
    of_default_group("UPDATE", more="&dryRun=true", statuses=(403, 204, 204), writers=""),
    of_default_group("RETURN_OR_UPDATE"),
    of_default_group("RETURN_OR_UPDATE", body=STORED, statuses=(403, 200, 200), writers=""),
    Way(ARTIFACT, "PUT", OTHER),
    Way(ARTIFACT, "DELETE"),
    Way(f"{ARTIFACT}/meta", "PUT", {"name": "n"}),
    Way(f"{ARTIFACT}/owner", "PUT", {"owner": "bob"}),
    Way(f"{ARTIFACT}/rules", "POST", {"type": "VALIDITY", "config": "FULL"}),
    Way(f"{ARTIFACT}/rules", "DELETE"),
    Way(f"{ARTIFACT}/rules/{{rule_type}}", "PUT", {"type": "COMPATIBILITY", "config": "FULL"}),
    Way(f"{ARTIFACT}/rules/{{rule_type}}", "DELETE"),
    Way(f"{ARTIFACT}/state", "PUT", {"state": "DISABLED"}),
    Way(f"{ARTIFACT}/test", "PUT", OTHER, statuses=(403, 204, 204), writers=""),
    Way(f"{ARTIFACT}/versions", "POST", OTHER),
    Way(
        f"{ARTIFACT}/versions", "POST", OTHER, "?dryRun=true", statuses=(403, 204, 204), writers=""
    ),
    Way(VERSION, "DELETE"),
    Way(f"{VERSION}/comments", "POST", {"value": "bad"}),
    Way(f"{VERSION}/comments/{{comment_id}}", "PUT", {"value": "bad"}),
    Way(f"{VERSION}/comments/{{comment_id}}", "DELETE"),
    Way(f"{VERSION}/meta", "PUT", {"name": "n"}),
    Way(f"{VERSION}/meta", "DELETE"),
    Way(f"{VERSION}/state", "PUT", {"state": "DISABLED"}),
    *of_subjects("v6", "POST", "PUT", "DELETE"),
    *of_subjects("v7", "POST", "PUT"),
    # Verdicts are read.
    Way(
        "/apis/annals/v1/verdicts",
        "POST",
        OTHER,
        "?group=g&artifact=orders",
        statuses=(200, 200, 200),
        writers="",
    ),
    Way("/ui/upload", "page", {"text": OTHER.decode(), "group": "g", "id": "new"}),
    Way(
        "/ui/upload",
        "page",
        {"text": OTHER.decode(), "group": "g", "id": "orders", "as": "version"},
    ),
    Way(
        "/ui/upload/look",
        "page",
        {"text": OTHER.decode(), "group": "g"},
        statuses=(200, 200, 200),
        writers="",
    ),
    # Several files are only kept, until they are to be stored.
    Way("/ui/several", "page", statuses=(400, 400, 400), writers=""),
    Way("/ui/several/{upload_id}", "page", statuses=(302, 302, 302), writers=""),
    Way("/ui/several/{upload_id}/drop", "page", statuses=(302, 302, 302), writers=""),
    Way("/ui/several/{upload_id}/begin", "page", statuses=(409, 302, 302)),
    # A selection answers for each artifact; 409 is that none was changed.
    *(
        Way(
            "/ui/artifacts/selected",
            "page",
            {"select": "g/orders", **action},
            statuses=(409, 409, 409),
        )
        for action in (
            {"act": "label", "label": "new"},
            {"act": "unlabel", "label": "seen"},
            {"act": "state", "state": "DISABLED"},
            {"act": "delete", "confirmed": "1"},
        )
    ),
    Way(f"{PAGE_OF_ARTIFACT}/delete", "page"),
    Way(f"{PAGE_OF_VERSION}/delete", "page"),
    *(
        Way(f"{PAGE_OF_VERSION}/edit", "page", {"state": "ENABLED", "labels": "seen", **change})
        for change in ({"name": "n"}, {"state": "DISABLED"}, {"owner": "bob"})
    ),
    Way(f"{PAGE_OF_VERSION}/rules/set", "page", {"rule": "VALIDITY", "level": "FULL"}),
    Way(f"{PAGE_OF_VERSION}/rules/set", "page", {"rule": "COMPATIBILITY", "level": "FULL"}),
    Way(f"{PAGE_OF_VERSION}/rules/set", "page", {"rule": "COMPATIBILITY"}),
    Way(f"{PAGE_OF_VERSION}/comments/add", "page", {"value": "bad"}),
    Way(f"{PAGE_OF_VERSION}/comments/{{comment_id}}/delete", "page"),
]


def test_every_way_to_write_stands_here() -> None:
    served = {
        (each.template, each.method)
        for each in all_operations()
        if each.level is Level.WRITE and each.method not in {"GET", "socket"}
    }
    assert {(way.template, way.method) for way in WAYS} == served


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_every_way_asks_the_owner(publisher: CountingPublisher, way: Way) -> None:
    statuses, writers = [], []
    for name in PEOPLE:
        publisher.attempts = 0
        statuses.append(way.send(client_of(name)).status_code)
        if publisher.attempts:
            writers.append(name)
    assert (tuple(statuses), " ".join(writers)) == (way.statuses, way.writers)


def test_other_writes_are_for_administrators(publisher: CountingPublisher) -> None:
    """Whoever owns what they change; test_levels.py has the roles themselves."""
    administrative = [each for each in [*of_apis(), *of_pages()] if each.level is Level.ADMIN]
    publisher.attempts = 0
    for each in administrative:
        method = "POST" if each.method == "page" else each.method
        for name in ("other", "owner"):
            answer = client_of(name).generic(method, each.path, b"{}", "application/json")
            assert answer.status_code == 403, each
    assert publisher.attempts == 0


def test_what_needs_no_role_to_write_writes_nothing(publisher: CountingPublisher) -> None:
    publisher.attempts = 0
    for each in [*of_apis(), *of_pages()]:
        if each.level in {Level.NONE, Level.READ}:
            method = "POST" if each.method == "page" else each.method
            client_of("other").generic(method, each.path, b"{}", "application/json")
            assert publisher.attempts == 0, each
