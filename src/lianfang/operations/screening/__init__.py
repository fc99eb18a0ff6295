"""Screening 排查: door to door, household by household: who is here, and today's questions.

Serves seeds 000 (69 grids, 逐户查看, 135,005 people screened) and 002 (不漏一户,不漏一人). Thin, because engines carry
it: campaigns knows who is to be reached, forms what may be asked, the register who lives there. What is left is the
visit itself and counting its answers as the pack's measures. Record kinds: `screening.household_visited.v1`,
`screening.premises_visited.v1` (a place or building), `screening.list_printed.v1`, `screening.finding_rechecked.v1`,
`screening.premises_rechecked.v1`. Its answers are sealed under the incident's key and end
with it; its facts name nobody. Counts may be read by whoever is responsible above; answers of a household by nobody
through this module, but that a question's answer was a finding by the grid's workers and its community.
"""
