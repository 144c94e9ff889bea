"""Accounts to which everybody pays: how a body or a firm asks for it, and whose account it says it is."""

from __future__ import annotations

import re

from components.privacy.words import any_of

_HOLDER = re.compile(
    r"(?<!\w)(?:account holder|account name|kontoinhaber(?:in)?|empfänger|titular(?: de la cuenta)?"
    r"|titulaire(?: du compte)?|bénéficiaire|beneficiario)(?: is| ist| es| est)?:? (?:(?:the|der|die|das|la|el"
    r"|l['’]|le) ?)?(?:\w+ ){0,4}?" + any_of("holder") + r"(?!\w)"
)
"""Whose account it is, where that is a body."""
_CLUBS = re.compile(
    r"(?<!\w)(?:vereinskonto|spendenkonto|firmenkonto|gemeindekonto|klassenkonto|club(?:['’]s)? account|trust account"
    r"|cuenta del club|cuenta de la asociación|compte de l['’]association|compte du club|verwendungszweck"
    r"|quoting (?:your|the|ref)|using (?:the|your) reference|libellé du virement|communication structurée)(?!\w)"
)
"""Whose account it is, or what everybody must write on a payment to it."""
_FEE = re.compile(
    r"(?<!\w)(?:\w*beitr(?:ag|äge)\w*|\w*gebühr\w*|startgeld|kursgeld|rechnungsbetrag|miete|anzahlung|fees?"
    r"|subscriptions?|dues|rent|invoices?|council tax|membership|entry|tickets?|cotisations?|loyers?|factures?"
    r"|inscriptions?|adhésions?|cuotas?|facturas?|inscripci\w+|matrícula|tasas?|alquiler)(?!\w)"
)
_PAY = re.compile(
    r"(?<!\w)(?:überweis\w+|einzahl\w+|(?:please|kindly|can be|should be|must be|to be) (?:pay|paid|transfer\w*)"
    r"|pay(?:able)? (?:to|into|by)|transfer (?:to|into)|régler|verser|virer|virement|à régler|ingres(?:e|ar|o|en)"
    r"|transferir|transferencia|abon(?:e|ar|en))(?!\w)"
)
"""What everybody is asked for, and how it is to be paid."""
_PAID_BACK = re.compile(
    r"(?<!\w)(?:refund\w*|reimburs\w*|repay\w*|back|salary|wages|expenses|payout|deposit return|erstatt\w+"
    r"|rückzahl\w+|zurück\w*|gehalt|lohn"
    r"|auszahl\w+|auslagen|rembours\w+|salaire|paie|frais|reembols\w+|devoluci\w+|devolver|nómina|sueldo|gastos)(?!\w)"
)
_OUR_BANK = re.compile(
    r"(?<!\w)(?:our (?:bank|account)|unsere? (?:bank|konto)|nuestra cuenta|nuestros datos bancarios"
    r"|nos coordonnées bancaires|notre compte)"
)


def is_ours(lower: str, begins: int, at: int) -> bool:
    """Whether somebody who speaks for many says before a place that an account is theirs."""
    return _OUR_BANK.search(lower, begins, at) is not None


def is_a_bodys(lower: str, begins: int, ends: int) -> bool:
    """Whether a line names a body as the account's holder."""
    return _HOLDER.search(lower, begins, ends) is not None


def is_to_be_paid(lower: str, begins: int, ends: int) -> bool:
    """Whether a line tells everybody to pay to an account, and of nothing that is paid back."""
    is_fee = _FEE.search(lower, begins, ends) is not None and _PAY.search(lower, begins, ends) is not None
    told = is_fee or _CLUBS.search(lower, begins, ends) is not None
    return told and _PAID_BACK.search(lower, begins, ends) is None
