"""Real pre-trained models on this machine: a whole small round over the network path, and an audit of real students.

Nothing of the models is committed or shipped: they lie in the Python index as data packages, and go to
`out/pretrained`.
"""
