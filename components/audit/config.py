"""Settings of an audit of models from elsewhere: endpoints, shadow and test. One YAML file; every key has a default."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from components.agents.config import ChatConfig
from components.audit.references import Named
from components.endpoints.config import Endpoint
from components.signatures.config import ShadowConfig
from components.verdicts.config import TestConfig


class AuditSettings(BaseModel):
    """One YAML file; every key has a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(0, ge=0, description="random seed of shadows and resampling")
    answer_tokens: int = Field(96, ge=1, description="maximum length of an answer, in the model's own tokens")
    probes_per_replicate: int = Field(16, ge=4, description="minimum number of probes in a replicate")
    endpoint: Endpoint = Field(default_factory=Endpoint, description="how all endpoints are asked")
    endpoints: dict[str, Endpoint] = Field(
        default_factory=dict, description="other settings for single endpoints, by address, such as https://host/v1"
    )
    shadow: ShadowConfig = Field(default_factory=lambda: ShadowConfig(), description="proxy model and its training")
    test: TestConfig = Field(default_factory=lambda: TestConfig(), description="the hypothesis test")

    def chat(self, named: Named) -> ChatConfig:
        """The client's configuration for an endpoint's reference."""
        url, model = named.endpoint
        settings = self.endpoints.get(url, self.endpoint)
        return ChatConfig(model=model, base_url=url, max_tokens=self.answer_tokens, **settings.model_dump())
