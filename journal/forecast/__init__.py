"""Forecasts the broker's cleanup of a journal, and the loss in a replay of the rest.

The cleanup is simulated over the existing records; the loss is found by replaying.
"""
