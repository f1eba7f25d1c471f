"""Where evidence comes from: each folder ends in a `source.py` that is an `EvidenceSource`."""
