"""Derives `components/privacy/medical.txt`, the stems of words that name illnesses.

`pip install simple-icd-10-cm wordfreq`, then `python -m bench.privacy.medical`. From simple-icd-10-cm 1.5.0 (MIT) comes
the text of ICD-10-CM, a work of the United States' government and in the public domain; wordfreq 3.1.1 says how often a
word is used in four languages, and decides only which words are left out.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from xml.etree import ElementTree

from components.files import write_whole
from components.privacy.medicine import STEMS, folded, stem

DISEASES = range(1, 18)
"""Chapters that are used; later ones (signs, injuries and their causes) use everyday words."""
LANGUAGES = ("en", "de", "fr", "es")
RARE, NAMED = 2.2, 3.5
"""How often in a billion words, as a power of ten, a physician's word is used at most; one that ends like illnesses."""
ELSEWHERE = 2.6
"""From here on a word of another language that has the same stem keeps it out."""
_ILLNESS = re.compile(
    r"(?:itis|osis|oses|iasis|[ae]emia|emia|algia|pathy|oma|plegia|penia|rrh[eo]+a|uria|phobia"
    r"|trophy|plasia|sclerosis|stenosis"
    r"|asthenia|phagia|pnea|lysis|epsy|ectomy|cele|ectasis|somnia|kinesia|lepsy|edema|phrenia|thymia|thyroidism|rhythmia|lithiasis"
    r"|spasm|ptosis|cytosis|dystonia|lipid[ae]?emia)$"
)
COMMON = """
asthma diabetes epilepsy hepatitis leukemia lymphoma migraine schizophrenia bipolar autism anorexia bulimia
arthritis psoriasis glaucoma cataract bronchitis pneumonia tuberculosis syphilis chemotherapy dialysis alzheimer
parkinson dementia insulin carcinoma melanoma thrombosis embolism endometriosis fibromyalgia lupus herpes gonorrhea
chlamydia eczema rheumatism osteoporosis anemia hypertension hypotension cirrhosis gastritis colitis infertility
menopause hemophilia thalassemia sarcoidosis scoliosis meningitis encephalitis appendicitis diphtheria pertussis
rubella measles psychosis neurosis paranoia insomnia narcolepsy tinnitus vertigo angina arrhythmia infarction
aneurysm stenosis hypothyroidism hyperthyroidism fibrillation cardiomyopathy neuropathy retinopathy nephropathy
vitiligo rosacea hemorrhoids pancreatitis scleroderma lymphedema cholecystitis diverticulitis prostatitis cystitis
tonsillitis sinusitis otitis rhinitis conjunctivitis dermatitis urticaria cellulitis tendinitis bursitis spondylosis
delirium catatonia neuralgia myasthenia dystonia hyperlipidemia dyslipidemia hypercholesterolemia toxoplasmosis
candidiasis hydrocephalus obesity osteoarthritis carcinomatosis lymphoedema gastroenteritis nephritis pyelonephritis
peritonitis pharyngitis
"""
"""Illnesses of which everybody speaks."""


def main() -> None:
    from wordfreq import top_n_list, zipf_frequency  # type: ignore[import-not-found]

    used = {language: _used(top_n_list(language, 100_000), language, zipf_frequency) for language in LANGUAGES}
    everywhere = set().union(*used.values())
    words = set()
    for word in _words():
        often = zipf_frequency(word, "en")
        if often < NAMED and _ILLNESS.search(word):
            words.add(stem(folded(word)))
        elif often < RARE:
            words |= {stem(folded(word))} - everywhere
    stems = sorted({each for each in words - used["en"] | {stem(folded(word)) for word in COMMON.split()} if each})
    write_whole(STEMS, textwrap.fill(" ".join(stems), 120) + "\n")


def _used(words: Iterable[str], language: str, often: Callable[[str, str], float]) -> set[str]:
    return {stem(folded(word)) for word in words if often(word, language) >= ELSEWHERE and not _ILLNESS.search(word)}


def _words() -> Iterator[str]:
    text = files("simple_icd_10_cm").joinpath("data", "icd10c-tabular-April-1-2026.xml").read_text()
    for chapter in ElementTree.fromstring(text).iter("chapter"):
        if int(chapter.findtext("name") or 0) in DISEASES:
            for description in chapter.iter("desc"):
                yield from (word.lower() for word in re.findall("[A-Za-z]{6,}", description.text or ""))


if __name__ == "__main__":
    main()
