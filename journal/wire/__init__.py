"""Encodes and decodes the bytes on the topic: keys, values, dialects. Plain Python."""
