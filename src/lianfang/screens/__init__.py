"""HTTP faces 界面: each composes queries for one kind of screen; nothing is decided here."""
