"""What a team counts as private, and which machines are its own; a part of a hybrid teacher's configuration."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from components.endpoints.gate import is_home
from components.privacy import listed


class DetectorModel(BaseModel):
    """A model of one's own behind the OpenAI protocol that says whether a text is private."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(description="the model's name at the endpoint")
    base_url: str = Field(description="address of the endpoint, on this machine or on one of `home`")
    api_key_env: str = Field("", description="environment variable with the API key; the key itself is never stored")
    timeout: float = Field(
        20.0, gt=0, description="time limit in seconds; a text without an answer by then counts as private"
    )
    max_tokens: int = Field(
        512, ge=1, description="maximum length of an answer in tokens; reasoning models need thousands"
    )


class Analyzer(BaseModel):
    """A detector of one's own behind the protocol of Presidio Analyzer: it says where in a text something private
    stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = Field(description="address of the analyzer, on this machine or on one of `home`")
    language: str = Field("en", description="language it is told a text is in; `symbiont serve-model` reads all alike")
    threshold: float = Field(0.5, gt=0, le=1, description="score from which on a place counts as private")
    doubt: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="what the rules find on a line without a place of at least this score has a name when it leaves, "
        "but does not keep the step at home; 0: the rules are never doubted; it needs an analyzer that tells low "
        "scores, as `symbiont serve-model` does",
    )
    timeout: float = Field(
        20.0, gt=0, description="time limit in seconds; a text without an answer by then counts as private"
    )

    @model_validator(mode="after")
    def _doubts_less_than_it_finds(self) -> Self:
        if self.doubt > self.threshold:
            raise ValueError(f"privacy.analyzer.doubt ({self.doubt:g}) is above its threshold ({self.threshold:g})")
        return self


class PrivacyConfig(BaseModel):
    """Detectors beside the rules, which are always there. What any of them finds is private."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    terms: tuple[str, ...] = Field((), description="your own words and names that are private wherever they appear")
    selectors: tuple[str, ...] = Field(
        (),
        description="lines of a page that are private, as the page's text shows them without references, such as "
        'textbox "Salary*"; * matches anything',
    )
    public: tuple[Annotated[str, AfterValidator(listed.check)], ...] = Field(
        (),
        description="addresses of the pages that may leave, such as https://shop.example/products/*; * matches "
        "anything; every other page stays at home, whatever is on it; none: each page may leave on which nothing "
        "private is found",
    )
    model: DetectorModel | None = Field(
        None, description="detector model of your own, asked in addition to the rules; unset: rules only"
    )
    analyzer: Analyzer | None = Field(
        None, description="detector of your own that says where something private stands, asked about every text too"
    )
    home: tuple[str, ...] = Field(
        (), description="hosts of your own network; this machine is always at home, all others are remote"
    )

    @model_validator(mode="after")
    def _asked_at_home(self) -> Self:
        for name, detector in (("model", self.model), ("analyzer", self.analyzer)):
            if detector is not None and not self.is_home(detector.base_url):
                raise ValueError(
                    f"privacy.{name} is asked about private pages, but {detector.base_url} is not at home: name its "
                    "host in privacy.home if it is yours"
                )
        return self

    def may_leave(self, url: str, text: str) -> bool:
        """Whether a page, with this text, is among those that may leave by their address."""
        return not self.public or listed.all_fit(self.public, url, text)

    def is_home(self, url: str) -> bool:
        """Whether an address is this machine's or one of `home`."""
        return is_home(urlsplit(url).hostname or "", self.home)
