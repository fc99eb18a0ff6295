"""Access 账户与授权: who may sign in, with which device, in which role, where, what for, until when; and who looked at
whom.

Serves promises P12 and P13, design idea 5 (looking at a person leaves a trace they may see), mission §2 三员分立. A
Viewer is built here and only read above. Masks stand in kernel/masks.py.

Record kinds: access.account_created.v1, account_closed.v1, password_changed.v1, role_proposed.v1, role_granted.v1,
role_declined.v1, role_ended.v1, enrolment_issued.v1, device_enrolled.v1, device_revoked.v1, people_disclosed.v1,
shares_made.v1, share_confirmed.v1. Never a secret inside: hashes of passwords, tokens and codes stand in tables of
their own that are not rebuilt. May be read by administrators in their own part: accounts and devices (system), roles
(security), the log (audit); who holds a recovery share by the office's leaders.
"""
