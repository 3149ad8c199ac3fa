"""A process that uses a circuit breaker in Redis as it is told, line by line.

Arguments: the URL, then threshold, recovery and probe limit. Commands: `fail` makes a failing
call, `race N` begins N calls at once and says how many were let through, `end VERDICT` ends
those, `state`.
"""

from __future__ import annotations

import asyncio
import sys

from agent_runtime.orchestrator import BreakerRules, CircuitBreaker, CircuitOpenError, Verdict
from agent_runtime.orchestrator.breaker_redis import RedisBackend

VERDICTS: dict[str, Verdict] = {"success": "success", "failure": "failure", "none": "none"}


class Commands:
    def __init__(self, url: str, rules: BreakerRules) -> None:
        self.backend = RedisBackend.from_url(url, limit=30.0)
        self.rules = rules
        self.tokens: list[str] = []
        self.circuit = CircuitBreaker(
            "agent",
            threshold=rules.threshold,
            recovery=rules.recovery,
            probe_limit=rules.probe_limit,
            backend=self.backend,
        )

    async def run(self, command: str, argument: str) -> str:
        if command == "fail":
            return await self.fail()
        if command == "race":
            admit = self.backend.admit
            admissions = await asyncio.gather(
                *(admit("agent", self.rules) for _ in range(int(argument)))
            )
            self.tokens = [admission.token for admission in admissions if admission.allowed]
            return str(len(self.tokens))
        if command == "end":
            for token in self.tokens:
                await self.backend.settle("agent", self.rules, token, VERDICTS[argument])
            return "ended"
        return await self.circuit.state()

    async def fail(self) -> str:
        async def work() -> None:
            raise OSError

        try:
            await self.circuit.call(work)
        except (OSError, CircuitOpenError) as error:
            return type(error).__name__
        return "nothing"


async def main() -> None:
    url, threshold, recovery, probe_limit = sys.argv[1:]
    rules = BreakerRules(int(threshold), float(recovery), float(probe_limit))
    commands = Commands(url, rules)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command, _, argument = line.strip().partition(" ")
        result = await commands.run(command, argument)
        sys.stdout.write(f"{result}\n")
        sys.stdout.flush()
    assert commands.backend.shared, "Redis did not answer"
    await commands.backend.aclose()


if __name__ == "__main__":
    asyncio.run(main())
