"""Upper levels' own tables 上级表格: a blank workbook is mapped once to measures and areas, then fills itself.

Serves seed lines on one fact filled into thousands of forms (enter once), daily counts and reports (日统计日报告,
信息日报) and the database behind decisions. Everything but the mapped cells stays as the upper level made it. Record
kinds: upper_level_forms.taken_in.v1, upper_level_forms.mapped.v1, upper_level_forms.issued.v1, under the register's
key: they name no resident. Officers of the table's area read them.
"""
