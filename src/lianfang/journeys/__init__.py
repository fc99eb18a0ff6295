"""Processes that cross modules 跨模块的事: one file each, each exporting `REACTION`."""
