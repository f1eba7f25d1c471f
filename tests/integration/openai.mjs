// OpenAI's JavaScript client against a server of ours: `node openai.mjs URL KEY` prints what it saw as one JSON object.
import OpenAI from "openai";

const [url, key] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
const question = "How do I wash a wool sweater?";
const messages = [{ role: "user", content: question }];
const seen = { models: [] };

for await (const model of client.models.list()) seen.models.push(model.id);

const whole = await client.chat.completions.create({ model: "assistant", messages });
const text = whole.choices[0].message.content;
seen.marks = whole.choices[0].message.annotations.map(({ url_citation: at }) => text.slice(at.start_index, at.end_index));

let streamed = "";
for await (const chunk of await client.chat.completions.create({ model: "assistant", messages, stream: true })) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
}
seen.same = streamed === text;

const response = await client.responses.stream({ model: "assistant:quick", input: question }).finalResponse();
seen.response = { status: response.status, text: response.output_text };
const next = await client.responses.create({
  model: "assistant",
  input: "And silk?",
  previous_response_id: response.id,
});
seen.next = next.output_text;

try {
  await new OpenAI({ baseURL: `${url}/v1`, apiKey: "nobody", maxRetries: 0 }).models.list();
} catch (error) {
  seen.refused = { status: error.status, code: error.code };
}
console.log(JSON.stringify(seen));
