"""One episode as one HTML file that is read offline; what a page or a model wrote is quoted and cannot run."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from components.drawing.page import content_policy, environment, style_sheet
from components.trajectories.schema import Episode


def render(episode: Episode, pictures: Mapping[int, bytes]) -> str:
    """The page.

    Args:
        pictures: PNG of the page before each step, by the step's index, where one was kept.
    """
    from markupsafe import Markup

    style = style_sheet() + "img{max-width:100%}\npre{white-space:pre-wrap}\n"
    return (
        environment("pipelines")
        .get_template("episode.html")
        .render(
            episode=episode,
            pictures=pictures,
            picture=lambda png: f"data:image/png;base64,{base64.b64encode(png).decode()}",
            policy=content_policy(style, ""),
            style=Markup(style),
        )
    )
