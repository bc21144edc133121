"""Reads WSDL 1.1 with xmlschema in steps: all documents, all schemas, then all definitions."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import xmlschema
from xmlschema import SafeSchemaLoader, XMLSchema10, XMLSchemaParseError, normalize_url
from xmlschema.extras.wsdl import Wsdl11Document

from registry.artifact_types.syntax import xml_text

NAMESPACE = "http://schemas.xmlsoap.org/wsdl/"
_XSD = "http://www.w3.org/2001/XMLSchema"
_INLINE_SCHEMAS = f"{{{NAMESPACE}}}types/{{{_XSD}}}schema"
_QNAME_ATTRIBUTES = ("binding", "element", "message", "type")
_LIBRARY = Path(xmlschema.__file__).parent / "schemas"
#: Endings of the names that input and output have by default (WSDL 1.1, 2.4.5).
_DEFAULT_ENDINGS = {
    "request-response": ("Request", "Response"),
    "solicit-response": ("Response", "Solicit"),
}
#: An operation's name, and those of its input and output.
_OperationKey = tuple[str, str | None, str | None]


def read_definitions(file: Path) -> "Definitions":
    """Read a WSDL 1.1 document and its imports from the same folder.

    Raises one of xml_errors.UNREADABLE.
    """
    schema = XMLSchema10(
        str(_LIBRARY / "WSDL" / "wsdl.xsd"),
        # One for each document, since it takes in the schemas that the document brings.
        validation="lax",
        loader_class=_Loader,
        base_url=str(file.parent),
        allow="local",
        defuse="always",
    )
    return Definitions(str(file), schema=schema, validation="lax", allow="local", defuse="always")


class Definitions(Wsdl11Document):
    """A WSDL 1.1 document with its imports.

    `errors` are its own, `schema_errors` those of the schemas in its types.

    By itself the library reads one document, schema or message after the other, so that none could
    use a later one.
    """

    def _parse_imports(self) -> None:
        self.schema_errors: list[XMLSchemaParseError] = []
        #: Schemas that are imported like documents (WSDL 1.1, 2.1.2): namespaces by address.
        self.imported_schemas: dict[str, str] = {}
        if self is self.maps.wsdl_document:
            self.maps.documents = {}
        # What is being read is not read again, even if it is imported by what it imports.
        self.maps.documents[self.url] = self
        for element in self.root.iter():
            _expand_qnames(element, self.get_nsmap(element) or {})
        super()._parse_imports()

    def import_namespace(self, namespace: str, location: str, base_url: str | None = None) -> None:
        """Read an imported document; raises FileNotFoundError for one outside the folder."""
        url = normalize_url(location, self.base_url)
        _check_place(url, self.schema.maps.settings.base_url)
        file = Path(unquote(urlsplit(url).path))
        root = xml_text.read_root(file.read_bytes()) if file.is_file() else None
        if root is not None and root.namespace == _XSD:
            self.imported_schemas[url] = namespace
        elif url not in self.maps.documents:
            Definitions(url, maps=self.maps, validation="lax", allow="local", defuse="always")
        document = self.maps.documents.get(url)
        if document is not None and document.target_namespace != namespace:
            self.parse_error(
                f"{location!r} has the namespace {document.target_namespace!r}, and not"
                f" {namespace!r}, by which it is imported"
            )

    def _documents(self) -> list["Definitions"]:
        """List all documents for the main one, none for the others.

        The main document reads the definitions of all.
        """
        return list(self.maps.documents.values()) if self is self.maps.wsdl_document else []

    def _parse_types(self) -> None:
        maps = self.schema.maps
        schemas = {
            XMLSchema10(
                document.subresource(element), validation="lax", global_maps=maps, partial=True
            ): document
            for document in self._documents()
            for element in document.root.iterfind(_INLINE_SCHEMAS)
        }
        own = {schema for schema, document in schemas.items() if document is self}
        if any(schema.errors for schema in own):
            # The library can't build them, so nothing that uses them can be judged.
            self.maps.documents.clear()
        else:
            for document in self._documents():
                for url, namespace in document.imported_schemas.items():
                    maps.loader.load_schema(url, namespace)
            for schema in schemas:
                maps.loader.load_declared_schemas(schema)
            maps.build()
            parts = (part for part in maps.iter_components() if part.schema in own)
            self.schema_errors += [error for part in parts for error in part.errors]
        self.schema_errors += [error for schema in own for error in schema.errors]

    def _parse_messages(self) -> None:
        for document in self._documents():
            Wsdl11Document._parse_messages(document)

    def _parse_port_types(self) -> None:
        for document in self._documents():
            Wsdl11Document._parse_port_types(document)
        for port_type in self.maps.port_types.values():
            port_type.operations = _by_every_key(port_type.operations)

    def _parse_bindings(self) -> None:
        for document in self._documents():
            Wsdl11Document._parse_bindings(document)

    def _parse_services(self) -> None:
        for document in self._documents():
            Wsdl11Document._parse_services(document)

    def parse_error(self, message: str) -> None:
        """Add an error, except for a binding without SOAP 1.1: it may use SOAP 1.2 or HTTP."""
        if not message.startswith("missing soap:binding element"):
            super().parse_error(message)


class _Loader(SafeSchemaLoader):
    """Loads schemas of the document's folder and of the library, unless their names are taken."""

    def load_schema(
        self,
        source: Any,
        namespace: str | None = None,
        base_url: str | None = None,
        build: bool = False,
        partial: bool = False,
    ) -> Any:
        """Load a schema; raises FileNotFoundError for one outside of both folders."""
        if isinstance(source, str):
            folder = self.maps.settings.base_url
            _check_place(normalize_url(source, base_url or folder), folder)
        return super().load_schema(source, namespace, base_url, build, partial)


def _by_every_key(operations: dict[_OperationKey, Any]) -> dict[_OperationKey, Any]:
    """Map operations by all possible keys of a binding.

    A binding names input and output only to choose one of several operations (WSDL 1.1, 2.5).
    """
    by_key: dict[_OperationKey, list[Any]] = {}
    for operation in operations.values():
        name = operation.local_name
        endings = _DEFAULT_ENDINGS.get(operation.transmission, ("", ""))
        inner = [
            {None, message and (message.local_name or f"{name}{ending}")}
            for message, ending in zip((operation.input, operation.output), endings, strict=True)
        ]
        for input_name, output_name in product(*inner):
            by_key.setdefault((name, input_name, output_name), []).append(operation)
    return {key: fitting[0] for key, fitting in by_key.items() if len(fitting) == 1} | operations


def _expand_qnames(element: Any, namespaces: Mapping[str, str]) -> None:
    """Replace prefixes by namespaces; the library knows the root's prefixes alone."""
    for attribute in _QNAME_ATTRIBUTES:
        prefix, _, name = element.get(attribute, "").rpartition(":")
        if name and prefix in namespaces and str(element.tag).startswith(f"{{{NAMESPACE}"):
            element.set(attribute, f"{{{namespaces[prefix]}}}{name}")


def _check_place(url: str, folder: str | None) -> None:
    """Raise FileNotFoundError unless a file is in the folder or in the library's."""
    places = tuple(f"{Path(place).as_uri()}/" for place in (folder, _LIBRARY) if place)
    if not url.startswith(places):
        raise FileNotFoundError("it is none of the references")
