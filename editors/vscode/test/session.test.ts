// VS Code's own protocol library against the real server. `DFOPT` names the program; else a build in the repository is taken.
// `DFOPT_RECORD` names a file into which all that the client says is written: tests/lsp/session.jsonl is such a one.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, before, test } from "node:test";
import {
    type CodeAction, CodeActionRequest, CodeActionResolveRequest, CodeActionTriggerKind, ConfigurationRequest,
    createProtocolConnection, type Diagnostic, DiagnosticSeverity, DidChangeConfigurationNotification,
    DidChangeTextDocumentNotification, DidCloseTextDocumentNotification, DidOpenTextDocumentNotification,
    DocumentFormattingRequest, ErrorCodes, ExitNotification, HoverRequest, InitializedNotification, InitializeRequest,
    type InitializeResult, LSPErrorCodes, type MarkupContent, type Message, type ProtocolConnection, PublishDiagnosticsNotification,
    RegistrationRequest, ResponseError, ShutdownRequest, StreamMessageReader, StreamMessageWriter, TextDocumentEdit,
    type TextEdit, WillSaveTextDocumentWaitUntilRequest,
} from "vscode-languageserver-protocol/node";
import { TextDocument } from "vscode-languageserver-textdocument";

const MERGEABLE = "FROM debian:12-slim\nRUN echo one\nRUN echo two\nUSER 1000\n";
const MERGED = "FROM debian:12-slim\nRUN echo one \\\n    && echo two\nUSER 1000\n";
const URI = "file:///nowhere/Dockerfile";

function program(): string | undefined {
    const root = path.resolve(__dirname, "../../../../..");
    const built = ["release", "debug"].map((profile) => path.join(root, "target", profile, "dfopt"));
    return [process.env.DFOPT, ...built].find((file) => file !== undefined && file !== "" && fs.existsSync(file));
}

const dfopt = program();
const skip = dfopt === undefined ? "skipped: there is no dfopt; build it, or set DFOPT" : false;

let child: ChildProcess;
let connection: ProtocolConnection;
let settings: unknown = { level: "safe", formatOnSave: true };
let text = TextDocument.create(URI, "dockerfile", 1, MERGEABLE);
const marks: { version?: number; diagnostics: Diagnostic[] }[] = [];
const waiting: (() => void)[] = [];

/** Writes down what the client says. */
class Recorder extends StreamMessageWriter {
    override async write(message: Message): Promise<void> {
        if (process.env.DFOPT_RECORD) {
            fs.appendFileSync(process.env.DFOPT_RECORD, `${JSON.stringify(message)}\n`);
        }
        return super.write(message);
    }
}

/** Waits for marks of the text in its present version. */
async function marked(): Promise<Diagnostic[]> {
    for (;;) {
        const found = marks.find((mark) => mark.version === text.version);
        if (found !== undefined) {
            return found.diagnostics;
        }
        await new Promise<void>((resolve) => waiting.push(resolve));
    }
}

async function change(edits: TextEdit[]): Promise<void> {
    const contentChanges = edits.map((edit) => ({ range: edit.range, text: edit.newText }));
    text = TextDocument.update(text, contentChanges, text.version + 1);
    const textDocument = { uri: URI, version: text.version };
    await connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument, contentChanges });
}

const whole = () => ({ start: { line: 0, character: 0 }, end: text.positionAt(text.getText().length) });

async function actions(only?: string[]): Promise<CodeAction[]> {
    const context = { diagnostics: await marked(), only, triggerKind: CodeActionTriggerKind.Invoked };
    const found = await connection.sendRequest(CodeActionRequest.type, { textDocument: { uri: URI }, range: whole(), context });
    return (found ?? []) as CodeAction[];
}

function edits(action: CodeAction): TextEdit[] {
    const change = action.edit?.documentChanges?.[0];
    assert.ok(TextDocumentEdit.is(change));
    assert.equal(change.textDocument.version, text.version);
    return change.edits as TextEdit[];
}

before(async () => {
    if (dfopt === undefined) {
        return;
    }
    child = spawn(dfopt, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
    assert.ok(child.stdout && child.stdin);
    connection = createProtocolConnection(new StreamMessageReader(child.stdout), new Recorder(child.stdin));
    connection.onRequest(ConfigurationRequest.type, (params) => params.items.map(() => settings));
    connection.onRequest(RegistrationRequest.type, () => undefined);
    connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
        marks.push(params);
        waiting.splice(0).forEach((wake) => wake());
    });
    connection.listen();
});

after(() => {
    connection?.dispose();
    child?.kill();
});

test("a session", { skip }, async (t) => {
    await t.test("begins", async () => {
        const early = connection.sendRequest(ShutdownRequest.type);
        await assert.rejects(early, (error: ResponseError<void>) => error.code === ErrorCodes.ServerNotInitialized);
        const welcome: InitializeResult = await connection.sendRequest(InitializeRequest.type, {
            processId: null,
            rootUri: "file:///nowhere",
            workspaceFolders: [{ uri: "file:///nowhere", name: "nowhere" }],
            capabilities: {
                general: { positionEncodings: ["utf-16"] },
                workspace: {
                    configuration: true,
                    didChangeConfiguration: { dynamicRegistration: true },
                    workspaceEdit: { documentChanges: true, changeAnnotationSupport: { groupsOnLabel: true } },
                },
                textDocument: {
                    publishDiagnostics: { versionSupport: true },
                    hover: { contentFormat: ["markdown", "plaintext"] },
                    codeAction: {
                        codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source.fixAll"] } },
                        dataSupport: true,
                        resolveSupport: { properties: ["edit"] },
                    },
                },
            },
        });
        assert.equal(welcome.capabilities.positionEncoding, "utf-16");
        assert.equal(welcome.serverInfo?.name, "dfopt");
        await connection.sendNotification(InitializedNotification.type, {});
        const textDocument = { uri: URI, languageId: "dockerfile", version: 1, text: MERGEABLE };
        await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
    });

    await t.test("marks what can be rewritten", async () => {
        const [mark] = await marked();
        assert.equal(mark?.code, "merge-runs");
        assert.equal(mark?.severity, DiagnosticSeverity.Information);
    });

    await t.test("offers a rewrite, previews it, and takes it back", async () => {
        const [action] = await actions(["quickfix"]);
        assert.ok(action && action.edit === undefined);
        const resolved = await connection.sendRequest(CodeActionResolveRequest.type, action);
        assert.equal(TextDocument.applyEdits(text, edits(resolved)), MERGED);
        await change([{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: "# é😀\n" }]);
        const late = connection.sendRequest(CodeActionResolveRequest.type, action);
        await assert.rejects(late, (error: ResponseError<void>) => error.code === LSPErrorCodes.ContentModified);
    });

    await t.test("fixes all, and formats to the same", async () => {
        const [action] = await actions(["source.fixAll"]);
        const fixed = edits(await connection.sendRequest(CodeActionResolveRequest.type, action!));
        const textDocument = { uri: URI };
        const options = { tabSize: 4, insertSpaces: true };
        const formatted = await connection.sendRequest(DocumentFormattingRequest.type, { textDocument, options });
        const saved = await connection.sendRequest(WillSaveTextDocumentWaitUntilRequest.type, { textDocument, reason: 1 });
        for (const each of [fixed, formatted, saved]) {
            assert.equal(TextDocument.applyEdits(text, each ?? []), `# é😀\n${MERGED}`);
        }
        await change([...(formatted ?? [])].reverse());
        assert.equal(text.getText(), `# é😀\n${MERGED}`);
        assert.deepEqual(await marked(), []);
    });

    await t.test("shows pages and errors", async () => {
        await change([{ range: whole(), newText: MERGEABLE }]);
        const [mark] = await marked();
        const hover = await connection.sendRequest(HoverRequest.type, { textDocument: { uri: URI }, position: mark!.range.start });
        assert.match((hover?.contents as MarkupContent).value, /# merge-runs/);
        await change([{ range: whole(), newText: "FROM a\nCPOY x y\n" }]);
        const [error] = await marked();
        assert.equal(error?.severity, DiagnosticSeverity.Error);
        assert.match(String(error!.message), /did you mean `COPY`/);
    });

    await t.test("follows the settings", async () => {
        settings = { skip: ["merge-runs"] };
        await connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
        await change([{ range: whole(), newText: MERGEABLE }]);
        assert.deepEqual(await actions(), []);
    });

    await t.test("ends", async () => {
        await connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri: URI } });
        await connection.sendRequest(ShutdownRequest.type);
        const code = new Promise((resolve) => child.once("exit", resolve));
        await connection.sendNotification(ExitNotification.type);
        assert.equal(await code, 0);
    });
});
