"""Tests of the whole house. A module's own tests stand in its tests/ folder."""
