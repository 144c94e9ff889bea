"""What a distillation does: a part of the recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.models.devices import Precision
from components.models.prompting import Reads


class DistillConfig(BaseModel):
    """The budget is in steps, not seconds, so that the same inputs give the same student on a slow day too."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    student: str = Field(
        "base", description="what training starts from: base (shipped), a folder, a digest, models:/name@alias, hf:name"
    )
    continue_from: Literal["champion", "latest", "nothing"] = Field(
        "champion",
        description="go on from the champion or from the last round's student, promoted or not, where there is one; "
        "with nothing, every round starts from `student`. The paper does not say which it does",
    )
    steps: int = Field(600, ge=1, description="optimizer steps")
    epochs: int = Field(0, ge=0, description="passes over the examples, instead of steps; 0: steps")
    batch: int = Field(32, ge=1, description="examples per optimizer step")
    accumulate: int = Field(1, ge=1, description="parts a batch is computed in, to save memory; must divide batch")
    optimizer: Literal["adamw", "muon"] = Field(
        "adamw", description="AdamW for all weights, or Muon for the layers' matrices (at a third of the learning rate)"
    )
    learning_rate: float = Field(1e-3, gt=0, description="peak of AdamW's learning rate")
    warmup: int = Field(20, ge=0, description="steps to the peak; a cosine leads down to a tenth of it afterwards")
    weight_decay: float = Field(0.01, ge=0)
    clip: float = Field(1.0, gt=0, description="largest norm of the gradient")
    reason_weight: float = Field(
        0.2, ge=0, description="lambda_r: weight of the reason-then-action task beside the action task; 0 leaves it out"
    )
    reason_share: float = Field(
        0.15,
        ge=0,
        le=1,
        description="share of an epoch's reason-then-action examples that is visited, chosen anew each epoch",
    )
    variants: int = Field(
        8,
        ge=0,
        description="variants of each example beside itself, with other references and other names (see variants)",
    )
    rehearse: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="share of what is visited that are errands on made-up pages, which the shipped base learnt: it "
        "keeps what it can do by itself",
    )
    rounds: Literal["all", "this"] = Field(
        "all", description="whose examples are learnt: every round's so far, or this one's"
    )
    context: int = Field(1024, ge=32, description="longest prompt and completion together, in tokens")
    longest_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="largest share of examples whose page may be cut to fit the context, or that may be left out "
        "because they are too long without it, too",
    )
    reads: tuple[Reads, ...] = Field(
        (),
        description="what the student reads beside goal, last action and page: heading (the page's title and address), "
        "notes (what was written down before), notice (what the benchmark says beside the goal, such as the form of "
        "the answer); it is asked so wherever it acts",
    )
    template: Literal["plain", "chat"] = Field(
        "plain", description="the prompt as it is, or as a user's message in the tokenizer's chat template"
    )
    packed: bool = Field(
        False,
        description="join the examples of a part into one row without padding, none of which sees another; faster on a "
        "GPU, slower on a CPU, and refused for students whose layers carry a state from token to token",
    )
    precision: Precision = Field(
        "bf16", description="of the matrix products; a CPU without instructions for bf16 computes in fp32 all the same"
    )
    states: Literal["fp32", "bf16"] = Field(
        "fp32",
        description="of weights and the optimizer's moments; bf16 takes half the memory, and loses what changes a "
        "weight by less than 1/256",
    )
    lora_rank: int = Field(
        0, ge=0, description="learn low-rank additions to the layers' matrices alone, merged at the end; 0: everything"
    )
    gradient_checkpointing: bool = Field(False, description="compute activations twice to save memory (large students)")
    compile: bool = Field(
        False,
        description="on a GPU: compile the layers (torch.compile), faster after a first step that takes half a minute; "
        "needs a C compiler",
    )
    deterministic: bool = Field(
        False,
        description="the same bytes each time on a GPU too, as on a CPU they always are: slower, since attention's "
        "gradients are added up in order",
    )
    threads: int = Field(0, ge=0, description="CPU threads; 0 takes what torch takes. Another number, other bytes")
    validation_share: float = Field(
        0.05, ge=0, lt=1, description="share of the episodes (by task and seed) held out of training to measure it"
    )
    validation_examples: int = Field(128, ge=0, description="most held-out examples measured each time")
    validate_every: int = Field(100, ge=1, description="steps between two measurements")
    checkpoint_every: int = Field(100, ge=1, description="steps between two checkpoints")
    checkpoints_kept: int = Field(2, ge=1)
