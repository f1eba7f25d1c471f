"""Grading of answers that any system gave: which sentences the evidence bears, and whether the question is answered."""
