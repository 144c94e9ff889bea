"""The 130 tasks of MiniWoB++: those that text, click, type, select and press can solve, and why the others are out.

Templates hold the literal words of the intent with variables in braces; several wordings of one task are separated
by ` | `. A template without literal words (`{request}`) stands for intents in free language. Families group one skill
and never share a template with another family, so that a whole family can be held out.
"""

from __future__ import annotations

from components.benchmarks.base import Task

_DATE = "Select {date} as the date and hit submit."
_CHOICE = "Select {items} and click Submit."
_TAB_LINK = 'Switch between the tabs to find and click on the link "{name}".'
_SECTION_LINK = 'Expand the sections below, to find and click on the link "{name}".'
_TEXT = 'Enter "{text}" into the text field and press Submit.'
_LOGIN = 'Enter the username "{user}" and the password "{password}" into the text fields and press login.'
_FLIGHT = "Book the {order} one-way flight from: {origin} to: {destination} on {date}."
_FORWARD = "Find the email by {sender} and forward that email to {receiver}."
_REPLY = 'Find the email by {sender} and reply to them with the text "{text}".'
_STAR = "Find the email by {sender} and click the star icon to mark it as important."
_TRASH = "Find the email by {sender} and click the trash icon to delete it."
_POSTS = (
    'Click the "{name}" button on {count} posts by {user} and then click Submit. | '
    'Click the "{name}" button on 1 post by {user} and then click Submit.'
)
_MOVIES = "Search for {genre} movies directed by {director} from year {year}."
_COMPLETE = (
    'Enter an item that starts with "{start}". | Enter an item that starts with "{start}" and ends with "{end}".'
)

# family: (task, template, steps allowed)
_FAMILIES: dict[str, tuple[tuple[str, str, int], ...]] = {
    "button": (
        ("click-button", 'Click on the "{name}" button.', 4),
        ("unicode-test", 'Click on the "{name}" button.', 4),
        ("click-test", "Click the button.", 4),
        ("click-test-2", "Click button ONE.", 4),
        ("click-test-transfer", "Click button ONE.", 4),
        ("click-button-sequence", "Click button ONE, then click button TWO.", 6),
    ),
    "link": (("click-link", 'Click on the link "{name}".', 4),),
    "dialog": (
        ("click-dialog", 'Close the dialog box by clicking the "x".', 4),
        ("click-dialog-2", 'Click the button in the dialog box labeled "{name}".', 4),
    ),
    "tab": (
        ("click-tab", "Click on Tab #{number}.", 4),
        ("click-tab-2-easy", _TAB_LINK, 8),
        ("click-tab-2-medium", _TAB_LINK, 8),
        ("click-tab-2", _TAB_LINK, 8),
        ("click-tab-2-hard", _TAB_LINK, 14),
    ),
    "section": (
        ("click-collapsible-nodelay", "Expand the section below and click submit.", 6),
        ("click-collapsible", "Expand the section below and click submit.", 6),
        ("click-collapsible-2-nodelay", _SECTION_LINK, 16),
        ("click-collapsible-2", _SECTION_LINK, 16),
    ),
    "widget": (("click-widget", 'Click on a "{kind}" widget.', 4),),
    "choice": (
        ("click-option", _CHOICE, 6),
        ("click-checkboxes", _CHOICE, 12),
        ("click-checkboxes-transfer", _CHOICE, 12),
        ("click-checkboxes-large", _CHOICE, 20),
    ),
    "synonym": (("click-checkboxes-soft", "Select words similar to {words} and click Submit.", 12),),
    "list": (
        ("choose-list", "Select {item} from the list and click Submit.", 6),
        ("click-scroll-list", "Select {items} from the scroll list and click Submit.", 10),
    ),
    "focus": (
        ("focus-text", "Focus into the textbox.", 4),
        ("focus-text-2", "Focus into the {ordinal} input textbox.", 4),
    ),
    "text-entry": (
        ("enter-text", _TEXT, 6),
        ("enter-text-dynamic", _TEXT, 6),
        ("enter-text-2", 'Type "{text}" in all {case} case letters in the text input and press Submit.', 6),
    ),
    "date-time-entry": (
        ("enter-date", "Enter {date} as the date and hit submit.", 8),
        ("enter-time", "Enter {time} as the time and press submit.", 8),
    ),
    "login": (
        ("enter-password", 'Enter the password "{password}" into both text fields and press submit.', 8),
        ("login-user", _LOGIN, 8),
        ("login-user-popup", _LOGIN, 12),
    ),
    "copy": (
        ("copy-paste", "Copy the text in the textarea below, paste it into the textbox and press Submit.", 8),
        (
            "copy-paste-2",
            "Copy the text from the {ordinal} text area below and paste it into the text input, then press Submit.",
            8,
        ),
        ("find-word", 'Find the {ordinal} word in the paragraph, type that into the textbox and press "Submit".', 8),
        ("scroll-text", "Find the last word in the text area, enter it into the text field and hit Submit.", 8),
        ("text-transform", "Type the text below into the text field and press Submit.", 8),
    ),
    "agreement": (
        (
            "sign-agreement",
            "Click the cancel button. | Scroll to the bottom of the textarea, enter the name "
            '"{name}" then press "{button}"',
            10,
        ),
    ),
    "scroll": (("scroll-text-2", "Scroll the textarea to the {end} of the text hit submit.", 8),),
    "search": (
        (
            "search-engine",
            'Use the textbox to enter "{text}" and press "Search", then find and click the {ordinal} search result.',
            12,
        ),
    ),
    "autocomplete": (
        ("use-autocomplete-nodelay", _COMPLETE, 10),
        ("use-autocomplete", _COMPLETE, 10),
    ),
    "menu": (
        ("click-menu", "Select {path}", 10),
        (
            "click-menu-2",
            'Click the "Menu" button, and then find and click on the item labeled "{name}". | '
            'Click the "Menu" button, and then find and click on the item with the icon.',
            10,
        ),
    ),
    "pie-menu": (
        ("click-pie-nodelay", 'Expand the pie menu below and click on the item labeled "{name}".', 8),
        ("click-pie", 'Expand the pie menu below and click on the item labeled "{name}".', 8),
    ),
    "date-picker": (
        ("choose-date-easy", _DATE, 8),
        ("choose-date-medium", _DATE, 10),
        ("choose-date-nodelay", _DATE, 20),
        ("choose-date", _DATE, 20),
    ),
    "number-widget": (
        ("use-spinner", "Select {number} with the spinner and hit Submit.", 16),
        ("use-slider", "Select {number} with the slider and hit Submit.", 40),
        ("use-slider-2", "Set the sliders to the combination [{numbers}] and submit.", 50),
        ("form-sequence", "Select {number} with the slider, click the {ordinal} checkbox, then hit Submit.", 30),
    ),
    "form": (
        (
            "form-sequence-2",
            'Check the {ordinal} radio button and enter the number "{number}" into the {place} textbox.',
            8,
        ),
        ("form-sequence-3", 'Choose {item} from the dropdown, then click the button labeled "{name}".', 8),
        ("multi-layouts", _MOVIES, 10),
        ("multi-orderings", _MOVIES, 10),
    ),
    "email": (
        ("email-inbox-delete", _TRASH, 8),
        ("email-inbox-important", _STAR, 8),
        ("email-inbox-reply", _REPLY, 10),
        ("email-inbox-forward", _FORWARD, 10),
        ("email-inbox-star-reply", f"{_REPLY} | {_STAR}", 10),
        ("email-inbox-noscroll", f"{_FORWARD} | {_REPLY} | {_STAR} | {_TRASH}", 10),
        ("email-inbox", f"{_FORWARD} | {_REPLY} | {_STAR} | {_TRASH}", 10),
        ("email-inbox-forward-nl", "{request}", 10),
        ("email-inbox-forward-nl-turk", "{request}", 10),
        ("email-inbox-nl-turk", "{request}", 10),
    ),
    "social-media": (
        ("social-media", 'For the user {user}, click on the "{name}" button.', 6),
        ("social-media-all", 'Click the "{name}" button on all posts by {user} and then click Submit.', 20),
        ("social-media-some", _POSTS, 16),
    ),
    "tree": (
        (
            "navigate-tree",
            'Navigate through the file tree. Find and click on the folder or file named "{name}".',
            14,
        ),
    ),
    "table": (
        ("read-table", "Enter the value of {label} into the text field and press Submit.", 8),
        ("read-table-2", "Enter the value that corresponds with each label into the form and submit when done.", 10),
    ),
    "contact": (("phone-book", "Find {name} in the contact book and click on their {field}.", 16),),
    "arithmetic": (
        (
            "simple-arithmetic",
            "Solve the math problem and type your answer into the textbox. Press submit when done.",
            6,
        ),
        ("simple-algebra", "Solve for x and type your answer into the textbox. Press Submit when done.", 6),
    ),
    "parity": (("odd-or-even", "Mark the numbers below as odd or even and press submit when done.", 14),),
    "order": (("ascending-numbers", "Click on the numbers in ascending order.", 10),),
    "compare": (
        ("buy-ticket", "Buy the ticket with the {order}.", 6),
        ("find-greatest", "Find and pick the card with the greatest number, then press submit.", 12),
    ),
    "number-search": (
        (
            "generate-number",
            "Generate a number {relation} {number}, then press submit. | "
            "Generate an {parity} number, then press submit.",
            20,
        ),
        (
            "guess-number",
            "Guess the number between {low}-{high} and press Submit. Use the feedback below to find the right number.",
            24,
        ),
    ),
    "shop": (
        ("order-food", "Order one of each item: {items} | Order {count} items that are {kind}", 20),
        ("book-flight-nodelay", _FLIGHT, 30),
        ("book-flight", _FLIGHT, 30),
    ),
    "game": (("tic-tac-toe", "Playing as 'X', win a game of tic-tac-toe.", 10),),
    "terminal": (
        (
            "terminal",
            "Use the terminal below to delete a file that has no file extension. | "
            "Use the terminal below to delete a file ending with the extension {extension}",
            12,
        ),
    ),
    "text-editor": (
        (
            "text-editor",
            "Using the text editor, give everything the style {style} and press Submit. | "
            "Using the text editor, give the text {word} the style {style} and press Submit. | "
            "Using the text editor, make everything the color {color} and press Submit. | "
            "Using the text editor, give the text {word} the color {color} and press Submit.",
            24,
        ),
    ),
}

_DRAG = "needs dragging with the mouse"
_DRAW = "needs drawing or clicking at a place that only the picture shows"
_LOOK = "needs to see colours, shapes or pictures that the text does not hold"
_TIME = "moves with the wall clock, so that a seed does not give the same episode"
_HOVER = "needs the mouse to follow or rest on something moving"

EXCLUDED: dict[str, str] = {
    **dict.fromkeys(
        (
            "drag-box",
            "drag-circle",
            "drag-cube",
            "drag-items",
            "drag-items-grid",
            "drag-shapes",
            "drag-shapes-2",
            "drag-single-shape",
            "drag-sort-numbers",
            "resize-textarea",
            "daily-calendar",
            "highlight-text",
            "highlight-text-2",
        ),
        _DRAG,
    ),
    **dict.fromkeys(
        (
            "bisect-angle",
            "circle-center",
            "draw-circle",
            "draw-line",
            "find-midpoint",
            "right-angle",
            "grid-coordinate",
            "hot-cold",
        ),
        _DRAW,
    ),
    **dict.fromkeys(
        (
            "click-color",
            "click-shades",
            "click-shape",
            "count-shape",
            "count-sides",
            "identify-shape",
            "number-checkboxes",
            "simon-says",
            "use-colorwheel-2",
            "visual-addition",
        ),
        _LOOK,
    ),
    **dict.fromkeys(("button-delay", "stock-market"), _TIME),
    **dict.fromkeys(("chase-circle", "hover-shape", "moving-items"), _HOVER),
    "use-colorwheel": "rewards every answer",
}

TASKS: dict[str, Task] = {
    task_id: Task(benchmark="miniwob", task_id=task_id, family=family, template=template, max_steps=steps)
    for family, rows in _FAMILIES.items()
    for task_id, template, steps in rows
}
