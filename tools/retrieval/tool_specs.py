"""How a chat model may ask documents: for the passages that fit, or for a document as a whole."""

from __future__ import annotations

from stylegraph.agent.evidence import ToolSpec

SEARCH = ToolSpec(
    name="search_documents",
    description="Search the person's own documents by words and meaning. Gives the best passages of all of them. A query is "
    "best a short phrase or question about one thing, in the language of the documents.",
    parameters={
        "type": "object",
        "properties": {"query": {"type": "string", "description": "What to look for."}},
        "required": ["query"],
    },
)
READ = ToolSpec(
    name="read_document",
    description="Read one of the person's documents as a whole, for a summary or all that it says on something; a long one "
    "by the beginnings of its sections, of which one can then be read.",
    parameters={
        "type": "object",
        "properties": {
            "document": {"type": "string", "description": "Its title."},
            "section": {"type": "string", "description": "Only this section: its heading or number."},
            "around": {"type": "string", "description": "Only what stands around this address, such as 3.2."},
            "start": {"type": "integer", "description": "Read on from here, as the reading before said."},
        },
        "required": ["document"],
    },
)
