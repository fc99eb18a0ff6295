"""The ledger 账本: the one append-only list of everything that happened, and the only way in.

Serves every seed line: each visit, scan, act and look is an entry here. It knows no HTTP, no account and no area tree;
modules hand it their kinds, projections and look-ups, and `project` wires them. Record kinds: `ledger.counted` (later).
Nobody reads entries directly: screens read projections, auditors the audit queries.
"""
