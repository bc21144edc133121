"""Health of the journal: named findings, each with evidence, consequence and remedy.

`collector` gathers observations from the tables; `diagnosis` is a pure function of them.
"""
