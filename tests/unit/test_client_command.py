"""The command that generates a client: what a shell makes of it is what was asked for."""

import shlex

from django.http import QueryDict

from dashboard.versions.client_command import Client, client_of


def test_patterns_are_options_of_their_own() -> None:
    client = Client("go", "Shop", "shop.client", "/orders/**, /carts/*", "**/internal/**")
    assert shlex.split(client.command("http://there/api").replace("\\\n", "")) == [
        *("kiota", "generate", "--openapi", "http://there/api"),
        *("--language", "go", "--class-name", "Shop"),
        *("--namespace-name", "shop.client", "--output", "./client"),
        *("--include-path", "/orders/**", "--include-path", "/carts/*"),
        *("--exclude-path", "**/internal/**"),
    ]


def test_what_a_shell_would_read_is_quoted() -> None:
    client = client_of(QueryDict("client=$(rm -rf)&namespace=it's&language=perl"))
    words = shlex.split(client.command("http://there/a b").replace("\\\n", ""))
    assert words[3] == "http://there/a b"
    assert words[words.index("--class-name") + 1] == "$(rm -rf)"
    assert words[words.index("--namespace-name") + 1] == "it's"
    assert words[words.index("--language") + 1] == "java"


def test_an_empty_form_asks_for_what_is_usual() -> None:
    assert client_of(QueryDict("client=&namespace= &include=,")) == Client(include=",")
    assert "include-path" not in client_of(QueryDict("include=, ,")).command("http://there")
