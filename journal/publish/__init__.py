"""Records put on the topic, and the wait for what this node's worker made of them."""
