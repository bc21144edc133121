"""The picture of references: who stands where, what is cut, and what goes around."""

from dashboard.versions.reference_graph import Place, reference_graph
from registry.references import Reference

_CENTER: Place = ("shop", "order", "1")


def _reference(name: str, version: str = "1") -> Reference:
    return Reference("shop", name, version, name)


def test_what_needs_a_version_stands_left_of_it_and_what_it_needs_right() -> None:
    needs = {"order": [_reference("money")], "money": [_reference("currency")]}
    graph = reference_graph(
        _CENTER,
        lambda place: [_reference("cart")] if place == _CENTER else [],
        lambda place: needs.get(place[1], []),
        [],
    )
    assert graph is not None
    ordered = sorted(graph.boxes, key=lambda box: box.x)
    assert [box.label for box in ordered] == ["cart", "order", "money", "currency"]
    assert [box.is_center for box in ordered] == [False, True, False, False]
    assert len(graph.arrows) == 3


def test_nothing_is_drawn_where_nothing_refers() -> None:
    assert reference_graph(_CENTER, lambda _: [], lambda _: [], []) is None


def test_a_circle_ends_and_a_missing_version_is_not_asked() -> None:
    gone = _reference("gone")

    def needs(place: Place) -> list[Reference]:
        assert place[1] != "gone"
        return {"order": [_reference("money"), gone]}.get(place[1], [_reference("order")])

    graph = reference_graph(_CENTER, lambda _: [], needs, [gone])
    assert graph is not None
    assert {box.label: box.is_missing for box in graph.boxes} == {
        "order": False,
        "money": False,
        "gone": True,
    }


def test_a_column_is_cut_and_says_how_many_more_there_are() -> None:
    many = [_reference(f"cart-{at}") for at in range(50)]
    graph = reference_graph(
        _CENTER, lambda place: many if place == _CENTER else [], lambda _: [], []
    )
    assert graph is not None
    assert len(graph.boxes) == 8
    assert [each.count for each in graph.rests] == [43]
    assert all(0 <= box.y <= graph.height for box in graph.boxes)
