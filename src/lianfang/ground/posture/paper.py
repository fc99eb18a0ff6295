"""The certificate of a forgetting on paper, for the file and for whoever asks what became of their data."""

from pathlib import Path

from lianfang.foundation.plumbing import printing
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.posture.terms import Certificate

_TEMPLATE = Path(__file__).with_name("certificate.typ")


def certificate(found: Certificate, *, lang: str) -> bytes:
    """A PDF. It names no resident, only the two who decided."""
    sheet = printing.Sheet(
        title=sentence("posture.paper_title", lang, name=found.name),
        printed_by=found.confirmed_by.name,
        printed_at=found.confirmed_at,
        reason=sentence("posture.paper_reason", lang),
        drill=found.drill,
        personal=False,
    )
    data = {
        "facts": [[sentence(f"posture.paper_{name}", lang), value] for name, value in _facts(found).items()],
        "gone": [[kind, f"{count:,}"] for kind, count in found.entries_gone.items()],
        "waiting": found.waiting_gone,
        "kept": [[name, f"{count:,}"] for name, count in found.counts_kept.items()],
    }
    return printing.pdf(_TEMPLATE, sheet=sheet, data=data, language=lang)


def _facts(found: Certificate) -> dict[str, str]:
    return {
        "incident": found.name,
        "area": found.area,
        "basis": found.basis,
        "ran": f"{printing.moment(found.starts_at)} – {printing.moment(found.over_at)}",
        "retention": str(found.retention_days),
        "reason_given": found.reason,
        "proposed": f"{found.proposed_by.name}  {printing.moment(found.proposed_at)}",
        "confirmed": f"{found.confirmed_by.name}  {printing.moment(found.confirmed_at)}",
        "key": found.key,
        "chain": f"{found.position:,} · {found.chain}",
    }
