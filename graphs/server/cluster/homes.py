"""Which server answers whom: each person has a home among the servers, which alone holds their list of conversations.

So nothing that changes is in two places at once: runs of a conversation wait for each other, limits are counted and
streams are joined on one server, as if there were no other. When a server gives no sign of life any more, whoever is
asked next becomes the home of its people, and goes on with what it had accepted.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from stylegraph.agent.errors import KeepingError
from stylegraph.graphs.server.cluster.database import explained

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

logger = logging.getLogger(__name__)

BEAT = 2.0
"""Seconds between two signs of life."""
DEAD = 15.0
"""Seconds without one, after which others take over."""
_ALIVE = (
    "EXISTS (SELECT FROM stylegraph_servers WHERE id = home.server AND beat > now() - make_interval(secs => %(dead)s))"
)
_FIND = f"""SELECT address FROM stylegraph_homes AS home JOIN stylegraph_servers ON id = server
    WHERE person = %(person)s AND server <> %(me)s AND {_ALIVE}"""  # noqa: S608
_CLAIM = f"""INSERT INTO stylegraph_homes AS home VALUES (%(person)s, %(me)s)
    ON CONFLICT (person) DO UPDATE SET server = %(me)s WHERE home.server = %(me)s OR NOT {_ALIVE} RETURNING server"""  # noqa: S608
_SIGN = """UPDATE stylegraph_servers SET beat = now()
    WHERE id = %(me)s AND beat > now() - make_interval(secs => %(dead)s) RETURNING id"""
_RETURN = """INSERT INTO stylegraph_servers VALUES (%(me)s, %(address)s, now())
    ON CONFLICT (id) DO UPDATE SET beat = now()"""
_TAKEN = """SELECT count(*) AS taken FROM unnest(%(here)s::text[]) AS mine (person)
    JOIN stylegraph_homes USING (person) WHERE server <> %(me)s"""
_LEFT = f"""SELECT DISTINCT owner FROM stylegraph_records WHERE kind = 'run'
    AND NOT EXISTS (SELECT FROM stylegraph_homes AS home WHERE person = owner AND {_ALIVE})"""  # noqa: S608
_LONG_GONE = "DELETE FROM stylegraph_servers WHERE beat < now() - interval '1 day'"


class Homes:
    """The homes of people, as this server sees them.

    Args:
        pool: The database.
        address: Where the other servers reach this one.
        take_over: Brings somebody's conversations here.
    """

    def __init__(
        self, pool: AsyncConnectionPool[Any], address: str, take_over: Callable[[str], Awaitable[None]]
    ) -> None:
        self._pool = pool
        self._take_over = take_over
        self._place = {"me": uuid.uuid4(), "dead": DEAD, "address": address.rstrip("/")}
        self._here: set[str] = set()
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._signed = float("-inf")

    async def join(self) -> None:
        """Become one of the servers."""
        with explained():
            async with self._pool.connection() as connection:
                await connection.execute(_LONG_GONE)
                await connection.execute(_RETURN, self._place)
        self._signed = time.monotonic()

    @property
    def lost(self) -> bool:
        """Check whether the last sign of life is so old that others may answer for this server."""
        return time.monotonic() - self._signed > DEAD

    async def elsewhere(self, person: str) -> str | None:
        """Return the address of the server that answers a person; None: this one does.

        Raises:
            KeepingError: Nobody can tell, or this server may have been given up by the others.
        """
        if self.lost:
            raise KeepingError("This server has lost the others.", "Ask again in a moment.")
        if person in self._here:
            return None
        async with self._one_at_a_time[person]:
            return None if person in self._here else await self._found(person)

    async def keep(self) -> None:
        """Give signs of life for as long as the server runs, and take in whose questions nobody is answering."""
        stop = threading.Event()
        threading.Thread(target=self._beat, args=(stop,), daemon=True, name="signs-of-life").start()
        try:
            while True:
                await asyncio.sleep(BEAT)
                with suppress(KeepingError):  # said where a sign of life fails too
                    for person in await self._left_alone():
                        await self._take_in(person)
        finally:
            stop.set()

    async def _take_in(self, person: str) -> None:
        """Become somebody's home; whatever is wrong with what they have keeps nobody else waiting."""
        try:
            await self.elsewhere(person)
        except KeepingError as error:
            logger.warning("a user could not be taken over: %s", error)
        except Exception as error:
            logger.warning("a user could not be taken over: %s", type(error).__name__, exc_info=error)

    async def _found(self, person: str) -> str | None:
        wanted = {**self._place, "person": person}
        with explained():
            async with self._pool.connection() as connection:
                home = await (await connection.execute(_FIND, wanted)).fetchone()
                mine = None if home else await (await connection.execute(_CLAIM, wanted)).fetchone()
            if home:
                return str(home["address"])
            if mine is None:  # another was faster
                raise KeepingError("Another server is taking over.", "Ask again in a moment.")
            await self._take_over(person)
        self._here.add(person)
        return None

    def _beat(self, stop: threading.Event) -> None:
        """Give signs of life from a thread of its own: a server whose loop is busy is slow, and not dead."""
        while not stop.wait(BEAT):
            try:
                self._sign()
            except Exception as error:
                logger.warning("no sign of life could be given: %s", error)

    def _sign(self) -> None:
        from psycopg import connect

        begun, taken = time.monotonic(), None
        with (
            explained(),
            connect(cast(str, self._pool.conninfo), autocommit=True, connect_timeout=int(DEAD / 3)) as connection,
        ):
            alive = connection.execute(_SIGN, self._place).fetchone()
            if not alive or begun - self._signed > DEAD - BEAT:
                taken = connection.execute(_TAKEN, {**self._place, "here": list(self._here)}).fetchone()
            if not alive and not (taken and taken[0]):
                self._signed = float(
                    "-inf"
                )  # who takes over just now is seen by the next sign; nobody is answered before
                connection.execute(_RETURN, self._place)
        if taken and taken[0]:
            logger.critical("this server was silent for so long that others answer for it: it ends")
            os._exit(75)  # it must write nothing more; whoever runs it starts it again
        if alive:
            self._signed = begun

    async def _left_alone(self) -> list[str]:
        with explained():
            async with self._pool.connection() as connection:
                rows = await (await connection.execute(_LEFT, self._place)).fetchall()
        return [row["owner"] for row in rows]
