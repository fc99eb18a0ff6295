"""lianfang 联防: what a neighbourhood works with in an emergency, and on the quiet days in between."""
