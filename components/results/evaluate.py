"""What an evaluation found, stored at `<round>/results/evaluate-<role>.json`; promote and report read it there."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from components.statistics import wilson
from components.trajectories.phases import Role, SplitName
from components.trajectories.schema import AgentInfo, Outcome


class Rate(BaseModel):
    """Successes of a group of episodes: a task, a family or all of a split."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    episodes: int = Field(description="episodes that count: solved or failed")
    solved: int
    success_rate: float = Field(description="solved / episodes; 0 if none counts")
    interval: tuple[float, float] = Field(description="Wilson interval of the rate")


class SplitResult(BaseModel):
    """One split of one evaluation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    split: SplitName
    episodes: int
    solved: int
    success_rate: float
    interval: tuple[float, float] = Field(description="Wilson interval: for these tasks on other seeds")
    task_interval: tuple[float, float] | None = Field(
        description="interval by resampling tasks: for other tasks like these; None with a single task"
    )
    by_family: tuple[Rate, ...]
    macro_rate: float | None = Field(None, description="mean of the families' rates, each with the same weight")
    macro_interval: tuple[float, float] | None = Field(
        None, description="its interval by resampling families; None with a single family"
    )
    by_site: tuple[Rate, ...] = Field((), description="rates by site; empty if the benchmark has one site")
    by_task: tuple[Rate, ...]
    outcomes: dict[str, int] = Field(description="episodes by outcome; errors do not count as failures of the agent")
    steps_per_solved: float | None = Field(description="mean steps of a solved episode")
    seconds_per_solved: float | None = Field(description="seconds of all counted episodes, divided by the solved ones")
    usd_per_solved: float | None = Field(
        description="cost of all counted episodes in US dollars, divided by the solved ones"
    )
    tokens: int = Field(description="prompt and completion tokens of all episodes")
    usd: float = Field(description="cost of all episodes in US dollars")


def by_site(result: SplitResult) -> tuple[Rate, ...]:
    """The rate of each site; tasks of several sites are put together as `several`, with a 95 % interval."""
    several = [rate for rate in result.by_site if "+" in rate.name]
    alone = tuple(rate for rate in result.by_site if "+" not in rate.name)
    if not several:
        return alone
    episodes, solved = sum(site.episodes for site in several), sum(site.solved for site in several)
    rate = solved / episodes if episodes else 0.0
    return *alone, Rate(
        name="several", episodes=episodes, solved=solved, success_rate=rate, interval=wilson(solved, episodes)
    )


class EvaluateResult(BaseModel):
    """One agent on the held-out seeds and held-out tasks of a round."""

    stage: ClassVar[str] = "evaluate"
    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    round: int
    role: Role
    agent: AgentInfo
    inputs: str = Field(
        description="digest of agent, benchmark, tasks, seeds and limits; equal inputs give equal episodes"
    )
    splits: dict[SplitName, SplitResult]
    doubtful: dict[str, str] = Field(
        default_factory=dict, description="tasks that count although they have a known flaw, with the flaw"
    )
    published: dict[str, dict[str, float]] = Field(
        default_factory=dict,
        description="rates that others reported on the benchmark, by source, then by site, or `all`",
    )
    published_on: str = Field("", description="what those rates were measured on, as far as it differs")
    table: str = Field(description="key of the table of episodes, one row for each")
    table_digest: str
    reused: str = Field("", description="key of the earlier result that this one repeats; empty if it was played now")
    seconds: float = Field(description="wall-clock time of playing; 0 when reused")

    @property
    def complete(self) -> bool:
        """Whether every planned episode counts; where not, `outcomes` says how many do not, and how they ended."""
        return all(Outcome(outcome).counts for split in self.splits.values() for outcome in split.outcomes)
