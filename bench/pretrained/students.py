"""An audit of real models: a student tuned on a teacher's answers, and one tuned on our answers to the same questions.

Both start from the same base and train for equally many steps. Which of them does the audit accuse, and at what
distance? The controls are the base, and a third student tuned on our answers to other questions.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.pretrained.questions import questions
from components.distill.config import DistillConfig
from components.distill.samples import Sample, Samples
from components.distill.student import train_student
from components.distill.task import Task
from components.files import write_whole
from components.models.prompting import load_prompting

LONGEST = 64
"""Tokens of an answer, of a student's and of the teacher's."""
AT_ONCE = 8


def examine(*, teacher: Path, base: Path, out: Path, steps: int, prompts: int) -> int:
    """Makes the students, or goes on with them, and has both of them audited; the status of the last audit."""
    pairs = questions(prompts, seed=1)
    lessons = {
        "learnt-from-teacher": list(zip([prompt for prompt, _ in pairs], answers(teacher, pairs, out), strict=True)),
        "learnt-from-references": pairs,
        "learnt-other-references": [pair for pair in questions(2 * prompts, seed=2) if pair not in pairs][:prompts],
    }
    students = {name: tuned(base, rows, out / name, steps=steps) for name, rows in lessons.items()}
    status = 0
    for name in ("learnt-from-teacher", "learnt-from-references"):
        suspect, control = students[name], students["learnt-other-references"]
        print(f"--- {name}", flush=True)
        command = [sys.executable, "-m", "pipelines.cli", "audit", "models", "--yes", "--out", str(out / "audits")]
        command += ["--teacher", f"teacher={teacher}", "--suspect", f"{name}={suspect}"]
        command += ["--base", f"base={base}", "--control", f"learnt-other-references={control}"]
        (out / "audit.yaml").write_text(f"answer_tokens: {LONGEST}\n")
        status = subprocess.run([*command, "--settings", str(out / "audit.yaml")]).returncode
    return status


def answers(teacher: Path, pairs: list[tuple[str, str]], out: Path) -> list[str]:
    """What the teacher answers, kept as it comes."""
    from components.models.generate import Ask, generate
    from components.models.weights import load_model

    file = out / "answers.json"
    known_answers: dict[str, str] = json.loads(file.read_text()) if file.is_file() else {}
    unanswered = [prompt for prompt, _ in pairs if prompt not in known_answers]
    if unanswered:
        out.mkdir(parents=True, exist_ok=True)
        prompting, model = load_prompting(teacher, template="chat"), load_model(teacher).eval()
        for at in range(0, len(unanswered), AT_ONCE):
            part = unanswered[at : at + AT_ONCE]
            completions = generate(
                model,
                [Ask(tokens=prompting.encode_prompt(prompt)) for prompt in part],
                pad=prompting.pad,
                end=prompting.tokenizer.eos_token_id,
                max_new_tokens=LONGEST,
            )
            known_answers |= {
                prompt: prompting.decode(completion.tokens)
                for prompt, completion in zip(part, completions, strict=True)
            }
            write_whole(file, json.dumps(known_answers, indent=1))
            print(f"teacher: {min(at + AT_ONCE, len(unanswered))} of {len(unanswered)} answers", flush=True)
    return [known_answers[prompt] for prompt, _ in pairs]


def tuned(base: Path, rows: list[tuple[str, str]], folder: Path, *, steps: int) -> Path:
    """A student of these answers: low-rank additions to the base, merged; made where it is missing."""
    prompting = load_prompting(base)
    config = DistillConfig(
        student=str(base), lora_rank=16, steps=steps, batch=8, learning_rate=2e-4, warmup=4, context=256
    )
    task = Task(config=config, base=base, scratch=folder, seed=1, copies=True, store="", prefix="")
    if not (task.student / "config.json").is_file():
        pairs = [
            (prompting.encode_prompt(prompt), prompting.encode_completion(f"\n{answer}")) for prompt, answer in rows
        ]
        samples = tuple(
            Sample(example_id=str(at), kind="action", tokens=tuple(prompt + end), start=len(prompt), weight=1.0)
            for at, (prompt, end) in enumerate(pairs)
        )
        data = Samples(train=samples, validation=(), cut=0, histogram={})
        print(f"training {folder.name}", flush=True)
        train_student(task, data, on_point=lambda point: print(f"  {point.step}: {point.train_loss}", flush=True))
    return task.student
