"""Words of illness: names of illnesses and medicines, labels of them, and words at which such a name ends."""

from __future__ import annotations

from components.privacy.words import listed, lists_of

LISTS = lists_of("health")
CONDITIONS = lists_of("conditions")
ILLNESS = LISTS["illness"] + CONDITIONS["illness"]
MEDICAL_LABEL = LISTS["label"] + CONDITIONS["label"]
TAILS = frozenset(
    listed("treatment, therapy, behandlung, therapie, traitement, tratamiento, terapia, surgery, operation, medication")
)
"""Words before an illness that belong to its name."""
STOPS = frozenset(
    listed("""
and, or, but, since, for, so, which, that, last, next, who, when, because, at, on, is, was, has, had, have, he
she, i, we, they, my, his, her, your, their, our, to
be, been, about, see, with, by, before, after, until, each, every, if, not, no, take, takes, taking, from, ready
start, told, can't, please, clinic, off, then, as, it, it's
und, oder, aber, seit, für, bei, mit, wegen, hat, haben, ist, war, ich, er, sie, wir, mein, meine, mein, sein
seine, ihr, ihre, dass, weil, wenn, als, am, im, auf, über, nach, vor, von, zu, nicht, wohl, doch, bekommt
nimmt, liegt, wurde, wird
et, ou, mais, depuis, pour, avec, qui, que, parce, est, ai, j'ai, je, il, elle, nous, mon, ma, mes, son, sa, ses
votre, vos, par, dans, sur, pas, prends, prend, avait, au, aux
y, o, pero, desde, para, con, que, es, tiene, tengo, mi, mis, su, sus, yo, él, ella, por, en, no, toma, tomo, está
""")
)
"""Words at which the name of an illness ends."""
