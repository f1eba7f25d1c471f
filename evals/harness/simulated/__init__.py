"""Simulated people: goals, how a person reacts to what they get, and whether a goal was reached."""
