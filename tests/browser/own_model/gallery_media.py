"""Sounds and pictures for the pages of the gallery."""

import io
import math
import random
import wave
from array import array

from PIL import Image, ImageDraw, ImageFont

RATE = 16_000
"""Samples per second."""
VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))
"""The frequencies in Hz of the first three formants of a, i, o and u: Peterson and Barney, 1952."""
BANDWIDTHS = (80, 90, 120)
"""The bandwidths of the three formants in Hz."""
SYLLABLE = 0.22
"""The length of a syllable in seconds."""


def voice(seconds=2.0):
    """Return a synthetic voice that says vowels: samples from -0.3 to 0.3.

    Pulses of the glottis are filtered by the formants: G. Fant, Acoustic theory of speech
    production, 1960.
    """
    noise = random.Random(0)  # noqa: S311  # the same in each run
    count, length = int(seconds * RATE), int(SYLLABLE * RATE)
    phase, samples = 0.0, []
    for begin in range(0, count, length):
        syllable = []
        for index in range(begin, begin + length):
            time = index / RATE
            phase += (120 + 25 * math.sin(4.4 * time) + 6 * math.sin(31 * time)) / RATE
            syllable.append((phase % 1 < 0.08) - 0.08 + 0.01 * noise.gauss(0, 1))
        vowel = VOWELS[begin // length % len(VOWELS)]
        for frequency, bandwidth in zip(vowel, BANDWIDTHS, strict=True):
            syllable = resonate(syllable, frequency, bandwidth)
        samples += [
            math.sqrt(math.sin(math.pi * index / length)) * sample
            for index, sample in enumerate(syllable)
        ]
    loudest = max(map(abs, samples))
    return [0.3 * sample / loudest for sample in samples[:count]]


def resonate(samples, frequency, bandwidth):
    """Return samples, filtered by a resonance. Its frequency and bandwidth are in Hz."""
    radius = math.exp(-math.pi * bandwidth / RATE)
    first, second = 2 * radius * math.cos(2 * math.pi * frequency / RATE), -(radius**2)
    before = last = 0.0
    filtered = []
    for sample in samples:
        before, last = last, (1 - first - second) * sample + first * last + second * before
        filtered.append(last)
    return filtered


def silence(seconds=2.0):
    """Return the samples of a silent room: faint noise."""
    noise = random.Random(1)  # noqa: S311  # the same in each run
    return [0.001 * noise.gauss(0, 1) for _ in range(int(seconds * RATE))]


def wav(samples):
    """Return the bytes of a WAV file with these samples."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array("h", (round(32_000 * sample) for sample in samples)).tobytes())
    return content.getvalue()


def seven():
    """Return a PNG file of a 7, in ink on paper."""
    picture = Image.new("RGB", (280, 280), "white")
    points = [(80, 75), (200, 75), (130, 220)]
    ImageDraw.Draw(picture).line(points, "black", 22, joint="curve")
    return encoded(picture, "PNG")


def line_of_text(*, is_upright):
    """Return a JPEG file of a line of text, 640 x 480, upright or upside down."""
    picture = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(90)
    draw.text((320, 240), "Good day 2026", "black", font, anchor="mm")
    return encoded(picture if is_upright else picture.rotate(180), "JPEG")


def encoded(picture, file_format):
    """Return the bytes of a picture's file, in a format such as "PNG"."""
    content = io.BytesIO()
    picture.save(content, file_format, quality=95)
    return content.getvalue()
