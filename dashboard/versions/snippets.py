"""How programs use a version: commands and code that run as they stand, for this very node."""

import shlex
from dataclasses import dataclass
from urllib.parse import quote

from dashboard.frame.converters import group_name
from registry.queries import VersionMeta


@dataclass(frozen=True, slots=True)
class Snippet:
    """`note` says when to take it; `slug` names it in the page."""

    slug: str
    title: str
    note: str
    code: str


def snippets(base: str, meta: VersionMeta) -> tuple[Snippet, ...]:
    """`base` is the node's address without a slash at its end."""
    always = (
        Snippet("curl", "curl", "The content of this version, byte for byte.", _curl(base, meta)),
        Snippet(
            "python",
            "Python",
            "Nothing to install; content never changes under an id.",
            _python(base, meta),
        ),
    )
    if meta.type in _SERDES:
        return (*always, *_of_kafka(base, meta))
    return always


def content_address(base: str, meta: VersionMeta) -> str:
    """Where programs read this version, over REST."""
    return f"{_artifact(base, meta)}/versions/{quote(meta.version, safe='')}"


def _artifact(base: str, meta: VersionMeta) -> str:
    group = quote(group_name(meta.group_id), safe="")
    artifact = quote(meta.artifact_id, safe="")
    return f"{base}/apis/registry/v2/groups/{group}/artifacts/{artifact}"


def _curl(base: str, meta: VersionMeta) -> str:
    return (
        f"curl --fail {shlex.quote(content_address(base, meta))}\n\n"
        "# the latest, whichever that is\n"
        f"curl --fail {shlex.quote(_artifact(base, meta))}"
    )


def _python(base: str, meta: VersionMeta) -> str:
    return (
        "from urllib.request import urlopen\n\n"
        f'with urlopen("{base}/apis/registry/v2/ids/globalIds/{meta.global_id}") as answer:\n'
        "    schema = answer.read()\n"
        "print(schema.decode())"
    )


#: Types that producers and consumers of Kafka write and read with, by serdes' class names.
_SERDES = {"AVRO": "avro.Avro", "PROTOBUF": "protobuf.Protobuf", "JSON": "jsonschema.JsonSchema"}


def _of_kafka(base: str, meta: VersionMeta) -> tuple[Snippet, ...]:
    name = _SERDES[meta.type]
    group = group_name(meta.group_id)
    java = (
        "props.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,\n"
        f'    "io.apicurio.registry.serde.{name}KafkaSerializer");\n'
        f'props.put(SerdeConfig.REGISTRY_URL, "{base}/apis/registry/v2");\n'
        f"props.put(SerdeConfig.EXPLICIT_ARTIFACT_GROUP_ID, {_java(group)});\n"
        f"props.put(SerdeConfig.EXPLICIT_ARTIFACT_ID, {_java(meta.artifact_id)});\n"
        f"props.put(SerdeConfig.EXPLICIT_ARTIFACT_VERSION, {_java(meta.version)});\n"
        "// who reads needs the address alone: each message carries its id\n"
        "props.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,\n"
        f'    "io.apicurio.registry.serde.{name}KafkaDeserializer");'
    )
    confluent = (
        "from confluent_kafka.schema_registry import SchemaRegistryClient\n\n"
        f'client = SchemaRegistryClient({{"url": "{base}/apis/ccompat/v7"}})\n'
        f"schema = client.get_version({_java(meta.artifact_id)}, {meta.version_id}).schema"
    )
    found = [Snippet("java", "Java serdes", "Apicurio’s serializer, bound to this version.", java)]
    if meta.group_id is None:
        note = "Clients of Confluent’s API find the default group’s artifacts as subjects."
        found.append(Snippet("confluent", "Confluent’s client", note, confluent))
    return tuple(found)


def _java(text: str) -> str:
    """As a string literal of Java and of Python."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
