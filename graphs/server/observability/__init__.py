"""Logs, traces and health."""
