"""The bytes on the topic: keys and values, and how they are spelled. Plain Python."""
