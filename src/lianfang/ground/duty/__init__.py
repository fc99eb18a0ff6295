"""Duty 值守: stations, shifts, coming on and going off, and who is on call now.

Serves seed 002 (groups at the expressway exit, round the clock: 值班组 and 应急组 taking turns day and night) and
seed 000 (check-points that are never empty). A shift is a person at a station from when to when, in the duty crew or
the response crew; who is on call follows from shifts and the moment and is kept nowhere. Nobody is put on for more
than 12 hours, or with less than 8 hours of rest. Record kinds: `duty.station_opened.v1`, `duty.shift_planned.v1`,
`duty.shift_dropped.v1`, `duty.signed_on.v1`, `duty.signed_off.v1`. They name accounts, no residents.
"""
