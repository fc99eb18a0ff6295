"""Reports 报表: the day's numbers composed, edited in their free parts, signed, issued, archived; as of a position.

Serves seed lines on daily reports (信息日报, 日统计日报告, 数据库→科学决策). What can be counted comes from modules
above, handed over by the wiring as `Source`s; reports import none of them. Record kinds: reports.drafted.v1,
reports.edited.v1, reports.signed.v1, reports.issued.v1, under the register's key: a report outlives the incident it
tells of. It names no resident; the officers of an area read its reports.
"""
