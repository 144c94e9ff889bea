"""Pages that are read offline: charts, tables, blocks, and the frame around them.

Takes numbers and texts, all of them hostile. Gives HTML and SVG as strings, with no script needed to read them. Must
never know what the numbers mean.
"""
