"""The register 底册: dwellings, households and residents, how a roster gets in, and how edits from many hands come
together.

Serves seed 0 (69 grids, 135,005 people, door to door), seed 2 (不漏一户,不漏一人), seed 3 (七人普: 数据质量,
再三梳理), seed 4 (登記冊走遍每個住戶). Record kinds: `registry.roster_published`, `registry.roster_undone`,
`registry.places_published`, `registry.places_taken_back`, `registry.places_changed`,
`registry.household_changed`, `registry.household_found`,
`registry.conflict_settled`, `registry.grids_redrawn`, `registry.residents_merged`, `registry.merge_undone`,
`registry.residents_told_apart`, `registry.stewardship_set`, `registry.upkeep_agreed`, `registry.homes_expected`. Read
by grid workers and officers inside their areas, by stewards their own households, masked; full numbers one by one with
a reason. No field for origin, belief, party, record or "stability": there is none to fill in.
"""
