"""From files, folders and web pages to chunks in an index, idempotent and crash-safe."""
