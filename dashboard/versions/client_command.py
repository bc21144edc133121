"""The command for generating a client of an API on the reader's own machine."""

import shlex
from dataclasses import dataclass

from django.http import QueryDict

#: As Kiota names them: https://learn.microsoft.com/openapi/kiota/using
LANGUAGES = ("csharp", "dart", "go", "java", "php", "python", "ruby", "typescript")


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """`include` and `exclude` are patterns of paths, separated by commas."""

    language: str = "java"
    name: str = "ApiClient"
    namespace: str = "com.example"
    include: str = ""
    exclude: str = ""

    def command(self, address: str) -> str:
        """Return the shell command for the API description at an address."""
        options = [
            ["--openapi", address],
            ["--language", self.language, "--class-name", self.name],
            ["--namespace-name", self.namespace, "--output", "./client"],
        ]
        for option, text in (("--include-path", self.include), ("--exclude-path", self.exclude)):
            patterns = (pattern.strip() for pattern in text.split(","))
            options += [[option, pattern] for pattern in patterns if pattern]
        return "kiota generate " + " \\\n  ".join(map(shlex.join, options))


def parse_client_options(query: QueryDict) -> ClientOptions:
    """Parse the form's fields, with defaults for empty and unknown ones."""
    defaults = ClientOptions()
    language = query.get("language", "")
    return ClientOptions(
        language if language in LANGUAGES else defaults.language,
        query.get("client", "").strip() or defaults.name,
        query.get("namespace", "").strip() or defaults.namespace,
        query.get("include", "").strip(),
        query.get("exclude", "").strip(),
    )
