"""How long a reading takes Python: the quickest of some, as all else that goes on only adds."""

from time import perf_counter

from digits.page import main

RUNS = 21
app = main.page.app
times = []
for _ in range(RUNS):
    begin = perf_counter()
    _, images, _ = app.images_to_read()
    await app.recogniser.read(images)  # noqa: F704  # Pyodide awaits at the top
    times.append(perf_counter() - begin)
min(times)
