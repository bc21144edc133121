"""What the broker's cleanup would remove of a journal, and what a replay of the rest would lose.

The cleanup is simulated over the records that exist; the loss is found by replaying.
"""
