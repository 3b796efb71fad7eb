"""A vision-language model that really sees, for tests: what it sees, how it was trained, and its weights."""
