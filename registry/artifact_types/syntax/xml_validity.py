"""Checks well-formed XML without entities of its own; nothing is fetched."""

from xml.parsers import expat

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax import xml_text

#: Elements within elements; each costs parsers memory.
_MAX_DEPTH = 1_000


class _NotAllowed(Exception):
    """The document is well-formed and uses an unsupported feature."""


def syntax_violations(content: bytes) -> list[Violation]:
    """Return the first error."""
    parser = expat.ParserCreate(namespace_separator="\n")
    depth = 0

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise _NotAllowed(f"Elements are nested more than {_MAX_DEPTH} deep")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declare_entity(name: str, *_rest: object) -> None:
        raise _NotAllowed(
            f"The document declares an entity, {name!r}: entities are not expanded here"
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = declare_entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        reason = expat.errors.messages[error.code]
        return [Violation(f"The content is not XML: {reason}", "", error.lineno, error.offset + 1)]
    except _NotAllowed as error:
        return [Violation(str(error), "", parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)]
    except (ValueError, LookupError) as error:
        return [Violation(f"The content is not XML: {error}")]
    return []


def root_violations(content: bytes, roots: frozenset[tuple[str, str]]) -> list[Violation]:
    """Check for XML with one of the root elements, given as pairs of namespace and name."""
    violations = syntax_violations(content)
    if violations:
        return violations
    root = xml_text.read_root(content)
    if root is None or (root.namespace, root.name) in roots:
        return []
    expected = " or ".join(f"{name!r} of {namespace}" for namespace, name in sorted(roots))
    actual = f"{root.name!r} of {root.namespace}" if root.namespace else repr(root.name)
    return [Violation(f"The root element is {actual}, and not {expected}", "/")]
