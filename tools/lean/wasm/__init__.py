"""WebAssembly modules, as far as needed to see what they do and to leave the rest out."""
