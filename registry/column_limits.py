"""Maximum lengths of texts in characters, from the columns of Java nodes."""

LIMITS = {
    "group_id": 512,
    "artifact_id": 512,
    "version": 256,
    "artifact_type": 32,
    "content_hash": 64,
    "canonical_hash": 64,
    "name": 512,
    "description": 1024,
    "comment_id": 128,
    "comment": 1024,
    "owner": 256,
    "principal_id": 256,
    "principal_name": 256,
    "role": 32,
    "rule": 1024,
    "property_name": 255,
    "property_value": 1024,
    "logger": 512,
    "download_id": 128,
}


def describe_overlong(**texts: str | None) -> str:
    """Describe the first text too long for its column; empty if all fit."""
    for name, text in texts.items():
        if text is not None and len(text) > LIMITS[name]:
            return f"The {name} has {len(text)} characters; {LIMITS[name]} is the limit"
    return ""
