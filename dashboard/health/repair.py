"""The pages that mend the journal: what would be said, the question, and what came of it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.frame.pages import View, render_page, with_error_page
from journal.kafka.errors import BrokerError
from journal.publish.dialect import current_dialect
from journal.repair.content_sources import (
    RecoveredContent,
    discard_recovered,
    load_recovered,
    recover_from_dump,
    recover_from_file,
    recover_from_node,
    store_recovered,
)
from journal.repair.execution import execute, load_result
from journal.repair.missing_contents import (
    candidate_ids,
    get_missing_content,
    missing_contents,
    plan_content_restore,
)
from journal.repair.plan import ConfirmationFailed, RepairImpossible, RepairPlan
from journal.repair.sequences import MAX_ALLOCATIONS, plan_advance, plan_reset, tenants_to_reset
from journal.repair.topic_config import (
    ConfigOutdated,
    apply_changes,
    current_description,
    planned_changes,
    select_changes,
    to_kafka_topic_resource,
)
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import sequence_state, tenants

#: Of many records alike so many are shown.
_SHOWN = 100
_CHANGED = (
    "The journal has changed since this page was shown, and so have the records that would be "
    "said. Look at them again."
)


def _mending_page(*methods: str) -> Callable[[View], View]:
    """Who may mend is decided here and nowhere else: whoever may open this node's pages."""

    def decorate(view: View) -> View:
        @require_http_methods([*methods])
        @with_error_page("The journal was not mended.")
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        return answer

    return decorate


@_mending_page("GET", "HEAD", "POST")
def reset(request: HttpRequest) -> HttpResponse:
    """`tenant` in the address, perhaps more than once; else those with a sequence behind."""
    of_tenants = request.GET.getlist("tenant") or tenants_to_reset()

    def plan(seed: str) -> RepairPlan:
        return plan_reset(of_tenants, current_dialect(), seed)

    return _preview_or_do(request, "repair_reset", plan, {"tenants": tenants()})


@_mending_page("GET", "HEAD", "POST")
def move(request: HttpRequest) -> HttpResponse:
    """`sequence`, `to` and `tenant` in the address; without them a form that asks for them."""
    name = request.GET.get("sequence", SequenceName.CONTENT_ID.value)
    if name not in SequenceName.values:
        raise Http404("There is no such sequence.")
    standing = sequence_state(request.GET.get("tenant", DEFAULT_TENANT), SequenceName(name))
    asked = request.GET.get("to", "")
    context = {
        "standing": standing,
        "names": SequenceName.values,
        "to": asked,
        "most": MAX_ALLOCATIONS,
    }
    if not asked:
        return render_page(request, "repair_advance", context)
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 20):
        return render_page(request, "repair_advance", {**context, "wrong": "Give a number."}, 400)

    def plan(seed: str) -> RepairPlan:
        return plan_advance(standing, int(asked), current_dialect(), seed)

    return _preview_or_do(request, "repair_advance", plan, context)


@_mending_page("GET", "HEAD", "POST")
def topic_settings(request: HttpRequest) -> HttpResponse:
    """What would be changed; after a POST with the topic's name and the choice, what was."""
    context: dict[str, Any] = {"topic": settings.JOURNAL_TOPIC}
    try:
        facts = current_description()
        context |= {"changes": planned_changes(facts), "facts": facts}
        context["yaml"] = to_kafka_topic_resource(context["changes"], facts)
        if request.method != "POST":
            return render_page(request, "repair_topic_config", context)
        chosen = select_changes(facts, request.POST.getlist("shown"))
        after = apply_changes(chosen, request.POST.get("topic", "").strip())
    except ConfigOutdated as error:
        return render_page(request, "repair_topic_config", {**context, "wrong": str(error)}, 409)
    except ConfirmationFailed as error:
        return render_page(
            request, "repair_topic_config", {**context, "unconfirmed": str(error)}, 409
        )
    except BrokerError as error:
        told = {**context, "wrong": f"The broker did not do it: {error}"}
        return render_page(request, "repair_topic_config", told, 503)
    done = [(change, after.value(change.name)) for change in chosen]
    left = planned_changes(after)
    told = {**context, "done": done, "changes": left, "yaml": to_kafka_topic_resource(left, after)}
    return render_page(request, "repair_topic_config", told)


@_mending_page("GET", "HEAD")
def contents(request: HttpRequest) -> HttpResponse:
    """What is known to be missing; each leads to a page of its own."""
    return render_page(request, "repair_contents", {"lost": missing_contents()})


@_mending_page("GET", "HEAD", "POST")
def content(request: HttpRequest, content_hash: str) -> HttpResponse:
    """`content_id` in the address; the bytes are looked for first, and kept once they are found."""
    lost = get_missing_content(content_hash)
    proposed = candidate_ids(lost)
    asked = request.GET.get("content_id", "") or str(proposed[0] if proposed else "")
    context = {"lost": lost, "proposed": proposed, "content_id": asked}
    if request.method == "POST" and "find" in request.POST:
        return _find(request, context)
    found = load_recovered(content_hash)
    if found is None:
        return render_page(request, "repair_content", context)
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        return render_page(request, "repair_content", {**context, "found": found})

    def plan(seed: str) -> RepairPlan:
        return plan_content_restore(lost, int(asked), found, current_dialect(), seed)

    answer = _preview_or_do(request, "repair_content", plan, {**context, "found": found})
    if answer.status_code == HTTPStatus.FOUND:
        discard_recovered(content_hash)
    return answer


def _find(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    try:
        store_recovered(_found(request, context["lost"].content_hash))
    except RepairImpossible as error:
        return render_page(request, "repair_content", {**context, "wrong": str(error)}, 400)
    return redirect(request.get_full_path())


def _found(request: HttpRequest, wanted: str) -> RecoveredContent:
    """Raises RepairImpossible."""
    node, dump, file = (
        request.POST.get("node", ""),
        request.FILES.get("dump"),
        request.FILES.get("file"),
    )
    if dump is not None:
        return recover_from_dump(dump, wanted)
    if file is not None:
        return recover_from_file(file.read(), wanted, request.POST.get("references", ""))
    if node:
        return recover_from_node(node, wanted)
    raise RepairImpossible("Choose a file or a dump, or name a node.")


@require_safe
@with_error_page("Nothing was mended here.")
def outcome(request: HttpRequest, mending_id: UUID) -> HttpResponse:
    """What one mending said, where it stands on the journal, and whether it helped."""
    mended = load_result(str(mending_id))
    if mended is None:
        raise Http404("No mending of this id was carried out on this node.")
    context = {"result": mended, "shown": mended.records[:_SHOWN], "last": mended.records[-1]}
    return render_page(request, "repair_result", context)


def _preview_or_do(
    request: HttpRequest, template: str, plan: Callable[[str], RepairPlan], context: dict[str, Any]
) -> HttpResponse:
    """The seed makes the nonces: what is said is byte for byte what was shown."""
    is_said = request.method == "POST"
    seed = request.POST.get("seed", "") if is_said else str(uuid4())
    try:
        mending = plan(seed)
    except RepairImpossible as error:
        return render_page(request, template, {**context, "wrong": str(error)}, 409)
    if not is_said:
        return _preview(request, template, context, (mending, seed))
    if request.POST.get("fingerprint") != mending.fingerprint:
        return _preview(request, template, context, (mending, seed), changed=_CHANGED)
    try:
        mended = execute(mending, request.POST.get("topic", "").strip())
    except ConfirmationFailed as error:
        return _preview(request, template, context, (mending, seed), unconfirmed=str(error))
    return redirect("repair-result", mended.id)


def _preview(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    plan: tuple[RepairPlan, str],
    **notices: str,
) -> HttpResponse:
    mending, seed = plan
    shown = {
        **context,
        **notices,
        "mending": mending,
        "seed": seed,
        "shown": mending.records[:_SHOWN],
        "left_out": max(0, len(mending.records) - _SHOWN),
        "topic": settings.JOURNAL_TOPIC,
    }
    return render_page(request, template, shown, 409 if notices else 200)
