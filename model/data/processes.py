"""Processes that share work."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def process_pool() -> ProcessPoolExecutor:
    """Return a pool of one process for each processor core.

    The processes are not forked from this one: TensorFlow and other libraries have threads, and a
    lock that a thread holds during a fork is never released in the new process.
    """
    return ProcessPoolExecutor(mp_context=get_context("forkserver"))
