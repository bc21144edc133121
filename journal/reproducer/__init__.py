"""The incident reproduced: a scratch topic, a node writing like 2.1.3, real compaction.

Nothing here can reach the node's own topic or tables, and no setting leads here.
"""
