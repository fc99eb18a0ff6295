"""What everything stands on 地基: pure words (kernel), tools that touch the machine (plumbing), the ledger."""
