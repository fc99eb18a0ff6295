"""What went wrong, as a stable code for machines and a sentence for people.

Codes are dotted, `module.what_happened`, and never used again for something else. The sentences stand in each module's
locale files, zh-Hans and English, with `{placeholders}` filled from `details`.
"""

from typing import Any


class Problem(Exception):
    """Raised anywhere, answered as JSON `{code, message, details}` with its HTTP status. Details never hold
    personal data.
    """

    def __init__(self, code: str, *, status: int = 400, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.details = details

    def __str__(self) -> str:
        return f"{self.code} {self.details}" if self.details else self.code
