"""Taking a request's bytes into an upload while they arrive: on the loop, so that a slow sender holds no thread.

The loop gathers pieces and holds the client back meanwhile; a thread is taken to write one, and to ask the database.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

from coaching.lib.bodies import Take
from coaching.lib.threads import off_loop, release_thread
from dfs.models import Upload
from dfs.uploads import Appending, Check, is_repeated

_writing = ThreadPoolExecutor(max_workers=4, thread_name_prefix="dfs-spool")


async def append(upload: Upload, take: Take, *, offset: int, length: int, check: Check | None = None) -> Upload:
    """Add what `take` gives at `offset`, up to `length` bytes, and stage the file when that was all.

    What came before an end is kept; with a `check`, all or nothing. Nothing is taken before the request is found right.
    Returns the row as it stands now.
    Raises: WrongOffset, TooLarge, UploadBusy, UploadGone, ChecksumMismatch, spool.SpoolFull.
    """
    if is_repeated(upload, offset=offset, length=length):
        return upload
    appending = await off_loop(partial(Appending, upload, offset=offset, length=length, check=check))
    with closing(appending):
        await _take_all(appending, take)
        return await off_loop(appending.finish)


async def _take_all(appending: Appending, take: Take) -> None:
    loop = asyncio.get_running_loop()
    release_thread()
    while piece := await take():
        await loop.run_in_executor(_writing, appending.write, piece)
        if appending.is_due:
            await off_loop(appending.commit)
            release_thread()
