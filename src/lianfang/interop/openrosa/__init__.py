"""OpenRosa 开放采集: ODK Collect and other clients of the OpenRosa specification take part in campaigns.

Serves seed lines on sweeps in which whoever has a phone helps. Form list, form, manifest with the list of doors, and
submission. A submission becomes the very record that our own phones send (screening.household_visited.v1), from a phone
enrolled like any other. Record kinds: none of its own. Who may read: the device's account, in its areas.
"""
