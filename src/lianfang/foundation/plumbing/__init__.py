"""Tools that touch Django or the machine 管道: wire, clock, database, sealing and keyring, tables, jobs, backup,
sentences.

Serves every module; defines no record kind; holds no person. The one table here keeps wrapped data keys.
"""
