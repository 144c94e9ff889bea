"""Makes the forum's database and search index: `python -m components.benchmarks.forum.seed FOLDER`.

The same folder every time but for what Django salts (passwords). Everybody's password is the name, the wrong way round.
"""

from __future__ import annotations

import sys
from pathlib import Path

from components.benchmarks.forum.people import BEGAN, CATEGORIES, PEOPLE, PLACES, Thread, threads
from components.benchmarks.forum.settings import set_up


def main() -> None:
    data = Path(sys.argv[1])
    data.mkdir(parents=True, exist_ok=True)
    set_up(data)
    from django.core.management import call_command
    from django.db import transaction
    from djconfig.models import Config

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        Config.objects.create(key="topics_per_page", value="10")
        _people()
        _categories()
        for thread in threads():
            _topic(thread)
    call_command("rebuild_index", interactive=False, verbosity=0)


def _people() -> None:
    from django.contrib.auth import get_user_model

    for number, name in enumerate(PEOPLE):
        user = get_user_model().objects.create_user(username=name, email=f"{name}@forum.invalid", password=name[::-1])
        user.date_joined = BEGAN
        user.save()
        user.st.is_verified, user.st.nickname = True, name
        user.st.location = PLACES[number % len(PLACES)]
        user.st.save()
        type(user.st).objects.filter(pk=user.st.pk).update(last_seen=BEGAN)


def _categories() -> None:
    from spirit.category.models import Category

    for title, subjects in CATEGORIES.items():
        Category.objects.create(title=title, description=f"{', '.join(subjects[:3])} and more".capitalize())


def _topic(thread: Thread) -> None:
    """A topic and its posts, with the counts that Spirit keeps beside them."""
    from django.contrib.auth import get_user_model
    from spirit.category.models import Category
    from spirit.comment.models import Comment
    from spirit.topic.models import Topic

    users = get_user_model().objects.in_bulk(field_name="username")
    topic = Topic.objects.create(
        title=thread.title,
        user=users[thread.posts[0].author],
        category=Category.objects.get(title=thread.category),
        date=thread.posts[0].date,
        last_active=thread.posts[-1].date,
        comment_count=len(thread.posts),
    )
    for post in thread.posts:
        Comment.objects.create(
            topic=topic,
            user=users[post.author],
            comment=post.text,
            comment_html=f"<p>{post.text}</p>",
            date=post.date,
        )


if __name__ == "__main__":
    main()
