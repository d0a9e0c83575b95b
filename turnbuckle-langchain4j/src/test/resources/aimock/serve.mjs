// Serves fixtures over HTTP as the vendors do. Arguments: the module's file, then files of fixtures.
// Says its address on standard output, and ends when its standard input does: with the test, however that ends.
import { pathToFileURL } from "node:url";

const [module, ...fixtures] = process.argv.slice(2);
const { LLMock } = await import(pathToFileURL(module).href);

const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent", chunkSize: 8, strict: true });
fixtures.forEach((file) => mock.loadFixtureFile(file));

const lastUser = (request) => {
  const said = request.messages.filter((m) => m.role === "user").at(-1)?.content ?? "";
  return typeof said === "string" ? said : said.map((part) => part.text ?? "").join("");
};
const finish = (request) => (request.model.startsWith("gemini") ? { finishReason: "STOP" } : {});

// A conversation: each "turn 7" is noted with a tool first, then answered.
mock.on(
  { userMessage: /^turn \d+$/, hasToolResult: false },
  (request) => ({
    reasoning: "It wants " + lastUser(request) + " to be noted.",
    toolCalls: [{ name: "note", arguments: JSON.stringify({ text: lastUser(request) }) }],
    ...finish(request),
  }),
  { latency: 2 },
);
mock.on(
  { userMessage: /^turn \d+$/, hasToolResult: true },
  (request) => ({ content: "That was " + lastUser(request) + ", and it is noted down." }),
  { latency: 2 },
);

await mock.start();
process.stdout.write(mock.url + "\n");
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
process.stdin.on("error", () => process.exit(0));
