"""All operations, one entry each: what clients generate their methods from."""

from api.v2.openapi.artifact_operations import OF_ARTIFACTS, OF_RULES, OF_VERSIONS
from api.v2.openapi.node_operations import OF_ADMINISTRATORS, OF_THE_NODE
from api.v2.openapi.search_operations import OF_GROUPS, OF_IDS, OF_SEARCH

#: What needs no proof of who asks.
FOR_ANYBODY = "Node"
#: By what the page calls each part.
OPERATIONS = {
    "Artifacts": OF_ARTIFACTS,
    "Versions": OF_VERSIONS,
    "Contents by id": OF_IDS,
    "Search": OF_SEARCH,
    "Groups": OF_GROUPS,
    "Rules": OF_RULES,
    "Administration": OF_ADMINISTRATORS,
    FOR_ANYBODY: OF_THE_NODE,
}
