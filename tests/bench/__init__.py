"""Figures, as ratios to a ceiling of the same run. Run by hand or by CI: python -m tests.bench.NAME --help."""
