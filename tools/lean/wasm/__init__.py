"""Read and change WebAssembly modules.

- `format`: numbers, vectors and the items of each section, in binary
- `module`: a module as its sections
- `cut`: modules with less in them
- `instrument`: modules that record what they do
- `split`: one module as two, the second of which can come later
"""
