"""Toasts are shown on the next page, once, and not to scripts."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.test import override_settings
from django.urls import path

from dashboard.frame.toasts import add_toast
from dashboard.urls import urlpatterns
from tests.own_node import Client


def _do(request: HttpRequest) -> HttpResponse:
    add_toast(request, "Deleted <b>2</b> artifacts.")
    add_toast(request, "One is not yours.", bad=True)
    return redirect("/seen")


def _see(request: HttpRequest) -> HttpResponse:
    context = {"headline": "Seen", "advice": "", "details": []}
    return render(request, "dashboard/error.html", context)


class _Addresses:
    urlpatterns = (path("do", _do), path("seen", _see), *urlpatterns)


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


@override_settings(ROOT_URLCONF=_Addresses)
def test_a_toast_is_shown_on_the_next_page_only(client: Client) -> None:
    client.get("/do")
    page = client.get("/seen").content.decode()
    assert "<p data-words>Deleted &lt;b&gt;2&lt;/b&gt; artifacts.</p>" in page
    assert page.index('class="toast bad"') < page.index("One is not yours.")
    assert "artifacts.</p>" not in client.get("/seen").content.decode()


@override_settings(ROOT_URLCONF=_Addresses)
def test_a_script_that_fetches_a_page_leaves_the_toast(client: Client) -> None:
    client.get("/do")
    fetched = client.get("/seen", headers={"sec-fetch-dest": "empty"})
    assert "One is not yours." not in fetched.content.decode()
    assert "One is not yours." in client.get("/seen").content.decode()


@override_settings(ROOT_URLCONF=_Addresses)
def test_a_forged_toast_is_not_shown(client: Client) -> None:
    client.cookies["annals_told"] = '[["__json_message",0,25,"You have won","" ]]'
    assert "You have won" not in client.get("/seen").content.decode()
