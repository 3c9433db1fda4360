"""What build.py consists of.

- `console`: report progress and errors, run programs
- `env`: Python's environment, npm's packages, browsers
- `cache`: build cache, keyed by the hashes of its inputs
- `lean`: Pyodide and onnxruntime-web, trimmed to what a page uses
- `site`: the static site, bundled and served
- `manifest`: describe any ONNX model
- `example`: build the example page
- `visits`: the real page, driven in a browser
- `reference`: the library's API reference
- `check`: run every check
- `commands`: commands that join several rooms

Two folders are no Python packages: page_js/ has the JavaScript that pages load, node/ the scripts
that Node runs during a build.
"""
