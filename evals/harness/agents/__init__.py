"""Conversations asked of our graph and of langchain's plain ReAct agent over the same sources (`cases/agents.yaml`)."""
