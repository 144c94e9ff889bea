"""Words that say whose an illness is, and words that say that it is no single person's."""

from __future__ import annotations

from components.privacy.ailments import CONDITIONS, LISTS
from components.privacy.words import listed

DIAGNOSED = LISTS["diagnosed"] + CONDITIONS["diagnosed"]
PATIENT = LISTS["patient"]
FIRST = listed("""
bei mir wurde, bei mir wurden, bei mir ist, bei mir hat man, mir wurde, me diagnosticaron, me han diagnosticado
on m'a diagnostiqué, on m'a trouvé, i was diagnosed with, i was told i have
m'a annoncé, m'ont annoncé, m'a diagnostiqué, vient de m'annoncer, vient de me découvrir, vient de me trouver
me dijeron que, me han dicho que, me han encontrado, me acaban de diagnosticar, told me i have, told me it's
soy, soy muy, nací con, i was born with, ich lebe mit, vivo con, je vis avec, i live with, my, i have, i've, i am
i'm, i take, i suffer, i was, mine, ich habe, ich hab, ich leide, ich nehme, ich bin, meine, meiner, meinem, meinen
mein, meines, j'ai, je suis, je souffre, je prends, mon, ma, tengo, padezco, sufro, tomo, estoy, mi, mis
""")
"""Words of the first person."""
MINE = listed("""
my, mein, meine, meiner, meinem, meinen, meines, mi, mis, mon, ma, mes
""")
"""Words that say that something is the speaker's."""
GENERAL = LISTS["general"]
