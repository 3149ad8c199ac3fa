"""Steps that items go through one after the other, each typed and named."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, overload

In = TypeVar("In")
Out = TypeVar("Out")
Next = TypeVar("Next")
_T = TypeVar("_T")
_From_contra = TypeVar("_From_contra", contravariant=True)
_To_co = TypeVar("_To_co", covariant=True)

Several: TypeAlias = Iterable[_T] | Awaitable[Iterable[_T]] | AsyncIterable[_T]
"""What a step may give: items at once, later, or one after the other."""


class PipelineError(Exception):
    """A step failed: `stage` is its name, `__cause__` what it raised.

    `done` is what the items before the one that failed have become in the same push.
    """

    def __init__(self, stage: str, cause: Exception, done: Iterable[Any] = ()) -> None:
        super().__init__(f"{stage}: {type(cause).__name__}: {cause}")
        self.stage = stage
        self.done = list(done)


class Transform(Protocol[_From_contra, _To_co]):
    """A step with a memory: made anew for each run of the pipeline."""

    def push(self, item: _From_contra, /) -> Several[_To_co]:
        """What `item` becomes."""

    def finish(self) -> Several[_To_co]:
        """What is left when no further item comes."""


class _Each(Generic[In, Out]):
    """A step without a memory."""

    def __init__(self, push: Callable[[In], Several[Out]]) -> None:
        self._push = push

    def push(self, item: In, /) -> Several[Out]:
        return self._push(item)

    def finish(self) -> Several[Out]:
        return ()


class Pipeline(Generic[In, Out]):
    """Steps from `In` to `Out`. A value: adding a step gives a new pipeline.

    Functions of steps may be plain or `async`. What they raise arrives as PipelineError with the
    step's name; exceptions outside `Exception` pass as they are.

        words = Pipeline.of(str).map("strip", str.strip).filter("not empty", bool)
        assert words.apply([" a ", ""]) == ["a"]
    """

    def __init__(
        self, stages: tuple[tuple[str, Callable[[], Transform[Any, Any]]], ...] = ()
    ) -> None:
        self._stages = stages

    @staticmethod
    def of(kind: type[_T]) -> Pipeline[_T, _T]:
        """The pipeline without a step, for items of `kind`."""
        return Pipeline()

    @property
    def stages(self) -> tuple[str, ...]:
        """The names of the steps, in their order."""
        return tuple(name for name, _ in self._stages)

    @overload
    def map(
        self, name: str, change: Callable[[Out], Coroutine[Any, Any, Next]]
    ) -> Pipeline[In, Next]: ...
    @overload
    def map(self, name: str, change: Callable[[Out], Next]) -> Pipeline[In, Next]: ...
    def map(self, name: str, change: Callable[[Out], Next | Awaitable[Next]]) -> Pipeline[In, Next]:
        """One item for each."""

        def one(item: Out) -> Several[Next]:
            made = change(item)
            return _alone(made) if inspect.isawaitable(made) else (made,)

        return self.flat_map(name, one)

    def filter(self, name: str, keep: Callable[[Out], bool | Awaitable[bool]]) -> Pipeline[In, Out]:
        """Only the items that `keep` is true of."""

        async def later(item: Out, verdict: Awaitable[bool]) -> list[Out]:
            return [item] if await verdict else []

        def some(item: Out) -> Several[Out]:
            verdict = keep(item)
            if inspect.isawaitable(verdict):
                return later(item, verdict)
            return (item,) if verdict else ()

        return self.flat_map(name, some)

    def flat_map(self, name: str, change: Callable[[Out], Several[Next]]) -> Pipeline[In, Next]:
        """Any number of items for each, in their order."""
        return self.transform(name, lambda: _Each(change))

    def transform(self, name: str, make: Callable[[], Transform[Out, Next]]) -> Pipeline[In, Next]:
        """A step with a memory; `make` gives a new one for each run."""
        return Pipeline((*self._stages, (name, make)))

    def then(self, other: Pipeline[Out, Next]) -> Pipeline[In, Next]:
        """The steps of both."""
        return Pipeline((*self._stages, *other._stages))

    def start(self) -> PipelineRun[In, Out]:
        """A run of its own, for items as they come."""
        return PipelineRun([(name, make()) for name, make in self._stages])

    def apply(self, items: Iterable[In]) -> list[Out]:
        """All that `items` become. TypeError when a step is async: use `stream` then."""
        return _finished_at_once(self._collect(items))

    async def stream(self, source: AsyncIterable[In]) -> AsyncIterator[Out]:
        """What the items of `source` become, as they come."""
        run = self.start()
        async for item in source:
            for out in await run.push([item]):
                yield out
        for out in await run.finish():
            yield out

    async def _collect(self, items: Iterable[In]) -> list[Out]:
        run = self.start()
        return [*await run.push(items), *await run.finish()]


class PipelineRun(Generic[In, Out]):
    """One run of a pipeline. After an error it is over."""

    def __init__(self, stages: list[tuple[str, Transform[Any, Any]]]) -> None:
        self._stages = stages

    async def push(self, items: Iterable[In]) -> list[Out]:
        """What comes out now because of `items`."""
        return await self._through(0, list(items))

    async def finish(self) -> list[Out]:
        """What comes out because nothing more goes in."""
        left: list[Out] = []
        for index, (name, stage) in enumerate(self._stages):
            try:
                items = await _listed(stage.finish())
            except Exception as error:
                raise PipelineError(name, error, left) from error
            try:
                left += await self._through(index + 1, items)
            except PipelineError as error:
                error.done = left + error.done
                raise
        return left

    async def _through(self, start: int, items: Iterable[Any]) -> list[Any]:
        done: list[Any] = []
        for item in items:
            try:
                done += await self._one_through(start, item)
            except PipelineError as error:
                error.done = done
                raise
        return done

    async def _one_through(self, start: int, item: object) -> list[Any]:
        items: list[Any] = [item]
        for name, stage in self._stages[start:]:
            made: list[Any] = []
            try:
                for one in items:
                    made += await _listed(stage.push(one))
            except Exception as error:
                raise PipelineError(name, error) from error
            items = made
        return items


async def _alone(item: Awaitable[_T]) -> tuple[_T]:
    return (await item,)


async def _listed(several: Several[_T]) -> list[_T]:
    if inspect.isawaitable(several):
        return list(await several)
    if isinstance(several, AsyncIterable):
        return [item async for item in several]
    return list(several)


def _finished_at_once(work: Coroutine[Any, Any, _T]) -> _T:
    """The result of a coroutine that waits for nothing; no event loop is needed."""
    try:
        work.send(None)
    except StopIteration as end:
        result: _T = end.value
        return result
    work.close()
    raise TypeError("a step waits for something; use `stream` or `start`")
