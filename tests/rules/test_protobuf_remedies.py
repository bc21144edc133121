"""What a refusal says to do is done as it says, and the change passes."""

import re

import pytest

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Direction, Document, Incompatibility
from tests.rules.levels import rejecting_levels
from tests.rules.protobuf_pairs import NO, S, enum, m, m2
from tests.rules.protobuf_pairs_of_types import X, edition, extended, one

_REMEDY = re.compile(r"add `(?P<statements>[^`]+)` to the (?P<kind>message|enum) (?P<name>[\w.]+)$")


def found(before: str, after: str) -> list[Incompatibility]:
    compare = get_artifact_type("PROTOBUF").load_checks().incompatibilities
    assert compare is not None
    return compare(Document(before.encode()), Document(after.encode()), Direction.BACKWARD)


def followed(before: str, after: str) -> str:
    """Return the newer version with every statement added that the refusals name."""
    for incompatibility in found(before, after):
        remedy = _REMEDY.search(incompatibility.why)
        assert remedy, incompatibility
        head = f"{remedy['kind']} {remedy['name'].rpartition('.')[2]} {{"
        after = after.replace(head, f"{head} {remedy['statements']}", 1)
    return after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (m(S + NO), m(S)),
        (m(S + NO), m(f"{S} reserved 2;")),
        (m(S + NO), m(f'{S} reserved "i";')),
        (m(S + NO + "bool b = 3;"), m(S)),
        (m(f"{S} {one(NO, 'bool b = 3;')}"), m(f"{S} {one('bool b = 3;')}")),
        (m(f"{S} map<string, bool> b = 3;"), m(S)),
        (m("N n = 1; message N { string a = 1; bool b = 2; }"),
         m("N n = 1; message N { bool b = 2; }")),
        (m2(f"optional {S} optional group G = 2 {{ optional bool b = 1; }}"), m2(f"optional {S}")),
        (edition(S + NO), edition(S)),
        (edition(S + NO), edition(f"{S} reserved i;")),
        (enum("A = 0; B = 1;"), enum("A = 0;")),
        (enum("A = 0; B = -1; C = 7;"), enum("A = 0;")),
        (enum("option allow_alias = true; A = 0; B = 1; C = 1;"), enum("A = 0; B = 1;")),
        (enum('A = 0; reserved 1 to 9, 20 to max; reserved "B", "C";'),
         enum("A = 0; D = 10; reserved 3 to 4, 25;")),
        (m(f'{S} reserved 5 to 9, 12; reserved "old", "older";'), m(f"{S} reserved 7, 13;")),
        (m(f"{S} reserved 5 to max;"), m(f"{S} reserved 7 to 9;")),
        (edition(f"{S} reserved 5; reserved old;"), edition(S)),
    ],
)  # fmt: skip
def test_a_remedy_can_be_followed(before: str, after: str) -> None:
    assert rejecting_levels("PROTOBUF", after.encode(), before.encode()) == {
        "BACKWARD",
        "BACKWARD_TRANSITIVE",
        "FULL",
        "FULL_TRANSITIVE",
    }
    mended = followed(before, after)
    assert get_artifact_type("PROTOBUF").load_checks().violations(Document(mended.encode())) == []
    assert rejecting_levels("PROTOBUF", mended.encode(), before.encode()) == set()


def test_a_number_that_extensions_may_have_is_taken_from_them_before_it_is_reserved() -> None:
    before = extended(X, "optional int32 i = 2; extensions 100 to 199;")
    (gone,) = found(before, extended(X, "extensions 2 to 199;"))
    assert gone.why == (
        "It may be used again for something else: take 2 out of `extensions` and add "
        '`reserved 2; reserved "i";` to the message M'
    )
    mended = extended(X, 'extensions 3 to 199; reserved 2; reserved "i";')
    assert rejecting_levels("PROTOBUF", mended.encode(), before.encode()) == set()


def test_what_uses_something_reserved_is_told_what_to_choose_anew() -> None:
    before = m(f'{S} reserved 2; reserved "i", "j";')
    (number,) = found(before, m(f'{S} int32 n = 2; reserved "i", "j";'))
    assert number.message == "M.n = 2 uses the reserved number 2"
    assert number.why.endswith("choose another number")
    (name,) = found(before, m(f'{S} int32 i = 3; reserved 2; reserved "j";'))
    assert name.message == "M.i = 3 uses the reserved name i"
    assert name.why.endswith("choose another name")
    (both,) = found(before, m(f'{S} int32 j = 2; reserved "i";'))
    assert both.message == "M.j = 2 uses the reserved number 2 and the reserved name j"


def test_what_can_not_be_reserved_has_to_stay() -> None:
    (message,) = found(m(S, "message N { string a = 1; }"), m(S))
    assert message.why == "Who uses it finds nothing: it can't be reserved and has to stay"
    assert found(m(S, "message N {}"), m(S)) == []


def test_a_refusal_lists_ten_names() -> None:
    fields = " ".join(f"int32 f{number} = {number};" for number in range(1, 31))
    oneof = m(f"oneof o {{ {fields} }}")
    (shared,) = found(m(fields), oneof)
    names = ", ".join(f"f{number}" for number in range(1, 11))
    assert shared.message == f"{names}, 20 more share the oneof M.o"
    numbers = [str(number) for number in range(1, 61, 2)]
    (unreserved,) = found(m(f"reserved {', '.join(numbers)};"), m(""))
    assert unreserved.message == f"M no longer reserves {', '.join(numbers[:10])}, 20 more"
    assert unreserved.why.endswith("reserve all of them in the message M again")
