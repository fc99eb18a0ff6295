"""Codes 码: restriction orders, our own status of a resident, and the credential that a resident carries.

Serves mission rows 35 to 37 and the story of Zhengzhou, where 1,317 people turned red, 871 of them for scanning a code
that somebody had forwarded. Nobody's status is stored: it follows from live orders, from evidence that the person can
read, and from the policy in force. An order names one person, a health ground, its evidence and a law; one person
proposes it and another, of another role, signs it; it counts from when the person was told, can be appealed, and ends
by itself. Record kinds: `codes.order_proposed.v1`, `codes.order_signed.v1`, `codes.order_declined.v1`,
`codes.person_told.v1`, `codes.order_ended.v1`, `codes.appeal_raised.v1`, `codes.appeal_decided.v1`, all under the key
of their incident and none from a phone. Orders are read by those who may propose or sign them, and each look is noted.
"""
