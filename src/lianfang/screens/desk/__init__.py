"""The desk 办公端: what people in offices see first. It puts together what modules know, and decides nothing.

Serves seed 001 (一屏通览: one honest number, with its age and what is behind it) and 000 (69 grids, 135,005 people).
The overview holds counts only; whoever may see names asks the module that keeps them.
"""
