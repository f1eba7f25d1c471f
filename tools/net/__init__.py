"""Fetching over the network: addresses, transport, robots rules and character sets."""
