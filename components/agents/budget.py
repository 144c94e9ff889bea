"""What an agent may spend in tokens and money, and what it has spent."""

from __future__ import annotations

from dataclasses import dataclass, field

from components.trajectories.schema import Cost


class BudgetError(Exception):
    """The budget is spent. The run stops cleanly; what is stored stays, and a larger budget goes on from there."""


@dataclass(kw_only=True)
class Budget:
    """Limits of one agent in one process; None is no limit. Not charged for by wall-clock or by retries that failed.

    Attributes:
        usd_per_million_prompt, usd_per_million_completion: prices of the endpoint.
    """

    tokens: int | None = None
    usd: float | None = None
    usd_per_million_prompt: float = 0.0
    usd_per_million_completion: float = 0.0
    spent: Cost = field(default_factory=Cost)

    def charge(self, *, prompt_tokens: int, completion_tokens: int) -> Cost:
        """Adds one answered request and gives its cost."""
        usd = (
            prompt_tokens * self.usd_per_million_prompt + completion_tokens * self.usd_per_million_completion
        ) / 1_000_000
        cost = Cost(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens, usd=usd)
        self.add(cost)
        return cost

    def add(self, cost: Cost) -> None:
        """Counts what was spent elsewhere, such as before this process was killed and started again."""
        self.spent += cost

    def check(self) -> None:
        """Called before every request, so a budget is overspent by at most the requests then under way.

        Raises:
            BudgetError: a limit is reached; the message says which.
        """
        tokens = self.spent.prompt_tokens + self.spent.completion_tokens
        if self.tokens is not None and tokens >= self.tokens:
            raise BudgetError(f"the budget of {self.tokens} tokens is spent ({tokens} used)")
        if self.usd is not None and self.spent.usd >= self.usd:
            raise BudgetError(f"the budget of {self.usd:g} US dollars is spent ({self.spent.usd:.4f} used)")
