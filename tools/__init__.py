"""The commands of build.py, the code that they share, and two programs that generate examples.

- `console`: report progress and errors, run programs
- `env`: install Python packages, npm packages and browsers
- `cache`: cache the results of build steps, keyed by the hashes of their inputs
- `lean`: trim Pyodide and onnxruntime-web to the code that a page uses
- `site`: bundle and serve the static site
- `wheels`: write the wheels of the library, of its runtime and of the files of its pages
- `example`: build the example page
- `gallery`: make the pages of docs/gallery.md (`python -m tools.gallery`)
- `template_models`: write the example models of the templates of `offline-onnx new` (also run
  with `python -m`)
- `visits`: control the page in a browser: screenshots, icons, recordings
- `backend`: run ONNX's tests of operators in onnxruntime-web and in offline_onnx
- `reference`: write the library's API reference
- `check`: run the linter, the formatter, the type checker and the tests
- `commands`: commands that also use model/, bench/ or tests/

Three folders are not Python packages: page_js/ has the JavaScript that pages load, page_python/ has
Python files that pages have in place of those of the standard library, or beside them, and node/
has the scripts that Node runs during a build.
"""
