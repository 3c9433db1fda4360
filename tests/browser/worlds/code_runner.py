"""Run the Python code that a test sends to a world, and send the results back.

A world runs this file after a documented cell, on the main thread of the page or in a worker. The
code of the test can use the names that the cell has defined. It arrives from `channel.js`, which
runs in the page.
"""

import asyncio

from js import BroadcastChannel
from pyodide.code import eval_code_async
from pyodide.ffi import create_proxy, to_js

js_questions, js_answers = BroadcastChannel.new("questions"), BroadcastChannel.new("answers")
names = globals()
tasks = set()


async def answer(code):
    """Run code, and send the value of its last line, which is text, or the code's error."""
    try:
        js_answers.postMessage(to_js([await eval_code_async(code, names), ""]))
    except Exception as error:  # the test raises it
        js_answers.postMessage(to_js(["", f"{type(error).__name__}: {error}"]))


def on_question(js_event):
    """Start to run the code. `tasks` keeps its task alive until it has ended."""
    task = asyncio.ensure_future(answer(js_event.data))
    tasks.add(task)
    task.add_done_callback(tasks.discard)


js_questions.onmessage = create_proxy(on_question)
js_answers.postMessage("ready")
