"""What access does by the clock: when phones were last heard of is written down every few seconds."""

from lianfang.ground.access import contacts

BEATS = (contacts.write,)
