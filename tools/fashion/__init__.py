"""From a wish in words to pieces of a catalogue, each with reasons that are true of it."""
