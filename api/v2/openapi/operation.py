"""One operation as the document tells it, and what many of them share."""

from dataclasses import dataclass

#: A schema of this name stands for a content of any type.
CONTENT = "Content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`query` and `headers` name parameters; `body` and `answer` name schemas, empty for none.

    `extended` is how a content is sent with its references; `errors` are statuses besides those
    that every operation may have.
    """

    method: str
    path: str
    id: str
    summary: str
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    body: str = ""
    extended: str = ""
    answer: str = ""
    is_list: bool = False
    media_type: str = "application/json"
    errors: tuple[int, ...] = ()


PAGING = ("offset", "limit")
ORDERED = (*PAGING, "order", "orderby")
NAMED = (
    *("X-Registry-Name", "X-Registry-Name-Encoded"),
    *("X-Registry-Description", "X-Registry-Description-Encoded"),
    *("X-Registry-Content-Hash", "X-Registry-Hash-Algorithm"),
)
#: Statuses where a content is sent.
OF_CONTENT = (400, 409, 413)

ARTIFACTS = "/groups/{groupId}/artifacts"
ARTIFACT = f"{ARTIFACTS}/{{artifactId}}"
VERSION = f"{ARTIFACT}/versions/{{version}}"


def read(path: str, id: str, summary: str, answer: str, **more: object) -> Operation:
    """A GET that answers with the schema `answer`."""
    return operation("get", path, id, summary, answer=answer, **more)


def operation(method: str, path: str, id: str, summary: str, **more: object) -> Operation:
    """Whatever names something by its path may not find it."""
    errors = more.pop("errors", ())
    if "{" in path and path != ARTIFACTS:
        errors = (404, *errors)  # type: ignore[misc]
    return Operation(
        method=method,
        path=path,
        id=id,
        summary=summary,
        errors=errors,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )
