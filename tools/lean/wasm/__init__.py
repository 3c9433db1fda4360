"""Read and change WebAssembly modules.

- `format`: the binary encoding of numbers, vectors and section items
- `module`: a module as a list of sections
- `cut`: remove exports, code or data; bake a state into a module
- `instrument`: make a module record which functions it calls
- `split`: split a module into two, so that a page can load the second one later

A function's index counts from the module's first own function; imported functions are not counted.
"""
