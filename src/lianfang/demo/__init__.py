"""The demo district 演示街道: made-up people in a subdistrict as large as the newspaper's, and a drill that walks it.

Serves seed 000 (莘塍街道: 35 villages and communities, 69 grids, 135,005 people screened). It stands between project
and screens: it loads its district through the same workbooks as a real one and plays its grid workers through the same
HTTP as real phones. Record kinds: none of its own. Nobody in it exists: identity numbers stand under a division code
that was never issued, telephone numbers under a prefix that no operator holds.
"""
