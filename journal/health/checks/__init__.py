"""The checks behind the findings: pure functions of observations, a module a group of codes."""
