"""The page to try: pick or drop a video, ask, watch the steps arrive, see what proves the answer.

A page of our own over the HTTP server's desk, not Gradio (6.31): importing that takes 2.3-3.3 s, it brings 341 MB, and
its video component fetches code from a public server when a clip is trimmed. This one asks nobody but its own server.
"""
