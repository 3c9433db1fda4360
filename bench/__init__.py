"""Side by side with the peers, in one run: what `python build.py bench` measures.

`storage` keeps and loads models of several sizes, beside TensorFlow.js. Seconds depend on the
machine and on what else it does; what is claimed are ratios of medians, measured alternately.
"""
