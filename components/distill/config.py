"""How the student is trained; part of the recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.models.devices import Precision
from components.models.prompting import Reads


class DistillConfig(BaseModel):
    """The budget is in steps, not seconds, so that the same inputs give the same student on a slow day too."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    student: str = Field(
        "base",
        description="model that training starts from: base (shipped), a folder, a digest, models:/name@alias, hf:name",
    )
    continue_from: Literal["champion", "latest", "nothing"] = Field(
        "champion",
        description="model that later rounds start from: the champion, or the last round's student, promoted or not, "
        "if there is one; nothing: every round starts from `student`. The paper does not say which it does",
    )
    steps: int = Field(600, ge=1, description="optimizer steps")
    epochs: int = Field(0, ge=0, description="passes over the examples, instead of `steps`; 0: use `steps`")
    batch: int = Field(32, ge=1, description="examples per optimizer step")
    accumulate: int = Field(1, ge=1, description="parts that a batch is split into to save memory; must divide batch")
    optimizer: Literal["adamw", "muon"] = Field(
        "adamw", description="adamw for all weights; or muon for the layers' matrices, at a third of the learning rate"
    )
    learning_rate: float = Field(1e-3, gt=0, description="peak learning rate (of AdamW)")
    warmup: int = Field(
        20, ge=0, description="steps of linear warm-up; afterwards a cosine decays to a tenth of the peak"
    )
    weight_decay: float = Field(0.01, ge=0, description="weight decay of the optimizer, relative to the learning rate")
    clip: float = Field(1.0, gt=0, description="maximum norm of the gradient")
    reason_weight: float = Field(
        0.2,
        ge=0,
        description='weight (lambda_r) of the task "reason, then action" relative to the task "action"; 0: actions '
        "only",
    )
    reason_share: float = Field(
        0.15,
        ge=0,
        le=1,
        description="share of the reason-then-action examples used in each epoch, drawn anew each time",
    )
    variants: int = Field(
        8,
        ge=0,
        description="augmented copies of each example, with other element references and other names (see variants.py)",
    )
    rehearse: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="share of training examples that are errands on made-up pages, the shipped base's own lessons; "
        "limits forgetting on tasks that are not practised",
    )
    rounds: Literal["all", "this"] = Field(
        "all", description="rounds whose examples are used: all so far, or only this one"
    )
    context: int = Field(1024, ge=32, description="maximum length of prompt and completion together, in tokens")
    longest_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="largest share of examples that may be cut to fit the context, or left out because they do not "
        "fit even without the page",
    )
    reads: tuple[Reads, ...] = Field(
        (),
        description="what the student reads besides goal, last action and page, in training and wherever it acts: "
        "heading (title and address of the page), notes (what was written down before), notice (what the benchmark "
        "adds to the goal, such as the form of the answer)",
    )
    template: Literal["plain", "chat"] = Field(
        "plain", description="plain: the prompt as it is; chat: as a user message in the tokenizer's chat template"
    )
    packed: bool = Field(
        False,
        description="pack several examples into one row without padding; none attends to another. Faster on a GPU, "
        "slower on a CPU; refused for students whose layers carry a state from token to token",
    )
    precision: Precision = Field(
        "bf16", description="precision of matrix products; a CPU without bf16 instructions uses fp32 anyway"
    )
    states: Literal["fp32", "bf16"] = Field(
        "fp32",
        description="precision of weights and optimizer state; bf16 halves the memory, but loses updates smaller than "
        "1/256 of a weight",
    )
    lora_rank: int = Field(
        0,
        ge=0,
        description="rank of low-rank adapters on the layers' matrices (LoRA), merged at the end; 0: train all weights",
    )
    gradient_checkpointing: bool = Field(False, description="recompute activations to save memory; for large students")
    compile: bool = Field(
        False,
        description="compile the layers on a GPU (torch.compile): faster after a first step of half a minute; needs a "
        "C compiler",
    )
    deterministic: bool = Field(
        False,
        description="give the same bytes each time on a GPU too (a CPU always does); slower, because gradients of the "
        "attention are summed in a fixed order",
    )
    threads: int = Field(0, ge=0, description="CPU threads; 0: torch's default. Another number gives other bytes")
    validation_share: float = Field(
        0.05, ge=0, lt=1, description="share of episodes (by task and seed) held out of training to measure the loss"
    )
    validation_examples: int = Field(128, ge=0, description="maximum number of held-out examples in each measurement")
    validate_every: int = Field(100, ge=1, description="steps between two measurements")
    checkpoint_every: int = Field(100, ge=1, description="steps between two checkpoints")
    checkpoint_minutes: float = Field(
        15,
        ge=0,
        description="minutes after which a checkpoint is also written, for large students on machines that may be "
        "taken away; 0: only by steps",
    )
    checkpoints_kept: int = Field(2, ge=1, description="number of newest checkpoints that are kept")
