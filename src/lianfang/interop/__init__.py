"""Other systems' languages 对接: one folder each."""
