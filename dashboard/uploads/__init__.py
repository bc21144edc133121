"""The upload pages: one content, and several at once."""
