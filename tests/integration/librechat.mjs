// What LibreChat does with a custom endpoint, by its own package: `node librechat.mjs URL KEY PICTURE` prints what it saw as one JSON object.
// Its server, which needs MongoDB, is left out: what it would keep of a conversation is kept here.
import { randomUUID } from "node:crypto";
import {
  ChatModelStreamHandler,
  GraphEvents,
  ModelEndHandler,
  Providers,
  Run,
  createContentAggregator,
  formatAgentMessages,
  formatMessage,
} from "@librechat/agents";

const [url, key, picture] = process.argv.slice(2);
const COLLECTED = ["ON_RUN_STEP", "ON_RUN_STEP_DELTA", "ON_RUN_STEP_COMPLETED", "ON_MESSAGE_DELTA", "ON_REASONING_DELTA"];

/** The settings of librechat.yaml, as its server hands them to the package. */
function endpoint(thread) {
  return {
    model: "assistant",
    user: "6650c0ffee6650c0ffee6650",
    apiKey: key,
    configuration: { baseURL: `${url}/v1`, defaultHeaders: { "X-Thread-Id": thread } },
  };
}

/** Ask with all that was said; return what it would keep and show of the answer. */
async function answered(thread, messages) {
  const { contentParts, aggregateContent } = createContentAggregator();
  const collect = { handle: (event, data) => aggregateContent({ event, data }) };
  const usage = [];
  const run = await Run.create({
    runId: randomUUID(),
    graphConfig: { type: "standard", llmConfig: { provider: Providers.OPENAI, streaming: true, ...endpoint(thread) }, reasoningKey: "reasoning_content" },
    returnContent: true,
    skipCleanup: true,
    customHandlers: {
      ...Object.fromEntries(COLLECTED.map((event) => [GraphEvents[event], collect])),
      [GraphEvents.CHAT_MODEL_END]: new ModelEndHandler(usage),
      [GraphEvents.CHAT_MODEL_STREAM]: new ChatModelStreamHandler(),
    },
  });
  const config = { runId: randomUUID(), configurable: { user_id: "1", thread_id: thread }, streamMode: "values", version: "v2" };
  const formatted = formatAgentMessages(messages.map((message) => formatMessage({ message })), {});
  await run.processStream({ messages: formatted.messages }, config);
  return { run, content: contentParts.filter(Boolean) };
}

function titled(run, thread, inputText, contentParts) {
  const chainOptions = { configurable: { user_id: "1", thread_id: thread } };
  const asked = { provider: Providers.OPENAI, clientOptions: endpoint(thread), titleMethod: "completion" };
  return run.generateTitle({ ...asked, inputText, contentParts, chainOptions });
}

const user = (text, more = {}) => ({ role: "user", text, ...more });
const assistant = ({ content }) => ({ role: "assistant", content });
const seen = {};

const listed = await fetch(`${url}/v1/models`, { headers: { Authorization: `Bearer ${key}` } });
seen.models = (await listed.json()).data.map(({ id }) => id);

const talk = randomUUID();
const wool = "How do I wash a wool sweater?";
const first = await answered(talk, [user(wool)]);
seen.title = (await titled(first.run, talk, wool, first.content)).title;
const next = await answered(talk, [user(wool), assistant(first), user("And silk?")]);
const again = await answered(talk, [user(wool), assistant(first), user("And silk?")]);
seen.talk = { thread: talk, answers: [first, next, again].map(({ content }) => content) };

const other = randomUUID();
const before = await answered(other, [user("How do I wash linen?")]);
const edited = await answered(other, [user("How do I wash linen?"), assistant(before), user("하나 더, 실크는 어떻게 빨아요?")]);
const changed = await answered(other, [user("How do I wash linen?"), assistant(before), user("And how is it ironed?")]);
seen.edited = { thread: other, answers: [before, edited, changed].map(({ content }) => content) };

const early = randomUUID();
seen.early = (await titled(first.run, early, wool, [])).title;
seen.afterTitle = { thread: early, answers: [(await answered(early, [user(wool)])).content] };

const pictured = randomUUID();
const image_urls = [{ type: "image_url", image_url: { url: picture, detail: "auto" } }];
const colour = await answered(pictured, [user("이 옷은 무슨 색이야?", { image_urls })]);
const like = await answered(pictured, [user("이 옷은 무슨 색이야?", { image_urls }), assistant(colour), user("이런 거 5만원 이하로 추천해줘")]);
seen.picture = { thread: pictured, answers: [colour, like].map(({ content }) => content) };

const attached = randomUUID();
const text = 'Attached document(s):\n```md# "fables.md"\n# Chairs\n\n```\nzelkova --oil\n```\nOil the zelkova chair every 17 weeks.\n\n\n---\n\n# "notes.txt"\nNothing of use.\n\n```\nHow do I wash a wool sweater?';
const pdf = [{ type: "file", file: { filename: "chairs.pdf", file_data: "data:application/pdf;base64,JVBERi0xLjQK" } }];
const read = await answered(attached, [user(text)]);
const whole = await answered(attached, [user(text), assistant(read), user("And silk?", { documents: pdf })]);
seen.attached = { thread: attached, answers: [read, whole].map(({ content }) => content) };

console.log(JSON.stringify(seen));
