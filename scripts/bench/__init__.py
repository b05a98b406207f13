"""Benchmarks: each thing beside its rival, in one run, rounds interleaved, with the command of both.

A benchmark has a cluster of its own under var/, which no other command uses.
"""
