"""Venues 场所码: codes put up at places, what a scan says, and who may ever learn who was there.

Serves mission row 39 (seed 002: 场所码、逢进必扫). A scan says that the venue's code was shown, which is no proof of
presence: a code can be forwarded, and in Zhengzhou in June 2022 people turned red for it. So no scan leads to anything
about anybody: nothing here can propose an order or hand in evidence, and nothing listens. Record kinds:
`venues.code_issued.v1`, `venues.code_withdrawn.v1`, `venues.warrant_proposed.v1`, `…_signed.v1`, `…_declined.v1`,
`venues.warrant_read.v1` and `venues.visits_forgotten.v1` from the desk, `venues.visit_noted.v1` from phones, sealed
under a key of its incident's day that is destroyed after 14 days. Counts may be read by staff of the area; people by
nobody, except by the two of a warrant, and everybody read learns of it.
"""
