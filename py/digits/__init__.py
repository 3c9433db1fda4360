"""The app: it reads the digits and signs that a user draws, or that a picture shows.

`page` passes strokes and pictures to `app`. `drawing` or `picture` finds the symbols, `reading`
reads them, and `page` shows the result. Only `page` needs a browser; the rest is plain Python.

- `drawing`: group strokes into symbols, and convert them to 28x28 images.
- `picture`: find the digits and signs in a picture, and convert them to 28x28 images.
- `reading`: read images with a model, learn from examples, and explain a reading.
- `arithmetic`: work out sums that were read, and check equations.
- `writing`: write the result of a sum in ink.
- `history`: the entries for the drawings and pictures that the app has read.
- `words`: the texts of the page in English and Chinese, loaded from `text.json`.
- `load_outcome`: classify how a model was loaded.
- `app`: the state of the app; it decides when to read.
- `sums`: the sums among the lines that are shown, with their answers.
- `median`: the median, without the module `statistics`.
- `pen_rest`: notice when the user draws, and when the pen rests.
- `actions`: the order of the user's actions, so that the latest one can be undone.
- `teaching`: learn, store and undo the examples that the user teaches.
- `handwriting`: how the user writes each symbol, from the drawing and from taught examples.
- `facts`: facts about the page and its model, for the panels.
- `page`: the user interface, the only code that accesses the document.
"""
