"""What a recipe or place may say about browsers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """A cookie that a context begins with, such as of a log-in; `url` is the site that it is sent to."""

    name: str
    value: str = field(repr=False)
    url: str
    http_only: bool = True


class View(BaseModel):
    """Browser settings that a benchmark sets itself, so that agents see the same in every place. Unset: the place's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int | None = Field(None, ge=200, le=4000, description="width of the viewport in CSS pixels")
    height: int | None = Field(None, ge=200, le=4000, description="height of the viewport in CSS pixels")
    budget_tokens: int | None = Field(
        None, ge=50, description="maximum length of an observation's text in tokens (characters / 4)"
    )
    locale: str | None = Field(None, description="language and region that pages are requested in, such as de-CH")
    tabs: int | None = Field(None, ge=1, le=20, description="maximum number of open tabs; 1: new windows are closed")
    record_network: bool | None = Field(None, description="record requests and responses, for checks that read them")
    record_bodies: tuple[str, ...] | None = Field(
        None, description="media types of responses whose content is recorded"
    )
    record_cookies: tuple[str, ...] | None = Field(
        None, description="names of cookies whose values are recorded, because they are not secret"
    )

    def over(self, settings: BrowserSettings) -> BrowserSettings:
        """The place's settings with these over them."""
        return settings.model_copy(update=self.model_dump(exclude_none=True))


class BrowserSettings(BaseModel):
    """Settings of a browser pool. Times in seconds unless the name says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    executable: str = Field("", description="path or name of a Chromium; empty: the first one found")
    pages: int = Field(8, ge=1, le=256, description="number of pages open at once; each takes 20 to 60 MB of memory")
    width: int = Field(1280, ge=200, le=4000, description="width of the viewport in CSS pixels")
    height: int = Field(720, ge=200, le=4000, description="height of the viewport in CSS pixels")
    budget_tokens: int = Field(
        4000, ge=50, description="maximum length of an observation's text in tokens (characters / 4)"
    )
    locale: str = Field("en-US", description="language and region that pages are requested in, such as de-CH")
    tabs: int = Field(1, ge=1, le=20, description="maximum number of open tabs; 1: new windows are closed")
    record_network: bool = Field(False, description="record all requests and responses with their content (HAR)")
    record_bodies: tuple[str, ...] = Field((), description="media types whose content is recorded; empty: all")
    record_cookies: tuple[str, ...] = Field(
        (), description="names of cookies whose values are recorded; the values of others are left out"
    )
    screenshots: bool = Field(False, description="store a screenshot of each step; costs 10 to 30 ms per step")
    dialogs: Literal["accept", "dismiss"] = Field("accept", description="how alert, confirm and prompt are answered")
    quiet_ms: float = Field(
        5, ge=0, le=1000, description="milliseconds to wait after activity whose end cannot be seen"
    )
    quiet_cap_ms: float = Field(
        1000, ge=0, le=60000, description="maximum wait for a page to become quiet, in milliseconds"
    )
    navigation_seconds: float = Field(40, gt=0, description="maximum wait for a page to load, in seconds")
    hang_seconds: float = Field(20, gt=0, description="a page that does not respond for so many seconds is given up")
    lease_seconds: float = Field(
        300, gt=0, description="a page that its owner has not used for so many seconds is taken back"
    )
