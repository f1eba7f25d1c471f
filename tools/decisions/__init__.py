"""Typed questions answered with probabilities: on this machine, or by a server that others run."""
