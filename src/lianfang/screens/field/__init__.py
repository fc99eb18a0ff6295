"""The phone's face 外勤: hand in records, read the feed, enrol; everything a grid worker's phone asks for.

Serves seed 000 (69 grids swept door to door) and seed 001 (one worker, one notebook, one telephone). Decides nothing:
the ledger gives
fates, access says who may, registry and campaigns say what a slice holds. Record kinds: none of its own.
"""
