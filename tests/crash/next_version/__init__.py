"""A version after this one, for the tests of upgrades: the same house with a few slow migrations more."""
