"""Messages of the Protobuf runtime, made from a source."""

from functools import cache

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import Message

from registry.artifact_types.checks import Document
from registry.artifact_types.protobuf.compiling import CompiledFile, compile_document


def message(text: str) -> Message:
    """Return an empty M of a source without imports."""
    return _message_class(text)()


@cache
def _message_class(text: str) -> type[Message]:
    result = compile_document(Document(text.encode()))
    assert isinstance(result, CompiledFile), result
    pool = descriptor_pool.DescriptorPool()
    file = FileDescriptorProto()
    file.CopyFrom(result.file)
    pool.Add(file)
    name = f"{file.package}.M" if file.package else "M"
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
