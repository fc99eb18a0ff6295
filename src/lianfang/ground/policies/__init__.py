"""Policies 政策表: decision tables that a gate, a tracer or a phone applies; data that can be read, replayed and ended.

Serves seed 001 (the travel-code rule that Nantong applied in August 2021), mission rows 35 to 42, and the protocol
editions that changed three times within five months. A table decides every combination of facts by exactly one row, and
what its text leaves open is a row that says *ask a person*. Whoever issues one does so through posture, which keeps
what is in force where and until when: this module adds no record kind (`posture.policy_issued.v1` holds the table
whole). Tables name no resident; whoever sees incidents of an area may read them.
"""
