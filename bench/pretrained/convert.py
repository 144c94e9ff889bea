"""From GGUF to safetensors, in an environment with the package gguf: `convert.py FILE FOLDER LICENCE`."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    file, folder, licence = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    options = {"gguf_file": file.name}
    loaded = AutoModelForCausalLM.from_pretrained(file.parent, dtype=torch.float32, **options)
    config = type(loaded.config).from_dict(
        {key: value for key, value in loaded.config.to_dict().items() if key != "quantization_config"}
    )
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)  # what was dequantized cannot save itself
    model.load_state_dict(loaded.state_dict())
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(file.parent, **options).save_pretrained(folder)
    (folder / "README.md").write_text(f"---\nlicense: {licence}\n---\n")


if __name__ == "__main__":
    main()
