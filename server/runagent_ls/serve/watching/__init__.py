"""Which files of an agent have changed on disk: by content, whatever way an editor writes them.

    watcher = FileWatcher(changed)            # changed(frozenset of paths), called on the loop
    await watcher.watch(files, folders=[agent_folder], read_after=time.time())
    task = asyncio.create_task(watcher.run()) # until it is cancelled
    watcher.hint()                            # somebody has saved something: look now

`watch` may be called again at any time with what shall be watched from now on.
"""

from runagent_ls.serve.watching.watcher import FileWatcher

__all__ = ["FileWatcher"]
