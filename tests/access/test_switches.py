"""Switches and role mappings on the journal, owners, and who is named as the maker of things."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.guarded import guarded_node
from tests.issuer import Client, Issuer
from tests.nodes import NodeProcess
from tests.waiting import until
from tests.web import http_client

API = "/apis/registry/v2"
ARTIFACTS = f"{API}/groups/default/artifacts"
ANONYMOUS = "registry.auth.anonymous-read-access.enabled"
AUTHENTICATED = "registry.auth.authenticated-read-access.enabled"
CLIENTS = "registry.auth.basic-auth-client-credentials.enabled"
OWNERS = "registry.auth.owner-only-authorization"
GROUP_OWNERS = f"{OWNERS}.limit-group-access"

pytestmark = pytest.mark.kafka


class People:
    """Clients of one node, by who uses them."""

    def __init__(self, node: NodeProcess, issuer: Issuer, stack: ExitStack) -> None:
        def client(headers: dict[str, str]) -> httpx.Client:
            made = http_client(node.url, headers)
            return stack.enter_context(made)

        self.nobody = client({})
        self.anna = client(issuer.bearer("anna", "sr-admin"))
        self.dora = client(issuer.bearer("dora", "sr-developer"))
        self.dirk = client(issuer.bearer("dirk", "sr-developer"))
        self.guest = client(issuer.bearer("guest"))

    @contextmanager
    def switched(self, *names: str) -> Iterator[None]:
        """On inside the block; takes effect with the answer, not later."""
        for name in names:
            address = f"{API}/admin/config/properties/{name}"
            assert self.anna.put(address, json={"value": "true"}).status_code == 204
        yield
        for name in names:
            self.anna.delete(f"{API}/admin/config/properties/{name}")


@pytest.fixture(scope="module")
def people(guarded: NodeProcess, kept_issuer: Issuer) -> Iterator[People]:
    with ExitStack() as stack:
        yield People(guarded, kept_issuer, stack)


def made(client: httpx.Client, artifact_id: str, group: str = "default") -> httpx.Response:
    return client.post(
        f"{API}/groups/{group}/artifacts",
        headers={"X-Registry-ArtifactId": artifact_id},
        json={"type": "string"},
    )


def test_anonymous_reads(people: People) -> None:
    assert people.nobody.get(f"{API}/search/artifacts").status_code == 401
    with people.switched(ANONYMOUS):
        assert people.nobody.get(f"{API}/search/artifacts").status_code == 200
        assert people.nobody.get("/ui/artifacts").status_code == 200
        assert made(people.nobody, "x").status_code == 401
        assert people.nobody.get(f"{API}/admin/loggers").status_code == 401
        wrong = people.nobody.get(
            f"{API}/search/artifacts", headers={"Authorization": "Bearer stale"}
        )
        assert wrong.status_code == 401
    assert people.nobody.get(f"{API}/search/artifacts").status_code == 401


def test_authenticated_reads(people: People) -> None:
    assert people.guest.get(f"{API}/search/artifacts").status_code == 403
    with people.switched(AUTHENTICATED):
        assert people.guest.get(f"{API}/search/artifacts").status_code == 200
        assert made(people.guest, "x").status_code == 403
        assert people.guest.get(f"{API}/admin/loggers").status_code == 403
        assert people.nobody.get(f"{API}/search/artifacts").status_code == 401


def test_an_answer_that_was_kept_for_one_is_not_given_to_another(people: People) -> None:
    made(people.dora, "kept")
    for _ in range(3):
        answer = people.dora.get(f"{ARTIFACTS}/kept")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "Cookie"} <= set(answer.headers["Vary"].split(", "))
        assert people.nobody.get(f"{ARTIFACTS}/kept").status_code == 401
        assert people.guest.get(f"{ARTIFACTS}/kept").status_code == 403


def test_whoever_makes_something_is_named(people: People) -> None:
    meta = made(people.dora, "named").json()
    assert (meta["createdBy"], meta["modifiedBy"]) == ("dora", "dora")
    version = f"{ARTIFACTS}/named/versions/1"
    comment = people.dirk.post(f"{version}/comments", json={"value": "good"}).json()
    assert comment["createdBy"] == "dirk"
    group = people.dirk.post(f"{API}/groups", json={"id": "of-dirk"}).json()
    assert group["createdBy"] == "dirk"
    people.dirk.put(f"{ARTIFACTS}/named", json={"type": "long"})
    assert people.dora.get(f"{ARTIFACTS}/named/meta").json()["modifiedBy"] == "dirk"
    assert people.dora.get(f"{ARTIFACTS}/named/owner").json() == {"owner": "dora"}
    subject = "/apis/ccompat/v7/subjects/by-dora/versions"
    people.dora.post(subject, json={"schema": '{"type": "string"}'})
    assert people.dora.get(f"{ARTIFACTS}/by-dora/owner").json() == {"owner": "dora"}
    assert people.anna.get(f"{API}/users/me").json() == {
        "username": "anna",
        "displayName": "anna",
        "admin": True,
        "developer": True,
        "viewer": True,
    }


def test_only_owners_and_admins_change_an_artifact(people: People) -> None:
    made(people.dora, "owned")
    made(people.dora, "passed-on")
    with people.switched(OWNERS):
        schema = {"type": "long"}
        for method, path, body in (
            ("PUT", "/owned", schema),
            ("DELETE", "/owned", None),
            ("PUT", "/owned/meta", {"name": "n"}),
            ("PUT", "/owned/state", {"state": "DISABLED"}),
            ("PUT", "/owned/owner", {"owner": "dirk"}),
            ("POST", "/owned/versions", schema),
            ("POST", "/owned/rules", {"type": "VALIDITY", "config": "FULL"}),
            ("PUT", "/owned/test", schema),
            ("POST", "/owned/versions/1/comments", {"value": "bad"}),
            ("POST", "?ifExists=UPDATE", schema),
        ):
            answer = people.dirk.request(
                method, ARTIFACTS + path, headers={"X-Registry-ArtifactId": "owned"}, json=body
            )
            assert answer.status_code == 403, (method, path)
            assert "belongs to dora" in answer.json()["message"]
        subject = people.dirk.post(
            "/apis/ccompat/v7/subjects/owned/versions", json={"schema": '"long"'}
        )
        assert subject.status_code == 403
        assert people.dirk.delete(ARTIFACTS).status_code == 403
        assert people.dirk.get(f"{ARTIFACTS}/owned").status_code == 200
        assert people.dora.put(f"{ARTIFACTS}/owned", json={"type": "long"}).status_code == 200
        assert people.anna.put(f"{ARTIFACTS}/owned", json={"type": "int"}).status_code == 200
        passed = people.dora.put(f"{ARTIFACTS}/passed-on/owner", json={"owner": "dirk"})
        assert passed.status_code == 204
        assert people.dirk.delete(f"{ARTIFACTS}/passed-on").status_code == 204
        assert made(people.dirk, "new-of-dirk").status_code == 200
    assert people.dirk.put(f"{ARTIFACTS}/owned", json={"type": "bytes"}).status_code == 200


def test_of_a_selection_only_what_is_one_s_own_is_changed(people: People) -> None:
    made(people.dora, "selected-of-dora")
    made(people.dirk, "selected-of-dirk")
    with people.switched(OWNERS):
        people.dirk.get("/ui/artifacts")
        form = {
            "csrfmiddlewaretoken": people.dirk.cookies["csrftoken"],
            "select": ["default/selected-of-dora", "default/selected-of-dirk"],
            "act": "label",
            "label": "seen",
        }
        answer = people.dirk.post("/ui/artifacts/selected", data=form)
        assert "Done in part" in answer.text
        assert "Added the label “seen” to 1 artifact" in answer.text
        assert "selected-of-dora</b>: " in answer.text
        assert "belongs to dora" in answer.text
        nothing = people.dirk.post(
            "/ui/artifacts/selected",
            data={**form, "select": "default/selected-of-dora", "act": "delete", "confirmed": "1"},
        )
        assert nothing.status_code == 409
        assert "Nothing was changed" in nothing.text
    labels = {
        each: people.anna.get(f"{ARTIFACTS}/selected-of-{each}/meta").json().get("labels")
        for each in ("dora", "dirk")
    }
    assert labels == {"dora": None, "dirk": ["seen"]}


def test_an_owner_deletes_what_others_commented_on(people: People) -> None:
    made(people.dora, "commented")
    form = {"value": "signed"}
    page = "/ui/artifacts/default/commented/versions/latest/comments"
    people.dirk.get("/ui/artifacts")
    form["csrfmiddlewaretoken"] = people.dirk.cookies["csrftoken"]
    assert people.dirk.post(f"{page}/add", data=form).status_code == 302
    with people.switched(OWNERS):
        refused = people.dirk.post(f"{page}/add", data=form)
        assert refused.status_code == 403
        assert "belongs to dora" in refused.text
        assert "form-comment" not in people.dirk.get(page).text
        assert "form-comment" in people.dora.get(page).text
        assert people.dora.delete(f"{ARTIFACTS}/commented").status_code == 204
        assert people.dora.get(f"{ARTIFACTS}/commented").status_code == 404


def test_only_owners_and_admins_change_a_group(people: People) -> None:
    people.dora.post(f"{API}/groups", json={"id": "doras"})
    with people.switched(OWNERS):
        assert made(people.dirk, "in-between", "doras").status_code == 200
    with people.switched(OWNERS, GROUP_OWNERS):
        assert made(people.dirk, "another", "doras").status_code == 403
        assert people.dirk.delete(f"{API}/groups/doras").status_code == 403
        assert people.dora.delete(f"{API}/groups/doras").status_code == 403, "one is dirk's"
        assert made(people.dirk, "first", "a-new-group").status_code == 200
        assert people.anna.delete(f"{API}/groups/doras").status_code == 204


def test_a_client_of_the_issuer_may_show_its_name_and_password(
    people: People, kept_issuer: Issuer
) -> None:
    claims = {"realm_access": {"roles": ["sr-developer"]}}
    kept_issuer.clients["serdes"] = Client("serdes", "secret-of-serdes", claims)
    auth = ("serdes", "secret-of-serdes")
    assert people.nobody.get(f"{API}/search/artifacts", auth=auth).status_code == 401
    with people.switched(CLIENTS):
        assert people.nobody.get(f"{API}/users/me", auth=auth).json()["username"] == "serdes"
        assert people.nobody.get(f"{API}/search/artifacts", auth=auth).status_code == 200
        wrong = people.nobody.get(f"{API}/search/artifacts", auth=("serdes", "wrong"))
        assert wrong.status_code == 401
    assert people.nobody.get(f"{API}/search/artifacts", auth=auth).status_code == 401


def test_keys_rotated_while_the_node_runs(people: People, kept_issuer: Issuer) -> None:
    kept_issuer.rotate("second")
    fresh = kept_issuer.bearer("anna", "sr-admin")

    def is_known() -> bool:
        told = people.nobody.get(f"{API}/users/me", headers=fresh).json()
        return bool(told["username"] == "anna")

    # An unknown key is looked for every five seconds at most.
    until(is_known)


def test_roles_may_be_mapped_on_the_journal(
    kafka: str, kept_issuer: Issuer, tmp_path: Path
) -> None:
    mapped = {"ANNALS_ROLES_FROM": "application", "ANNALS_ADMIN_USER": "anna"}
    with guarded_node(tmp_path, kafka, kept_issuer, **mapped) as node, ExitStack() as stack:
        people = People(node, kept_issuer, stack)
        assert made(people.dora, "x").status_code == 403, "what the token says counts no more"
        mappings = f"{API}/admin/roleMappings"
        mapping = {"principalId": "dora", "role": "DEVELOPER", "principalName": "Dora"}
        assert people.anna.post(mappings, json=mapping).status_code == 204
        assert made(people.dora, "x").status_code == 200
        people.anna.put(f"{mappings}/dora", json={"role": "READ_ONLY"})
        assert made(people.dora, "y").status_code == 403
        assert people.dora.get(f"{ARTIFACTS}/x").status_code == 200
        people.anna.delete(f"{mappings}/dora")
        assert people.dora.get(f"{ARTIFACTS}/x").status_code == 403
