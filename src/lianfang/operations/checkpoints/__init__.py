"""Checkpoints 卡口: gates where somebody stands, what is decided there, and how many passed.

Serves mission rows 35 to 38: the rule of Nantong at an expressway exit, seed 002 (值班组、应急组昼夜轮流), seed 000
(设卡、赠送口罩). A gate asks for a code only while an open incident's pack says so, and decides by itself when the
centre is down: with policies, keys and revocations that the phone took along. What cannot be verified is looked at by
hand, never red. Record kinds: `checkpoints.gate_set_up.v1` and `checkpoints.gate_closed.v1` from the desk,
`checkpoints.passage_noted.v1` and `checkpoints.passage_undone.v1` from phones, sealed under the incident's key. A
passage holds no name and no number of anybody: at most a token that is another one every hour. Counts may be read by
staff of the area; passages by nobody.
"""
