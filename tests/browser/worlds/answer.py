"""Run the code that a test sends, after a documented cell and with its names.

It runs on the main thread of a page or in a worker. Its other end is `channel.js`, in the page.
"""

import asyncio

from js import BroadcastChannel
from pyodide.code import eval_code_async
from pyodide.ffi import create_proxy, to_js

js_questions, js_answers = BroadcastChannel.new("questions"), BroadcastChannel.new("answers")
names = globals()
tasks = set()


async def answer(code):
    """Send the value of the code's last line, which is text, or the error of the code."""
    try:
        js_answers.postMessage(to_js([await eval_code_async(code, names), ""]))
    except Exception as error:  # the test raises it
        js_answers.postMessage(to_js(["", f"{type(error).__name__}: {error}"]))


def on_question(js_event):
    """Start the code, and keep its task until it ends."""
    task = asyncio.ensure_future(answer(js_event.data))
    tasks.add(task)
    task.add_done_callback(tasks.discard)


js_questions.onmessage = create_proxy(on_question)
js_answers.postMessage("ready")
