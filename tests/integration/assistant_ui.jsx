// A small chat made of assistant-ui and its LangGraph runtime, as their documentation puts them together: `?url=SERVER&key=KEY`.
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { ActionBarPrimitive, AssistantRuntimeProvider, ComposerPrimitive, MessagePrimitive, ThreadPrimitive } from "@assistant-ui/react";
import { useLangGraphInterruptState, useLangGraphRuntime, useLangGraphSendCommand } from "@assistant-ui/react-langgraph";
import { Client } from "@langchain/langgraph-sdk";

const asked = new URLSearchParams(location.search);
const client = new Client({ apiUrl: asked.get("url"), apiKey: null, defaultHeaders: { Authorization: `Bearer ${asked.get("key")}` } });

async function stream(messages, { command, checkpointId, initialize, abortSignal }) {
  const { externalId } = await initialize();
  return client.runs.stream(externalId, "assistant", {
    input: messages.length ? { messages } : null,
    ...(command ? { command } : {}),
    ...(checkpointId ? { checkpoint: { checkpoint_id: checkpointId } } : {}),
    context: { ask_back: "interrupt" },
    streamMode: ["messages", "updates", "custom"],
    signal: abortSignal,
  });
}

const create = async () => ({ externalId: (await client.threads.create()).thread_id });

async function load(externalId) {
  const state = await client.threads.getState(externalId);
  return { messages: state.values.messages ?? [], interrupts: state.tasks[0]?.interrupts };
}

/** The place in a conversation that ends in these messages: what is edited or asked again goes on from there. */
async function getCheckpointId(externalId, parents) {
  for (const state of await client.threads.getHistory(externalId, { limit: 100 })) {
    const there = state.values.messages ?? [];
    if (there.length === parents.length && parents.every((message, place) => message.id === there[place].id)) return state.checkpoint.checkpoint_id;
  }
  return null;
}

const Question = () => (
  <MessagePrimitive.Root data-role="user">
    <MessagePrimitive.Parts />
    <ActionBarPrimitive.Edit>Edit</ActionBarPrimitive.Edit>
  </MessagePrimitive.Root>
);

const Answer = () => (
  <MessagePrimitive.Root data-role="assistant">
    <MessagePrimitive.Parts />
    <ActionBarPrimitive.Reload>Regenerate</ActionBarPrimitive.Reload>
  </MessagePrimitive.Root>
);

const Editing = () => (
  <ComposerPrimitive.Root data-role="editing">
    <ComposerPrimitive.Input />
    <ComposerPrimitive.Send>Send again</ComposerPrimitive.Send>
  </ComposerPrimitive.Root>
);

/** What the assistant asks back, with its quick answers. */
function AskedBack() {
  const interrupt = useLangGraphInterruptState();
  const send = useLangGraphSendCommand();
  if (!interrupt) return null;
  const { question, choices = [] } = interrupt.value;
  return (
    <div data-role="asked-back">
      <p>{question}</p>
      {choices.map((choice) => <button key={choice} onClick={() => send({ resume: choice })}>{choice}</button>)}
      <button onClick={() => send({ resume: "린넨 셔츠는 어떻게 빨아?" })}>Answer</button>
    </div>
  );
}

function App() {
  const [reply, setReply] = useState(null);
  const onCustomEvent = (type, data) => data?.event === "reply" && setReply(data.reply); // quotes and titles come beside the message
  const runtime = useLangGraphRuntime({ stream, create, load, getCheckpointId, eventHandlers: { onCustomEvent } });
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <ThreadPrimitive.Root>
        <ThreadPrimitive.Messages components={{ UserMessage: Question, AssistantMessage: Answer, UserEditComposer: Editing }} />
        <AskedBack />
        <ol data-role="sources">{reply?.citations.map(({ title, quote }, place) => <li key={place}>{title}: {quote}</li>)}</ol>
        <ComposerPrimitive.Root>
          <ComposerPrimitive.Input placeholder="Ask" />
          <ComposerPrimitive.Send>Send</ComposerPrimitive.Send>
        </ComposerPrimitive.Root>
      </ThreadPrimitive.Root>
    </AssistantRuntimeProvider>
  );
}

createRoot(document.getElementById("root")).render(<App />);
