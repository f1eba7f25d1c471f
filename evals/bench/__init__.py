"""Timings and rates, each beside what a user would pick instead, printed by `make bench`."""
