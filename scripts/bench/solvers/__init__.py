"""Rivals that solve a shift: each file is a program of the rivals' own environment, JSON in and JSON out.

In: `{seconds, teams, stops, minutes}`, as `scripts.bench.plan_rivals` writes it. Out: `{orders, proved, seconds}`, for
each team the numbers of the stops that it visits.
"""
