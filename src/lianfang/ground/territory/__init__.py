"""Territory 区域: the trees of areas and of organisations as they were on any day, and who answers for which grid.

Serves seed lines 0 街道-工作片-村社 (35 村社, 69 网格), 1 四位一体, 2 五级 and 一格一员 (469), 3 网格长 and 114幢, 4
現代小區/老舊小區/開放式街巷: mission rows 2-11, 14. Depth and order are data. Ids are neither code nor name, so both
may change. Organisations have posts, and accounts hold them on some days.

Record kinds: territory.tree_loaded.v1, tree_taken_back.v1, area_changed.v1, area_ended.v1, grids_rehung.v1,
outline_drawn.v1, marker_set.v1, organisation_changed.v1, organisation_ended.v1, responsibility_assigned.v1,
responsibility_ended.v1, post_set.v1, post_held.v1, link_set.v1. All staff may read the trees; they hold no residents.
"""
