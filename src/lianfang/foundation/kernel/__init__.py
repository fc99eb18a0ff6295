"""Pure words 词汇: identifiers, time, people who act and look, problems. Standard library and msgspec only.

Serves every module; defines no record kind, stores nothing, reads no clock.
"""
