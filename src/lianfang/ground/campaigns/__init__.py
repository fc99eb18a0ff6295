"""Campaigns 行动: the engine that knows who is to be reached, who was, and who is still missing.

Serves seeds 000 (69 grids swept door to door, 135,005 people), 001 and 002 (不漏一户,不漏一人: the remainder has
names), 003 (visits by appointment). Sweeps, call lists, inspections, surveys and test rounds are campaigns of different
operations: an operation's records carry a `TaskOutcome`, the engine folds it, and neither knows the other's tables.

A target definition over the register makes tasks (campaign, target, occasion): of households, or of places or
buildings. A task is untouched < attempted < done,
or struck; its state is a join over everything said about it, so order, repetition, splitting and lateness change
nothing. A campaign may begin anew each day or week: each occasion has a list and counts of its own. Record kinds:
`campaigns.campaign_opened.v1`, `campaigns.campaign_closed.v1`, `campaigns.attempts_set.v1`,
`campaigns.task_corrected.v1`, `campaigns.occasion_begun.v1`; of needs found on the way `campaigns.need_found.v1`,
`campaigns.need_assigned.v1`, `campaigns.need_settled.v1`; of whose doors they are `campaigns.doors_given.v1`;
of visits looked at again `campaigns.checks_set.v1`, `campaigns.visit_rechecked.v1`, `campaigns.finding_settled.v1`.
Counts may be read by whoever is responsible above; the names of the remainder only by the grid's own worker and lead.
"""
