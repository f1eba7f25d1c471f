// LangGraph's JavaScript SDK against a server of ours: `node sdk.mjs URL KEY` prints what it saw as one JSON object.
import { Client } from "@langchain/langgraph-sdk";

const [url, key] = process.argv.slice(2);
const client = new Client({ apiUrl: url, apiKey: null, defaultHeaders: { Authorization: `Bearer ${key}` } });
const asking = (text) => ({ messages: [{ role: "user", content: text }] });
const seen = {};

async function streamed(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

const thread = (await client.threads.create()).thread_id;
const first = await client.runs.wait(thread, "assistant", { input: asking("여름에 입을 시원한 옷 추천해줘") });
seen.ask = { status: first.reply.status, items: first.reply.recommendations.length };

const parts = await streamed(
  client.runs.stream(thread, "assistant", {
    input: asking("그럼 겨울에는?"),
    streamMode: ["messages-tuple", "custom", "updates"],
  }),
);
const told = parts.filter((part) => part.event === "custom").map((part) => part.data);
seen.stream = {
  modes: [...new Set(parts.map((part) => part.event))].sort(),
  events: told.map((event) => event.event),
  nodes: parts.filter((part) => part.event === "updates").flatMap((part) => Object.keys(part.data)),
  message: parts.filter((part) => part.event === "messages").map((part) => part.data[0].type),
};
const state = await client.threads.getState(thread);
seen.followUp = {
  types: state.values.messages.map((message) => message.type),
  question: told.find((event) => event.event === "looking_up").question,
};

const paused = (await client.threads.create()).thread_id;
await client.runs.wait(paused, "assistant", { input: asking("How do I wash wool?"), interruptBefore: ["grade"] });
const before = await client.threads.getState(paused);
const after = await client.runs.wait(paused, "assistant", { input: null });
seen.interrupt = { next: before.next, evidence: before.values.evidence.length > 0, status: after.reply.status };

const talk = (await client.threads.create()).thread_id;
const asked = await streamed(
  client.runs.stream(talk, "assistant", {
    input: asking("How do I wash wool?"),
    streamMode: ["values", "messages-tuple"],
    streamSubgraphs: true,
    streamResumable: true,
  }),
);
const final = (await client.threads.getState(talk)).values.messages.at(-1);
const block = final.content.find((part) => part.type === "text");
seen.cited = {
  modes: [...new Set(asked.map((part) => part.event))].sort(),
  ids: [...new Set(asked.filter((part) => part.event === "messages").map((part) => part.data[0].id))],
  final: final.id,
  marks: block.annotations.map((note) => block.text.slice(note.start_index, note.end_index)),
};

const context = { ask_back: "interrupt" };
const vague = (await client.threads.create()).thread_id;
await client.runs.wait(vague, "assistant", { input: asking("그거 어떻게 빨아?"), context });
const [waiting] = (await client.threads.getState(vague)).tasks.flatMap((task) => task.interrupts);
const resumed = await client.runs.wait(vague, "assistant", {
  command: { resume: "린넨 셔츠는 어떻게 빨아?" },
  context,
});
seen.askBack = {
  type: waiting.value.type,
  schema: waiting.value.response_schema.type,
  status: resumed.reply.status,
  turns: resumed.messages.length,
};

const texts = Array.from({ length: 30 }, (_, number) => ({ title: `js ${number}`, text: `Part ${number}. `.repeat(800) }));
const long = (await client.threads.create()).thread_id;
const run = await client.runs.create(long, "indexing", {
  input: { texts },
  streamMode: ["custom"],
  streamResumable: true,
});
const rejoined = [];
for await (const part of client.runs.joinStream(long, run.run_id, { lastEventId: "-1", streamMode: ["custom"] })) {
  rejoined.push(part.event);
  if (rejoined.filter((event) => event === "custom").length > 2) break;
}
await client.runs.cancel(long, run.run_id, true);
seen.rejoin = { custom: rejoined.includes("custom") };
seen.cancel = { status: (await client.runs.get(long, run.run_id)).status };

console.log(JSON.stringify(seen));
