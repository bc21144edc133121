"""Contents that are looked for by their canonical form."""

from api.v2.bodies import Submission
from registry import queries
from registry.artifact_types import by_name, canonical_hash
from registry.errors import UncanonicalContent
from registry.references import serialize


def looked_up_hash(type_name: str, said: Submission) -> str:
    """Raises UncanonicalContent for what is nothing of its type, and so has no canonical form."""
    wrong = by_name(type_name).judging().syntax_violations(said.content)
    if wrong:
        raise UncanonicalContent(
            f"The content has no canonical form as {type_name}: {wrong[0].message}."
        )
    references = queries.referenced_contents(said.references)
    return canonical_hash(
        type_name, said.content, serialize(said.references), references=references
    )
