"""The graph of references: columns, cut columns, cycles."""

from dashboard.versions.reference_graph import VersionKey, reference_graph
from registry.references import Reference

_CENTER: VersionKey = ("shop", "order", "1")


def _reference(name: str, version: str = "1") -> Reference:
    return Reference("shop", name, version, name)


def test_inbound_references_are_drawn_left_and_outbound_ones_right() -> None:
    needs = {"order": [_reference("money")], "money": [_reference("currency")]}
    graph = reference_graph(
        _CENTER,
        lambda key: [_reference("cart")] if key == _CENTER else [],
        lambda key: needs.get(key[1], []),
        [],
    )
    assert graph is not None
    ordered = sorted(graph.nodes, key=lambda node: node.x)
    assert [node.label for node in ordered] == ["cart", "order", "money", "currency"]
    assert [node.is_center for node in ordered] == [False, True, False, False]
    assert len(graph.arrows) == 3


def test_without_references_nothing_is_drawn() -> None:
    assert reference_graph(_CENTER, lambda _: [], lambda _: [], []) is None


def test_a_cycle_ends_and_a_missing_version_is_not_queried() -> None:
    gone = _reference("gone")

    def outbound(key: VersionKey) -> list[Reference]:
        assert key[1] != "gone"
        return {"order": [_reference("money"), gone]}.get(key[1], [_reference("order")])

    graph = reference_graph(_CENTER, lambda _: [], outbound, [gone])
    assert graph is not None
    assert {node.label: node.is_missing for node in graph.nodes} == {
        "order": False,
        "money": False,
        "gone": True,
    }


def test_a_column_is_cut_and_says_how_many_more_there_are() -> None:
    many = [_reference(f"cart-{number}") for number in range(50)]
    graph = reference_graph(_CENTER, lambda key: many if key == _CENTER else [], lambda _: [], [])
    assert graph is not None
    assert len(graph.nodes) == 8
    assert [overflow.count for overflow in graph.overflows] == [43]
    assert all(0 <= node.y <= graph.height for node in graph.nodes)
