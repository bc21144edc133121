"""What the broker's cleaning would remove of a journal, and what a replay of the rest would lose.

The cleaning is simulated over the records that are there; the loss is seen by replaying.
"""
