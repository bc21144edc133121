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

from dashboard.frame.pages import View, page, render_page
from journal.kafka.errors import BrokerError
from journal.publish.dialect import current_dialect
from journal.repair.content_sources import (
    FoundContent,
    forget,
    in_dump,
    in_file,
    keep,
    kept,
    on_node,
)
from journal.repair.execution import carry_out, kept_mending
from journal.repair.lost_contents import lost_content, lost_contents, plan_content, proposed_ids
from journal.repair.plan import CannotMend, Mending, NotConfirmed
from journal.repair.sequences import MOST_DRAWS, plan_move, plan_reset, tenants_to_reset
from journal.repair.topic_config import (
    OtherSettings,
    change_settings,
    chosen_changes,
    planned_changes,
    present_facts,
    resource_of,
)
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import sequence_standing, tenants

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
        @page("The journal was not mended.")
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        return answer

    return decorate


@_mending_page("GET", "HEAD", "POST")
def reset(request: HttpRequest) -> HttpResponse:
    """`tenant` in the address, perhaps more than once; else those with a sequence behind."""
    of_tenants = request.GET.getlist("tenant") or tenants_to_reset()

    def plan(seed: str) -> Mending:
        return plan_reset(of_tenants, current_dialect(), seed)

    return _preview_or_do(request, "mend_reset", plan, {"tenants": tenants()})


@_mending_page("GET", "HEAD", "POST")
def move(request: HttpRequest) -> HttpResponse:
    """`sequence`, `to` and `tenant` in the address; without them a form that asks for them."""
    name = request.GET.get("sequence", SequenceName.CONTENT_ID.value)
    if name not in SequenceName.values:
        raise Http404("There is no such sequence.")
    standing = sequence_standing(request.GET.get("tenant", DEFAULT_TENANT), SequenceName(name))
    asked = request.GET.get("to", "")
    context = {
        "standing": standing,
        "names": SequenceName.values,
        "to": asked,
        "most": MOST_DRAWS,
    }
    if not asked:
        return render_page(request, "mend_move", context)
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 20):
        return render_page(request, "mend_move", {**context, "wrong": "Give a number."}, 400)

    def plan(seed: str) -> Mending:
        return plan_move(standing, int(asked), current_dialect(), seed)

    return _preview_or_do(request, "mend_move", plan, context)


@_mending_page("GET", "HEAD", "POST")
def topic_settings(request: HttpRequest) -> HttpResponse:
    """What would be changed; after a POST with the topic's name and the choice, what was."""
    context: dict[str, Any] = {"topic": settings.JOURNAL_TOPIC}
    try:
        facts = present_facts()
        context |= {"changes": planned_changes(facts), "facts": facts}
        context["yaml"] = resource_of(context["changes"], facts)
        if request.method != "POST":
            return render_page(request, "mend_settings", context)
        chosen = chosen_changes(facts, request.POST.getlist("shown"))
        after = change_settings(chosen, request.POST.get("topic", "").strip())
    except OtherSettings as error:
        return render_page(request, "mend_settings", {**context, "wrong": str(error)}, 409)
    except NotConfirmed as error:
        return render_page(request, "mend_settings", {**context, "unconfirmed": str(error)}, 409)
    except BrokerError as error:
        told = {**context, "wrong": f"The broker did not do it: {error}"}
        return render_page(request, "mend_settings", told, 503)
    done = [(change, after.value(change.name)) for change in chosen]
    left = planned_changes(after)
    told = {**context, "done": done, "changes": left, "yaml": resource_of(left, after)}
    return render_page(request, "mend_settings", told)


@_mending_page("GET", "HEAD")
def contents(request: HttpRequest) -> HttpResponse:
    """What is known to be missing; each leads to a page of its own."""
    return render_page(request, "mend_contents", {"lost": lost_contents()})


@_mending_page("GET", "HEAD", "POST")
def content(request: HttpRequest, content_hash: str) -> HttpResponse:
    """`content_id` in the address; the bytes are looked for first, and kept once they are found."""
    lost = lost_content(content_hash)
    proposed = proposed_ids(lost)
    asked = request.GET.get("content_id", "") or str(proposed[0] if proposed else "")
    context = {"lost": lost, "proposed": proposed, "content_id": asked}
    if request.method == "POST" and "find" in request.POST:
        return _find(request, context)
    found = kept(content_hash)
    if found is None:
        return render_page(request, "mend_content", context)
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        return render_page(request, "mend_content", {**context, "found": found})

    def plan(seed: str) -> Mending:
        return plan_content(lost, int(asked), found, current_dialect(), seed)

    answer = _preview_or_do(request, "mend_content", plan, {**context, "found": found})
    if answer.status_code == HTTPStatus.FOUND:
        forget(content_hash)
    return answer


def _find(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    try:
        keep(_found(request, context["lost"].content_hash))
    except CannotMend as error:
        return render_page(request, "mend_content", {**context, "wrong": str(error)}, 400)
    return redirect(request.get_full_path())


def _found(request: HttpRequest, wanted: str) -> FoundContent:
    """Raises CannotMend."""
    node, dump, file = (
        request.POST.get("node", ""),
        request.FILES.get("dump"),
        request.FILES.get("file"),
    )
    if dump is not None:
        return in_dump(dump, wanted)
    if file is not None:
        return in_file(file.read(), wanted, request.POST.get("references", ""))
    if node:
        return on_node(node, wanted)
    raise CannotMend("Choose a file or a dump, or name a node.")


@require_safe
@page("Nothing was mended here.")
def outcome(request: HttpRequest, mending_id: UUID) -> HttpResponse:
    """What one mending said, where it stands on the journal, and whether it helped."""
    mended = kept_mending(str(mending_id))
    if mended is None:
        raise Http404("No mending of this id was carried out on this node.")
    context = {"mended": mended, "shown": mended.said[:_SHOWN], "last": mended.said[-1]}
    return render_page(request, "mended", context)


def _preview_or_do(
    request: HttpRequest, template: str, plan: Callable[[str], Mending], context: dict[str, Any]
) -> HttpResponse:
    """The seed makes the nonces: what is said is byte for byte what was shown."""
    is_said = request.method == "POST"
    seed = request.POST.get("seed", "") if is_said else str(uuid4())
    try:
        mending = plan(seed)
    except CannotMend as error:
        return render_page(request, template, {**context, "wrong": str(error)}, 409)
    if not is_said:
        return _preview(request, template, context, (mending, seed))
    if request.POST.get("fingerprint") != mending.fingerprint:
        return _preview(request, template, context, (mending, seed), changed=_CHANGED)
    try:
        mended = carry_out(mending, request.POST.get("topic", "").strip())
    except NotConfirmed as error:
        return _preview(request, template, context, (mending, seed), unconfirmed=str(error))
    return redirect("mended", mended.id)


def _preview(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    plan: tuple[Mending, str],
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
