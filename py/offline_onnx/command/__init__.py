"""The command `offline-onnx`: from an .onnx file to a page that works offline.

In reading order:

- `main`: the entry point.
- `arguments`: the table of subcommands, and their arguments.
- `result`: the result of a subcommand; messages and progress on standard error.
- `manifest`: write a model's manifest.
- `new`: make the folder of a page.
- `bundle`: build a page's site.
- `serve`: serve a page while it is written.
- `verify`: check every file of a site.
- `doctor`: visit a site in a browser.
"""
