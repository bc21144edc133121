"""The command that generates a client: what a shell makes of it is what was asked for."""

import shlex

from django.http import QueryDict

from dashboard.versions.client_command import ClientOptions, parse_client_options


def test_patterns_are_options_of_their_own() -> None:
    client = ClientOptions("go", "Shop", "shop.client", "/orders/**, /carts/*", "**/internal/**")
    assert shlex.split(client.command("http://there/api").replace("\\\n", "")) == [
        *("kiota", "generate", "--openapi", "http://there/api"),
        *("--language", "go", "--class-name", "Shop"),
        *("--namespace-name", "shop.client", "--output", "./client"),
        *("--include-path", "/orders/**", "--include-path", "/carts/*"),
        *("--exclude-path", "**/internal/**"),
    ]


def test_what_a_shell_would_read_is_quoted() -> None:
    client = parse_client_options(QueryDict("client=$(rm -rf)&namespace=it's&language=perl"))
    words = shlex.split(client.command("http://there/a b").replace("\\\n", ""))
    assert words[3] == "http://there/a b"
    assert words[words.index("--class-name") + 1] == "$(rm -rf)"
    assert words[words.index("--namespace-name") + 1] == "it's"
    assert words[words.index("--language") + 1] == "java"


def test_an_empty_form_has_defaults() -> None:
    assert parse_client_options(QueryDict("client=&namespace= &include=,")) == ClientOptions(
        include=","
    )
    assert "include-path" not in parse_client_options(QueryDict("include=, ,")).command(
        "http://there"
    )
