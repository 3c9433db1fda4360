"""Runs in the page: measures the shortest of several readings in seconds."""

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
