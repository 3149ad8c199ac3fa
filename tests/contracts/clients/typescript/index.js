// Behaves as RunAgent's TypeScript library does towards a server: what it sends, what it makes of
// the answer, and that it knows the cloud only unless told that the agent is local. For machines
// where the library itself cannot be installed; RUNAGENT_TYPESCRIPT_SDK names a real one.

export class RunAgentClient {
  constructor(config) {
    this.config = config;
    this.authority = `${config.host}:${config.port}`;
    if (!config.local) throw new Error("the tests have no cloud for this client");
    if (!config.host || !config.port) throw new Error("Unable to determine host/port");
  }

  async initialize() {
    const url = `http://${this.authority}/api/v1/agents/${this.config.agentId}/architecture`;
    const { data } = await (await fetch(url)).json();
    if (!data.entrypoints.some((entrypoint) => entrypoint.tag === this.config.entrypointTag)) {
      throw new Error(`Entrypoint \`${this.config.entrypointTag}\` not found`);
    }
    return this;
  }

  request(inputKwargs) {
    return JSON.stringify({
      entrypoint_tag: this.config.entrypointTag,
      input_args: [],
      input_kwargs: inputKwargs,
      timeout_seconds: 300,
      async_execution: false,
      persistent_memory: false,
    });
  }

  async run(inputKwargs = {}) {
    await this.initialize();
    if (this.config.entrypointTag.endsWith("_stream")) throw new Error("Use runStream() instead.");
    const answer = await fetch(`http://${this.authority}/api/v1/agents/${this.config.agentId}/run`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: this.request(inputKwargs),
    });
    const body = await answer.json();
    if (!body.success) throw new Error(body.error.message);
    return valueOf(body.data);
  }

  async *runStream(inputKwargs = {}) {
    await this.initialize();
    const url = `ws://${this.authority}/api/v1/agents/${this.config.agentId}/run-stream`;
    const socket = new WebSocket(url);
    const frames = [];
    let wake = () => {};
    socket.onopen = () => socket.send(this.request(inputKwargs));
    socket.onclose = () => frames.push({ type: "error", error: "closed" }) && wake();
    socket.onmessage = ({ data }) => frames.push(JSON.parse(data)) && wake();
    for (;;) {
      while (frames.length === 0) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      const frame = frames.shift();
      if (frame.type === "error") throw new Error(frame.error ?? frame.detail);
      if (frame.status === "stream_completed") break;
      if (frame.type === "data") yield valueOf(frame.content);
    }
    socket.onclose = null;
    socket.close();
  }
}

function valueOf(text) {
  return JSON.parse(JSON.parse(text).payload);
}
