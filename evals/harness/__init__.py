"""Suites, runs, reports and evaluators."""
