"""Files, folders and pages as a stream of documents with exact text: one format a module."""
