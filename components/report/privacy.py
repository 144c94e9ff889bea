"""What stayed at home: the section that a data protection officer reads, where the teacher is hybrid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from components.drawing.blocks import Block, Section, Table, Words
from components.drawing.charts import percent
from components.report.model import ReportInput
from components.results.privacy import PrivacySummary
from components.trajectories.rounds import Round


def privacy_of(round: Round, *, kind: str) -> PrivacySummary | None:
    """The round's summary; None where its teacher, of this kind, is no hybrid."""
    if kind != "hybrid":
        return None
    from components.privacy.detectors import Detectors
    from components.privacy.summary import summarize

    return summarize(round.store, run=round.run, rounds=[round.number], detectors=Detectors.of_round(round))


def privacy(data: ReportInput) -> list[Section]:
    """One section, or none where nothing was to be kept at home."""
    summary = data.now.facts.privacy
    if summary is None:
        return []
    blocks = [Words(_verdict(summary), strong=True), *_blocks(summary)]
    return [Section(key="privacy", title="What stayed at home", blocks=blocks)]


def _verdict(summary: PrivacySummary) -> str:
    if summary.in_order:
        return (
            f"{summary.requests} requests left for remote models ({summary.bytes:,} bytes). Every one is in the log, "
            "the log is as it was written, and today's rules find nothing private in any of them."
        )
    wrong = [
        *(f"the log {name} was altered: {place}" for name, place in summary.broken.items()),
        *([f"{len(summary.unlogged)} episodes tell of questions that the log lacks"] if summary.unlogged else []),
        *([f"{summary.unread} requests can no longer be read"] if summary.unread else []),
        *([f"today's rules find in what was sent: {_listed(summary.found_today)}"] if summary.found_today else []),
    ]
    return f"This must be looked at: {'; '.join(wrong)}."


def _blocks(summary: PrivacySummary) -> Iterator[Block]:
    share = percent(summary.at_home / summary.steps) if summary.steps else "none"
    yield Words(
        f"{summary.at_home} of {summary.steps} steps ({share}) were decided by the model at home, because something "
        "private was found on the page or in the action, or because the page is not on the recipe's list of public "
        "pages; remote models decided the others. What they were told of private steps, of the goal and of earlier "
        "episodes had names such as [email 1] in the place of values, and [page] in that of a page not listed."
    )
    rows = [
        [name, str(site.steps), str(site.at_home), percent(site.at_home / site.steps), _listed(site.classes)]
        for name, site in summary.sites.items()
    ]
    if rows:
        yield Table(header=("site", "steps", "at home", "share", "steps by class"), rows=rows)
    if summary.endpoints:
        yield Table(
            header=("sent to", "requests"), rows=[[name, str(count)] for name, count in summary.endpoints.items()]
        )
    yield Words(
        f"Names in the place of values: {_listed(summary.redactions) or 'none'}. The gate, which all requests pass, "
        f"took out of the teacher's questions, where nothing should be left: {_listed(summary.stopped) or 'nothing'}; "
        f"of all others (judge, writer, vectors, traces): {_listed(summary.taken_out) or 'nothing'}. It refused "
        f"{summary.refused} requests whole."
    )
    yield Words(
        "What this does not show: that nothing private left. Rules that read what left again miss what they missed "
        "before (docs/privacy.md has measured shares); a page's meaning can give a person away without any of these "
        "classes; and the sites see what is typed into them. This report quotes pages as they were, private ones too."
    )


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in counts.items())
