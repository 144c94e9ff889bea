"""What documents and settings have in the place of a secret: `your-api-key-here`, `${DB_PASSWORD}`, `changeme`."""

from __future__ import annotations

import re

_WHOSE = r"(?:your|my|our|the|dein\w{0,2}|ihr\w{0,2}|mein\w{0,2}|tu|su|mi|vuestr[oa]|votre|ton|ta|mon|ma|notre)"
_WHAT = (
    r"(?:pass\w{0,8}|pwd|pw|pin|key|token|secret|api|client|access|credentials?|value|code|passwor[td]|kennwort|schl(?:ü|ue)ssel"
    r"|geheim\w{0,8}|clave|contrase(?:ñ|n)a|secreto|mot|mdp|jeton|cl(?:é|e)|bot|auth)"
)
_STANDS_FOR = re.compile(
    rf"(?:[\w.-]{{0,20}}?[\W_])?{_WHOSE}[\W_]+(?:[\w]{{1,12}}[\W_]+){{0,2}}?{_WHAT}(?:[\W_].{{0,40}})?"
    r"|(?:change|replace|update|edit|set|fill|insert|enter|put|add|paste)[\W_]?(?:me|this|it|in|here|your)(?:[\W_].{0,60})?"
    r"|(?:insert|enter|put|paste|replace|generate|poner?|pega|pon|inserta|escribe|cambia|mettre|mettez|collez|remplacer|hier|einf(?:ü|ue)gen)"
    r"[\W_].{0,60}|.{0,60}[\W_](?:here|hier|aqu(?:í|i)|ici|goes[\W_]here)"
    r"|(?:bitte[\W_]?)?(?:ändern|aendern|(?:ä|ae)ndere[\W_]?mich)|c(?:á|a)mbiame|cambiar|(?:à|a)[\W_]?changer|changez[\W_]?moi"
    r"|(?:some|any|a|an|my|the|new|old|test|dummy|fake|sample|example|default)[\W_]?"
    r"(?:password|passwd|passphrase|passwort|kennwort|contrase(?:ñ|n)a|secret|token)|placeholder|example|sample|dummy"
    r"|todo|tbd|null|none|nil|undefined|true|false|string|str|bool|varchar.{0,10}|text|required|optional|empty|redacted|hidden"
    r"|x{3,}|\.{3,}|…|\*{3,}|-{3,}|_{3,}|\?{3,}|[<\[({\\=].{0,80}|\$.{1,80}|%\w{2,40}%|.{0,3}\{\{.{0,80}"
    r"|(?:os|process|env|req|request|secrets?|vars?|self|this|config|settings|ctx|params|args|form|event|data|user|vault|import)"
    r"\.\w.{0,80}|(?:getenv|env|input|getpass|prompt|hash|encrypt|decode|str|require|bcrypt)\w{0,12}[(\[].{0,80}",
    re.IGNORECASE,
)


def is_placeholder(value: str) -> bool:
    """Whether a value only says what belongs in its place, or where a program takes it from."""
    return _STANDS_FOR.fullmatch(value.strip("\"'`“”„«».,; ")) is not None
