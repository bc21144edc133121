"""The journal doctor: judges a journal in named findings, each with proof, consequence, remedy.

Observations are gathered in `observing`; `diagnosis` is a pure function of them.
"""
