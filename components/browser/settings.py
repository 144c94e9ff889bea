"""What a recipe or place may say about browsers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """What a context begins with, such as a log-in; `url` is of the site it is sent to."""

    name: str
    value: str = field(repr=False)
    url: str
    http_only: bool = True


class View(BaseModel):
    """How a benchmark's pages are looked at, where it says so itself: then every place shows an agent the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int | None = Field(None, ge=200, le=4000, description="width of the viewport in CSS pixels")
    height: int | None = Field(None, ge=200, le=4000, description="height of the viewport in CSS pixels")
    budget_tokens: int | None = Field(None, ge=50, description="most tokens of an observation's text (characters / 4)")
    locale: str | None = Field(None, description="language and region that pages are asked in, such as de-CH")
    tabs: int | None = Field(None, ge=1, le=20, description="most tabs of an episode; with 1 every window is closed")
    record_network: bool | None = Field(None, description="keep what was asked and answered, where checks need it")
    record_bodies: tuple[str, ...] | None = Field(None, description="media types of the answers whose content is kept")
    record_cookies: tuple[str, ...] | None = Field(None, description="names of cookies that are no secrets")

    def over(self, settings: BrowserSettings) -> BrowserSettings:
        """The place's settings with what is said here."""
        return settings.model_copy(update=self.model_dump(exclude_none=True))


class BrowserSettings(BaseModel):
    """Settings of a browser pool. Times in seconds unless the name says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    executable: str = Field("", description="path or name of a Chromium; empty: the first one that is installed")
    pages: int = Field(8, ge=1, le=256, description="pages open at once; each takes 20 to 60 MB")
    width: int = Field(1280, ge=200, le=4000, description="width of the viewport in CSS pixels")
    height: int = Field(720, ge=200, le=4000, description="height of the viewport in CSS pixels")
    budget_tokens: int = Field(4000, ge=50, description="most tokens of an observation's text (characters / 4)")
    locale: str = Field("en-US", description="language and region that pages are asked in, such as de-CH")
    tabs: int = Field(1, ge=1, le=20, description="most tabs of an episode; with 1 every window is closed")
    record_network: bool = Field(False, description="keep every request and response with its content (HAR)")
    record_bodies: tuple[str, ...] = Field((), description="media types whose content is kept; none: of every answer")
    record_cookies: tuple[str, ...] = Field((), description="names of cookies whose values are kept; others: none")
    screenshots: bool = Field(False, description="keep a screenshot of every step; costs 10 to 30 ms each")
    dialogs: Literal["accept", "dismiss"] = Field("accept", description="how alert, confirm and prompt are answered")
    quiet_ms: float = Field(5, ge=0, le=1000, description="how long to wait after what has no end that shows")
    quiet_cap_ms: float = Field(1000, ge=0, le=60000, description="longest wait for a page to become quiet")
    navigation_seconds: float = Field(40, gt=0, description="longest wait for a page to load")
    hang_seconds: float = Field(20, gt=0, description="a page that answers nothing for so long is given up")
    lease_seconds: float = Field(300, gt=0, description="a page that its owner does not use for so long is taken back")
