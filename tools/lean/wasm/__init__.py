"""Read and change WebAssembly modules.

- `format`: the binary encoding of numbers, vectors and section items
- `module`: a module as a list of sections
- `cut`: remove exports, code or data; bake a state into a module
- `instrument`: make a module record which functions it calls
- `split`: split a module into two, so that a page can load the second one later

In all these files, the number of a function is its place among the module's own functions, from 0.
Its index, as the specification calls it, counts the imported functions first.
"""
