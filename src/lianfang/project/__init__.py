"""The wiring 装配: settings, addresses, the ASGI application, and who is connected to whom; nothing else."""
