"""What preflight checks: the parts of a recipe and a place that can be wrong before anything expensive has begun."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from components.agents.config import AgentConfig, ChatConfig
from components.benchmarks.config import TasksConfig
from components.browser.settings import BrowserSettings
from components.trajectories.embeddings import EmbeddingEndpoint


class PreflightConfig(BaseModel):
    """Put together from the other sections by the command line; a recipe has no section of this name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str = Field(description="digest of the recipe")
    recipe_text: str = Field("", description="the recipe itself as YAML, for whoever reads the report")
    tasks: TasksConfig = Field(description="what is played")
    teacher: AgentConfig = Field(description="who is learnt from")
    others: dict[str, AgentConfig] = Field(description="agents the student must not come from, asked by the audit")
    writers: dict[str, ChatConfig] = Field(description="models that judge and write, by their place in the recipe")
    embedding: EmbeddingEndpoint | None = Field(description="endpoint of the knowledge base's vectors")
    student: str = Field(description="reference of the model a run begins with")
    context: int = Field(description="tokens of prompt and completion the student is trained with")
    model_name: str = Field(description="registered model in MLflow whose champion is to beat")
    free_gb: float = Field(ge=0, description="disk space a round wants to begin with, in gigabytes")
    browser: BrowserSettings = Field(description="the browsers and pages played on")
    place: str = Field(description="name of the place, for the manifest")
    control: str = Field("", description="name of the run in which a random agent explores in the student's place")
