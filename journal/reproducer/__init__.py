"""The incident reproduced: a scratch topic, a node that writes as 2.1.3 did, real compaction.

Nothing here can reach the node's own topic or tables, and no setting leads here.
"""
