"""The app: it reads the digits that a person draws, or shows in a picture.

A stroke's way: `drawing` -> `reading` -> `app` -> `page`. A photo's way: `picture` -> `reading` ->
`app` -> `page`. Everything but `page` is plain Python, without a browser.

- `drawing`: strokes become 28x28 images.
- `picture`: a photo becomes the 28x28 image of its digit.
- `reading`: images become readings; learning from examples; explaining an answer.
- `history`: the numbers that were read.
- `words`: the texts of the page in both languages, from `text.json`.
- `app`: the state of the app, and when to read.
- `teaching`: the examples that the user teaches: learned, stored and undone.
- `facts`: what the page reports about itself and its model.
- `page`: the only code that touches the document.
"""
