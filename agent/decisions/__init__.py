"""Decisions as typed questions: a decision model routes, orders evidence and grades, and the others stand behind it."""
