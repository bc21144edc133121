"""Whether content is well-formed XML that stands alone: no entity of its own, nothing fetched."""

from xml.parsers import expat

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax import xml_text

#: Elements within elements; each costs parsers memory.
_MOST_DEEP = 1_000


class _Refused(Exception):
    """What is well-formed and not read all the same."""


def syntax_violations(content: bytes) -> list[Violation]:
    """The first thing that is wrong."""
    parser = expat.ParserCreate(namespace_separator="\n")
    depth = 0

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MOST_DEEP:
            raise _Refused(f"Elements are nested more than {_MOST_DEEP} deep")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declare(name: str, *_rest: object) -> None:
        raise _Refused(f"The document declares an entity, {name!r}: entities are not expanded here")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = declare
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        told = expat.errors.messages[error.code]
        return [Violation(f"The content is not XML: {told}", "", error.lineno, error.offset + 1)]
    except _Refused as error:
        return [Violation(str(error), "", parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)]
    except (ValueError, LookupError) as error:
        return [Violation(f"The content is not XML: {error}")]
    return []


def of_root(content: bytes, roots: frozenset[tuple[str, str]]) -> list[Violation]:
    """Of content that is no XML, or whose root is none of these pairs of namespace and name."""
    found = syntax_violations(content)
    if found:
        return found
    root = xml_text.root_of(content)
    if root is None or (root.namespace, root.name) in roots:
        return []
    wanted = " or ".join(f"{name!r} of {namespace}" for namespace, name in sorted(roots))
    spelled = f"{root.name!r} of {root.namespace}" if root.namespace else repr(root.name)
    return [Violation(f"The root element is {spelled}, and not {wanted}", "/")]
