"""Commands and code for using a version, complete for this node's address."""

import shlex
from dataclasses import dataclass
from urllib.parse import quote

from dashboard.frame.converters import group_name
from registry.queries import VersionMeta

#: Apicurio's serdes classes for the types that Kafka clients write and read with.
_SERDES = {"AVRO": "avro.Avro", "PROTOBUF": "protobuf.Protobuf", "JSON": "jsonschema.JsonSchema"}


@dataclass(frozen=True, slots=True)
class Snippet:
    """`note` describes its use; `slug` is its id in the page."""

    slug: str
    title: str
    note: str
    code: str


def client_snippets(base: str, meta: VersionMeta) -> tuple[Snippet, ...]:
    """Return the snippets for a version; `base` is the node's address without a final slash."""
    artifact = _artifact_url(base, meta)
    curl = (
        f"curl --fail {shlex.quote(version_url(base, meta))}\n\n"
        "# the latest, whichever that is\n"
        f"curl --fail {shlex.quote(artifact)}"
    )
    python = (
        "from urllib.request import urlopen\n\n"
        f'with urlopen("{base}/apis/registry/v2/ids/globalIds/{meta.global_id}") as answer:\n'
        "    schema = answer.read()\n"
        "print(schema.decode())"
    )
    note = "Nothing to install; content never changes under an id."
    snippets = (
        Snippet("curl", "curl", "The content of this version, byte for byte.", curl),
        Snippet("python", "Python", note, python),
    )
    if meta.type not in _SERDES:
        return snippets
    return (*snippets, *_kafka_snippets(base, meta))


def version_url(base: str, meta: VersionMeta) -> str:
    """Return the version's address in the REST API."""
    return f"{_artifact_url(base, meta)}/versions/{quote(meta.version, safe='')}"


def _artifact_url(base: str, meta: VersionMeta) -> str:
    group = quote(group_name(meta.group_id), safe="")
    artifact = quote(meta.artifact_id, safe="")
    return f"{base}/apis/registry/v2/groups/{group}/artifacts/{artifact}"


def _kafka_snippets(base: str, meta: VersionMeta) -> tuple[Snippet, ...]:
    name = _SERDES[meta.type]
    group = group_name(meta.group_id)
    java = (
        "props.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,\n"
        f'    "io.apicurio.registry.serde.{name}KafkaSerializer");\n'
        f'props.put(SerdeConfig.REGISTRY_URL, "{base}/apis/registry/v2");\n'
        f"props.put(SerdeConfig.EXPLICIT_ARTIFACT_GROUP_ID, {_literal(group)});\n"
        f"props.put(SerdeConfig.EXPLICIT_ARTIFACT_ID, {_literal(meta.artifact_id)});\n"
        f"props.put(SerdeConfig.EXPLICIT_ARTIFACT_VERSION, {_literal(meta.version)});\n"
        "// who reads needs the address alone: each message carries its id\n"
        "props.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,\n"
        f'    "io.apicurio.registry.serde.{name}KafkaDeserializer");'
    )
    serdes = Snippet("java", "Java serdes", "Apicurio’s serializer, bound to this version.", java)
    if meta.group_id is not None:
        return (serdes,)
    confluent = (
        "from confluent_kafka.schema_registry import SchemaRegistryClient\n\n"
        f'client = SchemaRegistryClient({{"url": "{base}/apis/ccompat/v7"}})\n'
        f"schema = client.get_version({_literal(meta.artifact_id)}, {meta.version_id}).schema"
    )
    note = "Clients of Confluent’s API find the default group’s artifacts as subjects."
    return serdes, Snippet("confluent", "Confluent’s client", note, confluent)


def _literal(text: str) -> str:
    """Return a string literal of Java and of Python."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
