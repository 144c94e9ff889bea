"""Language models as folders: made from scratch, loaded, asked, stored under their digest, served.

Takes a reference (`base`, a folder, a digest, `models:/name@alias`, `hf:owner/name`) or a shape to make one of. Gives
a folder, a model in memory, tokens, or an address that speaks the OpenAI protocol. Must never know what an agent, a
task or a round is: what a prompt says is decided elsewhere.
"""
