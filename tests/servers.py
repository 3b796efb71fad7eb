"""OpenAI-compatible servers on loopback: llama.cpp's own, and ones that say what a test wants."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GOOD = {
    "id": "1", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": " B "}}],
    "usage": {"prompt_tokens": 30, "completion_tokens": 2, "total_tokens": 32},
}  # fmt: skip
LOGPROBS = {
    "content": [
        {"token": "B", "logprob": -0.1, "bytes": None, "top_logprobs": [
            {"token": "B", "logprob": -0.1, "bytes": None}, {"token": "A", "logprob": -2.5, "bytes": None}]},
        {"token": ".", "logprob": -0.2, "bytes": None, "top_logprobs": []},
    ]
}  # fmt: skip
AT_ONCE = {"retry-after-ms": "1"}


def with_logprobs():
    return {**GOOD, "choices": [{**GOOD["choices"][0], "logprobs": LOGPROBS}]}


def failure(message):
    return {"error": {"message": message, "type": "error", "code": None}}


@contextmanager
def serving(*replies, wait=0.0):
    """A server that gives replies (status, body[, headers]) in order, the last one again and again; yields its address
    and the requests that came. A body may be a function of the request's; ``wait`` is how long it thinks, in seconds.
    """
    queue, requests = list(replies), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            requests.append({"path": self.path, "key": self.headers["Authorization"], "body": body})
            time.sleep(wait)
            status, content, *more = queue.pop(0) if len(queue) > 1 else queue[0]
            content = content(body) if callable(content) else content
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            headers = {
                "Content-Type": "application/json",
                "Content-Length": str(len(data)),
                **(more[0] if more else {}),
            }
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)
            except BrokenPipeError:
                pass  # the client gave up waiting

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def llama():
    """llama.cpp's own server with the embedded weights; yields its address."""
    import xllamacpp
    from vidprog.models.weights import ensure_weights

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(ensure_weights("smollm2-135m") / "SmolLM2-135M-Instruct.Q4_1.gguf")
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = 2
    parameters.warmup = False
    parameters.port = 0
    parameters.verbosity = -1
    server = xllamacpp.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server
