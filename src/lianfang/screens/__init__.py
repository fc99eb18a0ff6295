"""Faces 界面: HTTP for one kind of screen each (desk, field, resident); they compose queries and decide nothing."""
