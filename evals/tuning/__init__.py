"""Instruction tuning: graded conversations and eval runs made into training data."""
