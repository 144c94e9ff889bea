"""Language models as folders: made from scratch, loaded, asked, stored under their digest, served.

Takes a reference (`base`, a folder, a digest, `models:/name@alias`, `hf:owner/name`), or the shape of a new model.
Gives a folder, a model in memory, tokens, or a server of the OpenAI protocol. Must never know what an agent, a task or
a round is: what a prompt says is decided elsewhere.
"""
