"""Files for indexing: sent, listed, removed, by their owner only. The graph `indexing` reads them."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent.errors import InputError
from stylegraph.graphs.build import open_library
from stylegraph.graphs.server.auth.person import person_of
from stylegraph.graphs.server.deployed.assistant import parts
from stylegraph.graphs.server.deployed.uploads import SCHEME, RoomError, Uploads

_MOST_FILES = 100


async def send(request: Request) -> Response:
    """Keep the files of a form (`multipart/form-data`); give the references that they are indexed by.

    An InputError is raised where there is no file, or a name can't be one.
    """
    uploads = await _uploads(request)
    async with request.form(max_files=_MOST_FILES, max_fields=_MOST_FILES) as form:
        files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
        if not files:
            raise InputError("The request holds no file.", "Send files as multipart/form-data.")
        try:
            kept = [await uploads.keep(file.filename or "", file.file) for file in files]
        except RoomError as error:
            return JSONResponse({"detail": str(error)}, 413)
    return JSONResponse({"documents": kept}, 201)


async def listed(request: Request) -> Response:
    """List the files that whoever asks has sent."""
    return JSONResponse({"documents": await (await _uploads(request)).all()})


async def forget(request: Request) -> Response:
    """Remove a file, and what is indexed of it. An InputError is raised where there is none."""
    uploads = await _uploads(request)
    path = await uploads.forget(SCHEME + request.path_params["name"])
    async with open_library(uploads.settings) as library:
        removed = [await index.delete(str(path)) for index in (await library.indexes()).values()]
    return JSONResponse({"removed": sum(removed)})


async def _uploads(request: Request) -> Uploads:
    return Uploads((await parts()).settings, person_of(request))
