"""Bundles: what several files are called, which refers to which, and zips that mean harm."""

import io
import json
import zipfile
from typing import IO

import pytest

from registry.bundles.dependencies import BundlePart, find_dependencies, sort_by_dependencies
from registry.bundles.file_reader import BundleContents, BundleLimits, BundleRejected, read_bundle
from registry.bundles.names import required_references, suggest_id, suggest_ids

SMALL = BundleLimits(files=3, file=2000, total=5000)


def avro(name: str, *of: str) -> bytes:
    fields = [{"name": f"f{at}", "type": item} for at, item in enumerate(of)]
    return json.dumps({
        "type": "record",
        "name": name,
        "namespace": "shop",
        "fields": fields,
    }).encode()


def schema(**members: object) -> bytes:
    return json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", **members}).encode()


def paths_in_order(pieces: list[BundlePart]) -> list[str]:
    return [pieces[at].path for at in sort_by_dependencies(pieces, find_dependencies(pieces)).order]


@pytest.mark.parametrize(
    ("type_name", "content", "path", "expected"),
    [
        ("AVRO", avro("Order"), "x.avsc", "shop.Order"),
        ("AVRO", b'"string"', "text.avsc", "text"),
        ("JSON", schema(**{"$id": "https://a.example/s/address.schema.json"}), "x", "address"),
        ("JSON", schema(**{"$id": "urn:shop:address"}), "x", "urn:shop:address"),
        ("JSON", schema(), "deep/address.schema.json", "address"),
        ("PROTOBUF", b'syntax = "proto3"; package shop.v1;', "a/money.proto", "shop.v1.money"),
        ("PROTOBUF", b'syntax = "proto3";', "money.proto", "money"),
        ("OPENAPI", b'{"openapi": "3.0.0", "info": {"title": "Shop API"}}', "x", "shop-api"),
        ("XSD", b"<xs:schema/>", "../../etc/types.xsd", "types"),
        (None, b"\xff\xfe", "%2e%2e", "2e-2e"),
        (None, b"", "\u00fc", "artifact"),
    ],
)
def test_an_id_is_the_contents_own_name_or_its_files(
    type_name: str | None, content: bytes, path: str, expected: str
) -> None:
    assert suggest_id(type_name, content, path) == expected


def test_equal_ids_are_made_unique_by_their_files_names() -> None:
    api = b'{"openapi": "3.0.0", "info": {"title": "Shop"}}'
    assert suggest_ids([("OPENAPI", api, "a.json"), ("OPENAPI", api, "b.json")]) == ["a", "b"]
    assert suggest_ids([("OPENAPI", api, "a.json"), ("OPENAPI", api, "a.yaml")]) == [
        "a.json",
        "a.yaml",
    ]


@pytest.mark.parametrize(
    "pieces",
    [
        [
            BundlePart("a-order.avsc", avro("Order", "shop.Money", "Address"), "AVRO"),
            BundlePart("b-address.avsc", avro("Address", "Country"), "AVRO"),
            BundlePart("c-country.avsc", avro("Country"), "AVRO"),
            BundlePart("d-money.avsc", avro("Money"), "AVRO"),
        ],
        [
            BundlePart("s/a.json", schema(items={"$ref": "../lib/b.json#/definitions/x"}), "JSON"),
            BundlePart("other/b.json", schema(), "JSON"),
            BundlePart("lib/b.json", schema(items={"$ref": "https://x.example/c"}), "JSON"),
            BundlePart("z.json", schema(**{"$id": "https://x.example/c"}), "JSON"),
        ],
        [
            BundlePart("p/a.proto", b'syntax = "proto3"; import "shop/b.proto";', "PROTOBUF"),
            BundlePart("p/shop/b.proto", b'syntax = "proto3"; package shop;', "PROTOBUF"),
        ],
        [
            BundlePart("a.xsd", _XSD.replace(b"?", b"b.xsd"), "XSD")
            for _XSD in (
                b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
                b'<xs:include schemaLocation="?"/></xs:schema>',
            )
        ]
        + [BundlePart("b.xsd", b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>', "XSD")],
    ],
    ids=["avro", "json", "protobuf", "xsd"],
)
def test_every_part_comes_after_those_that_it_refers_to(pieces: list[BundlePart]) -> None:
    result = find_dependencies(pieces)
    order = sort_by_dependencies(pieces, result).order
    assert any(result)
    for at, listed in enumerate(result):
        assert all(item.target is not None for item in listed), listed
        assert all(
            order.index(item.target) < order.index(at) for item in listed if item.target is not None
        )


def test_a_path_means_the_file_beside_and_not_its_namesake() -> None:
    pieces = [
        BundlePart("s/a.json", schema(items={"$ref": "../lib/b.json"}), "JSON"),
        BundlePart("other/b.json", schema(), "JSON"),
        BundlePart("lib/b.json", schema(), "JSON"),
    ]
    assert [find_dependency.target for find_dependency in find_dependencies(pieces)[0]] == [2]


def test_a_cycle_is_named_without_the_parts_that_only_depend_on_it() -> None:
    pieces = [
        BundlePart("a.json", schema(items={"$ref": "b.json"}), "JSON"),
        BundlePart("b.json", schema(items={"$ref": "c.json"}), "JSON"),
        BundlePart("c.json", schema(items={"$ref": "a.json"}), "JSON"),
        BundlePart("d.json", schema(items={"$ref": "a.json"}), "JSON"),
        BundlePart("e.json", schema(), "JSON"),
    ]
    result = sort_by_dependencies(pieces, find_dependencies(pieces))
    assert result.order[0] == 4
    assert result.cycles[0] == ("a.json", "b.json", "c.json", "a.json")
    assert set(result.cycles) == {0, 1, 2}


def test_a_content_that_names_its_own_file_has_no_dependency() -> None:
    pieces = [BundlePart("a.json", schema(items={"$ref": "a.json#/definitions/x"}), "JSON")]
    assert find_dependencies(pieces) == [[]]


def test_one_reference_serves_all_fragments_of_a_document() -> None:
    twice = schema(items=[{"$ref": "b.json#/definitions/x"}, {"$ref": "b.json#/definitions/y"}])
    assert len(required_references("JSON", twice)) == 1


def test_a_long_chain_is_ordered_without_recursion() -> None:
    pieces = [BundlePart(f"{at}", avro(f"T{at}", f"T{at + 1}"), "AVRO") for at in range(2000)]
    pieces.append(BundlePart("last", avro("T2000"), "AVRO"))
    assert paths_in_order(pieces)[0] == "last"


def zipped(*entries: tuple[str, bytes]) -> IO[bytes]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    file.seek(0)
    return file


def read(*given: tuple[str, IO[bytes]]) -> BundleContents:
    return read_bundle(given, SMALL)


def test_files_and_zips_are_read_together_whatever_a_zip_is_called() -> None:
    result = read(("a.avsc", io.BytesIO(b"{}")), ("not-a-zip.txt", zipped(("s/b.avsc", b"[]"))))
    assert [(file.path, file.content) for file in result.files] == [
        ("a.avsc", b"{}"),
        ("s/b.avsc", b"[]"),
    ]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b"])
def test_a_path_that_leads_out_of_a_zip_is_left_out(name: str) -> None:
    result = read(("z", zipped((name, b"x"), ("good.avsc", b"{}"))))
    assert [file.path for file in result.files] == ["good.avsc"]
    assert len(result.remarks) == 1


def test_a_file_name_is_never_used_as_a_path() -> None:
    result = read(("..\\..\\x\u202e\x00.avsc", io.BytesIO(b"{}")))
    assert [file.path for file in result.files] == ["x\ufffd\ufffd.avsc"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (zipped(("bomb.json", b"0" * 1_000_000)), "unpacks to more than"),
        (zipped(*((f"{at}.json", b"{}") for at in range(4))), "more than 3 files"),
        (zipped(*((f"{at}.json", b"{}") for at in range(20))), "entries"),
        (io.BytesIO(b"0" * 2001), "2,000 bytes"),
        (io.BytesIO(b"PK\x03\x04 and no more"), "no file in it"),
        (io.BytesIO(b""), "empty"),
        (zipped(("a.zip", zipped(("b.json", b"{}")).read())), "a zip within the zip"),
        (zipped(("__MACOSX/._a", b"x"), (".DS_Store", b"x")), "no content, by its name"),
    ],
)
def test_too_much_or_nothing_is_rejected_with_a_reason(given: IO[bytes], words: str) -> None:
    with pytest.raises(BundleRejected, match=words):
        read(("given", given))


def test_the_total_size_is_limited() -> None:
    large = [(f"{at}", io.BytesIO(b"0" * 1900)) for at in range(3)]
    with pytest.raises(BundleRejected, match="All files together"):
        read(*large)
