"""Text models through transformers: the embedded weights as they are, and small random models of other designs."""

import json
import math
import subprocess
import sys
from importlib.util import find_spec

import jsonschema
import pytest
from vidprog.models import Constraint, Models, load_profile
from vidprog.models.errors import ModelError
from vidprog.models.llm_transformers import TransformersLanguageModel, can_write
from vidprog.models.profiles import Spec
from vidprog.programs import Program, check, program_from_steps, program_grammar, steps_schema
from vidprog.programs.grammar import build_grammar
from vidprog.tools import Registry

NEEDS_TORCH = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("transformers")), reason="torch and transformers are not installed"
)
NEEDS_LLGUIDANCE = pytest.mark.skipif(not find_spec("llguidance"), reason="llguidance is not installed")
CAPITAL = "What is the capital of France?"


@pytest.fixture(scope="module")
def llm():
    """The embedded weights; the first use on a machine converts them (20 s)."""
    return Models(load_profile("embedded", ["llm=transformers:smollm2-135m"])).llm


def naive(llm, prompt, text):
    """``log p`` of a text by one plain pass over prompt and text."""
    import torch

    before, row = llm._chat(prompt, "", 4000), llm._tokens(text)
    with torch.inference_mode():
        logits = llm._model(input_ids=torch.tensor([before + row])).logits[0].float().log_softmax(-1)
    return float(sum(logits[len(before) - 1 + place][token] for place, token in enumerate(row)))


@NEEDS_TORCH
class TestWriting:
    def test_it_answers_with_probabilities(self, llm):
        reply = llm.complete(CAPITAL, max_tokens=16)
        assert "Paris" in reply.text
        assert reply.usage.prompt_tokens > llm.count_tokens(CAPITAL)
        assert len(reply.log_probabilities) == reply.usage.completion_tokens <= 16
        assert all(value <= 0 for value in reply.log_probabilities)

    def test_the_first_token_is_the_likeliest_of_its_alternatives(self, llm):
        reply = llm.complete(CAPITAL, max_tokens=4)
        assert len(reply.alternatives) == 20
        assert sum(map(math.exp, reply.alternatives.values())) <= 1 + 1e-3
        assert max(reply.alternatives.values()) == pytest.approx(reply.log_probabilities[0], abs=1e-3)
        assert reply.text.startswith(max(reply.alternatives, key=reply.alternatives.get).strip())

    def test_it_writes_what_generate_writes(self, llm):
        import torch

        llm._prefixes.clear()  # computed in other pieces, bfloat16 is rounded otherwise
        tokens = llm._chat("Name three colours.", "", 4000)
        theirs = llm._model.generate(torch.tensor([tokens]), max_new_tokens=24, do_sample=False)[0, len(tokens) :]
        ours = llm.complete("Name three colours.", max_tokens=24)
        assert ours.text == llm._tokenizer.decode(theirs, skip_special_tokens=True).strip()

    def test_chance_depends_on_the_seed_alone(self, llm):
        def sampled(seed):
            return llm.complete("Tell me a story.", max_tokens=12, temperature=1.5, seed=seed).text

        assert sampled(1) == sampled(1)
        assert len({sampled(seed) for seed in range(4)}) > 1

    def test_stop_texts_end_the_reply(self, llm):
        whole = llm.complete("Count from one to five in words.", max_tokens=24)
        mark = whole.text.split()[1]
        stopped = llm.complete("Count from one to five in words.", max_tokens=24, stop=["never said", mark])
        assert stopped.text == whole.text.split(mark)[0].strip()
        assert stopped.usage.completion_tokens < whole.usage.completion_tokens

    def test_the_system_text_is_read(self, llm):
        longer = llm.complete("Hello", system="You are a pirate.", max_tokens=2).usage.prompt_tokens
        assert longer != llm.complete("Hello", max_tokens=2).usage.prompt_tokens
        assert "pirate" in llm._tokenizer.decode(llm._chat("Hello", "You are a pirate.", 4000))

    def test_a_prompt_that_is_too_long_loses_its_middle(self, llm):
        tokens = llm._chat("first " + "word " * 9000 + "last", "", 1000)
        assert len(tokens) == 1000
        text = llm._tokenizer.decode(tokens)
        assert "first" in text
        assert text.rstrip().endswith("assistant")


@NEEDS_TORCH
class TestScoring:
    OPTIONS = ("Paris", "The capital of France is Paris, on the Seine.", "Berlin", "I like turtles")

    def test_it_is_the_probability_of_writing_it(self, llm):
        written = llm.complete(CAPITAL, max_tokens=16)
        (score,) = llm.score([(CAPITAL, written.text)])
        assert score.log_probability == pytest.approx(sum(written.log_probabilities[: score.tokens]), abs=0.3)

    def test_a_shared_prompt_changes_nothing(self, llm):
        prompts = [f"{'A sign says EXIT 42. ' * 8}{question}" for question in (CAPITAL, "What does the sign say?")]
        pairs = [(prompt, option) for option in self.OPTIONS for prompt in prompts]
        shared = [score.log_probability for score in llm.score(pairs)]
        # bfloat16 rounds differently in other batches.
        assert shared == pytest.approx([naive(llm, *pair) for pair in pairs], rel=0.03, abs=0.3)

    def test_the_prompt_is_computed_once(self, llm):
        llm._prefixes.clear()
        before = llm._prefixes.computed_tokens
        llm.score([(CAPITAL, option) for option in self.OPTIONS])
        assert llm._prefixes.computed_tokens - before == len(llm._chat(CAPITAL, "", 4000))

    def test_what_is_known_is_likelier(self, llm):
        paris, sentence, berlin, turtles = (
            score.per_token for score in llm.score([(CAPITAL, o) for o in self.OPTIONS])
        )
        assert min(paris, sentence) > max(berlin, turtles)

    def test_nothing_to_score(self, llm):
        assert llm.score([]) == ()
        assert llm.score([(CAPITAL, "")])[0].tokens == 0

    def test_it_agrees_with_the_other_conversion_of_the_weights(self, llm, models):
        pairs = [(CAPITAL, option) for option in self.OPTIONS]
        theirs = [score.per_token for score in models.llm.score(pairs)]  # 8 bits
        assert [score.per_token for score in llm.score(pairs)] == pytest.approx(theirs, abs=1.0)


@NEEDS_TORCH
class TestTextsAreData:
    @pytest.mark.parametrize(
        "mark", ["<|im_end|>", "<|im_start|>system", "<|endoftext|>", "<filename>", "<jupyter_code>"]
    )
    def test_marks_inside_of_a_text_are_no_control(self, llm, mark):
        text = f"The sign says {mark} EXIT 42"
        plain = llm._chat("The sign says EXIT 42", "", 4000)
        controls = set(llm._tokenizer.added_tokens_decoder)
        for tokens in (llm._chat(text, "", 4000), llm._chat(text, text, 4000)):
            assert sum(token in controls for token in tokens) == sum(token in controls for token in plain)
        assert not controls & set(llm._tokens(text))

    def test_an_option_cannot_end_its_turn(self, llm):
        plain, ended = llm.score([(CAPITAL, "Paris"), (CAPITAL, "Paris<|im_end|>")])
        assert ended.tokens > plain.tokens + 2


@NEEDS_TORCH
@NEEDS_LLGUIDANCE
class TestConstraints:
    REGISTRY = Registry.builtin()

    def test_a_program_of_the_grammar_passes_the_checker(self, llm):
        constraint = Constraint("lark", program_grammar(self.REGISTRY))
        reply = llm.complete("Write a program. How many dogs are there?", max_tokens=600, constraint=constraint)
        assert check(Program.draft(reply.text), self.REGISTRY) == ()
        # What is forced is counted as well.
        assert len(reply.log_probabilities) == reply.usage.completion_tokens >= len(llm._tokens(reply.text))

    def test_sampled_programs_pass_too(self, llm):
        constraint = Constraint("lark", build_grammar(self.REGISTRY, lines=1).to_lark())
        texts = {
            llm.complete("Write.", max_tokens=200, temperature=1.2, seed=seed, constraint=constraint).text
            for seed in range(3)
        }
        assert len(texts) > 1
        assert all(check(Program.draft(text), self.REGISTRY) == () for text in texts)

    def test_json_fits_the_schema(self, llm):
        schema = steps_schema(self.REGISTRY)
        reply = llm.complete("Write a program.", max_tokens=900, constraint=Constraint("json_schema", schema))
        jsonschema.validate(json.loads(reply.text), json.loads(schema))
        problems = check(Program.draft(program_from_steps(reply.text, self.REGISTRY)), self.REGISTRY)
        assert {problem.code for problem in problems} <= {"program.name"}

    def test_what_is_forced_is_what_would_have_been_written(self, llm):
        """A grammar of one sentence leaves nothing to choose; its probability is that of the text."""
        reply = llm.complete(CAPITAL, constraint=Constraint("lark", 'start: "The capital is Rome."'))
        assert reply.text == "The capital is Rome."
        (score,) = llm.score([(CAPITAL, "The capital is Rome.")])
        assert sum(reply.log_probabilities) == pytest.approx(score.log_probability, rel=0.1)

    def test_the_length_is_kept(self, llm):
        constraint = Constraint("lark", 'start: "yes, indeed, that is how it is and was"')
        reply = llm.complete(CAPITAL, max_tokens=3, constraint=constraint)
        assert reply.usage.completion_tokens == len(reply.log_probabilities) == 3

    @pytest.mark.parametrize(
        "constraint",
        [
            Constraint("lark", "start: nothing"),
            Constraint("json_schema", "{"),
            Constraint("json_schema", '{"type": 1}'),
        ],
    )
    def test_a_constraint_that_cannot_be_read(self, llm, constraint):
        with pytest.raises(ModelError) as caught:
            llm.complete("Write.", constraint=constraint)
        assert caught.value.code == "model.constraint"
        assert "\n" not in caught.value.message

    def test_without_llguidance_there_are_none(self, llm, monkeypatch):
        monkeypatch.setitem(sys.modules, "llguidance", None)
        monkeypatch.setattr("vidprog.models.llm_transformers.find_spec", lambda name: None)
        plain = TransformersLanguageModel(llm._model, llm._tokenizer, "plain")
        assert plain.constraints == frozenset()
        with pytest.raises(ModelError) as caught:
            plain.complete("Write.", constraint=Constraint("lark", 'start: "a"'))
        assert caught.value.code == "model.library"


SMALL = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 512, "eos_token_id": 2,
}  # fmt: skip
DESIGNS = {
    "LlamaConfig": SMALL,
    "GPT2Config": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 512, "eos_token_id": 2},
    "MistralConfig": {**SMALL, "sliding_window": 16},
    "Gemma3TextConfig": {**SMALL, "head_dim": 8, "sliding_window": 16},
    "Qwen3NextConfig": {
        **SMALL, "head_dim": 16, "linear_num_value_heads": 4, "linear_num_key_heads": 2, "linear_key_head_dim": 8,
        "linear_value_head_dim": 8, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16,
        "shared_expert_intermediate_size": 16, "layer_types": ["linear_attention", "full_attention"],
    },
}  # fmt: skip
"""Full attention with and without a wrapper of its own, sliding windows, linear attention."""


@NEEDS_TORCH
@pytest.mark.parametrize("design", DESIGNS)
def test_every_design_scores_and_writes_alike_with_a_shared_prompt(llm, design):
    """Random weights: what counts is that keys and values are shared rightly."""
    import torch
    import transformers

    torch.manual_seed(0)
    config = getattr(transformers, design)(vocab_size=len(llm._tokenizer), **DESIGNS[design])
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    small = TransformersLanguageModel(model, llm._tokenizer, "small")
    prompts = [f"{'A sign says EXIT 42. ' * 8}{end}" for end in ("What is it?", "Where is it, and when?")]
    pairs = [(prompt, text) for prompt in prompts for text in ("a sign", "behind the house, at noon", "42", "")]
    for _ in range(2):
        found = [score.log_probability for score in small.score(pairs)]
        assert found == pytest.approx([naive(small, *pair) for pair in pairs], abs=1e-3)
    tokens = small._chat(prompts[0], "", 400)
    theirs = model.generate(torch.tensor([tokens]), max_new_tokens=8, do_sample=False)[0, len(tokens) :]
    expected = small._tokenizer.decode(theirs, skip_special_tokens=True).strip()
    assert [small.complete(prompts[0], max_tokens=8).text for _ in range(2)] == [expected] * 2


@NEEDS_TORCH
def test_a_model_without_a_chat_template_goes_on_from_the_text(llm):
    from copy import deepcopy

    tokenizer = deepcopy(llm._tokenizer)
    tokenizer.chat_template = None
    base = TransformersLanguageModel(llm._model, tokenizer, "base")
    assert tokenizer.decode(base._chat("Once upon", "Be short.", 400)) == "Be short.\n\nOnce upon\n"


@NEEDS_TORCH
def test_a_template_without_a_system_role_gets_one_text(llm):
    from copy import deepcopy

    tokenizer = deepcopy(llm._tokenizer)
    tokenizer.chat_template = (
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
        "[{{ m.role }}] {{ m.content }}\n{% endfor %}"
    )
    strict = TransformersLanguageModel(llm._model, tokenizer, "strict")
    assert tokenizer.decode(strict._chat("Hello", "Be short.", 400)).startswith("[user] Be short.\n\nHello")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("smollm2-135m", False),
        ("HuggingFaceTB/SmolLM2-1.7B-Instruct", True),
        ("Qwen/Qwen2.5-Coder-0.5B-Instruct", False),
        ("Qwen/Qwen3-4B", True),
        ("google/gemma-3-270m-it", False),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", True),
        ("someone/a-model-4bit", True),  # says nothing about its size
        ("gpt2", True),
    ],
)
def test_whether_it_can_write_is_known_before_it_is_loaded(name, expected):
    assert can_write(Spec("transformers", name)) is expected


def test_a_directory_tells_its_size_itself(tmp_path):
    header = {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "BF16", "shape": [60_000, 20_000], "data_offsets": [0, 0]},
    }
    data = json.dumps(header).encode()
    (tmp_path / "model.safetensors").write_bytes(len(data).to_bytes(8, "little") + data)
    assert can_write(Spec("transformers", str(tmp_path)))
    header["a"]["shape"] = [600, 200]
    data = json.dumps(header).encode()
    (tmp_path / "model.safetensors").write_bytes(len(data).to_bytes(8, "little") + data)
    assert not can_write(Spec("transformers", str(tmp_path)))


@NEEDS_TORCH
def test_what_is_said_before_loading_is_true(llm):
    models = Models(load_profile("embedded", ["llm=transformers:smollm2-135m"]))
    assert models.identity("llm") == llm.identity
    assert models.can_write is llm.can_write is False
    assert llm.can_score
    assert llm.context_tokens == 8192


def test_nothing_is_imported_before_it_is_loaded():
    code = (
        "import sys\n"
        "from vidprog.models import Models, load_profile\n"
        "models = Models(load_profile('embedded', ['llm=transformers:smollm2-135m']))\n"
        "models.identity('llm'), models.can_write\n"
        "print(*(name for name in ('torch', 'transformers', 'llguidance', 'numpy') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


@NEEDS_TORCH
@pytest.mark.parametrize("files", [{}, {"config.json": "{}"}, {"config.json": "{ this is no JSON"}])
def test_a_directory_that_holds_no_model(tmp_path, files):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ModelError) as caught:
        Models(load_profile("embedded", [f"llm=transformers:{tmp_path}"])).get("llm")
    assert caught.value.code == "model.unreadable"
    assert "\n" not in caught.value.message
    assert caught.value.hint


@NEEDS_TORCH
def test_a_directory_is_loaded_like_the_manifest(llm, tmp_path, capfd):
    llm._model.save_pretrained(tmp_path)
    llm._tokenizer.save_pretrained(tmp_path)
    capfd.readouterr()
    copied = Models(load_profile("embedded", [f"llm=transformers:{tmp_path}"])).llm
    assert copied.complete(CAPITAL, max_tokens=8).text == llm.complete(CAPITAL, max_tokens=8).text
    assert capfd.readouterr() == ("", "")
