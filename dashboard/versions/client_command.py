"""The command that generates a client of an API's description on the reader's own machine."""

import shlex
from dataclasses import dataclass

from django.http import QueryDict

#: As Kiota names them: https://learn.microsoft.com/openapi/kiota/using
LANGUAGES = ("csharp", "dart", "go", "java", "php", "python", "ruby", "typescript")


@dataclass(frozen=True, slots=True)
class Client:
    """What is generated; `include` and `exclude` are patterns of paths, separated by commas."""

    language: str = "java"
    name: str = "ApiClient"
    namespace: str = "com.example"
    include: str = ""
    exclude: str = ""

    def command(self, address: str) -> str:
        """For a shell, of the description at this address."""
        options = [
            ["--openapi", address],
            ["--language", self.language, "--class-name", self.name],
            ["--namespace-name", self.namespace, "--output", "./client"],
            *(["--include-path", each] for each in _patterns(self.include)),
            *(["--exclude-path", each] for each in _patterns(self.exclude)),
        ]
        return "kiota generate " + " \\\n  ".join(map(shlex.join, options))


def _patterns(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def client_of(asked: QueryDict) -> Client:
    """Of the fields of its form; what is empty or unknown is what it usually is."""
    usual = Client()
    language = asked.get("language", "")
    return Client(
        language if language in LANGUAGES else usual.language,
        asked.get("client", "").strip() or usual.name,
        asked.get("namespace", "").strip() or usual.namespace,
        asked.get("include", "").strip(),
        asked.get("exclude", "").strip(),
    )
