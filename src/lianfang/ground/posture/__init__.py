"""Posture 平急态势: incidents, hazard packs and policies: why we are not in routine mode, on whose order, and until
when.

Serves seed 000 (a leading group is formed, door-to-door screening begins), 002 (平急转换) and 001 (policies that change
by the week). There is no mode: an incident is dated data with a legal basis, an area and an end at most 30 days away,
and whoever wants to know asks `queries.in_force(area=, at=)`. A new hazard is a file in `packs/`, never code. Record
kinds: `posture.incident_opened.v1`, `posture.renewal_proposed.v1`, `posture.incident_renewed.v1`,
`posture.incident_closed.v1`, `posture.policy_issued.v1`. They name no resident; anyone signed in may read what is in
force on their own areas.
"""
