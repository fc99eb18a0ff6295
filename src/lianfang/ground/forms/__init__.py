"""Forms 表单: what is asked at a door, checked before it is asked: allowed now? known already? never to be asked?

Serves seeds 000 (逐户查看) and 003 (a register that is used again, not asked again), and the lesson of 2020, when one
returnee was called ten times by seven offices. Questions about health, travel or contacts need an open incident that
covers the area; a fact of the register is shown and never asked; some things are never asked at all. Record kind:
`forms.form_published.v1`. A form names nobody; whoever works with campaigns on an area may read its forms.
"""
