"""What is exported trains with TRL as it says: the answers carry the loss, token by token, and nothing else does.

The model is tiny and starts at random, the tokenizer is trained here, and nothing is fetched.
"""

import pytest

from stylegraph.evals.tuning.examples import Example, Message
from stylegraph.evals.tuning.forms import NO_LOSS, answer_only_labels, chat, completion
from stylegraph.evals.tuning.local import Job
from stylegraph.evals.tuning.local import trainer_of as local_trainer

pytest.importorskip("trl", reason="needs torch, transformers and trl (gigabytes): pip install 'stylegraph[finetune]'")

import torch
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

TEMPLATE = (
    "{% for m in messages %}{{ '<' + m.role + '>' }}"
    "{% if m.role == 'assistant' %}{% generation %}{{ m.content + '<end>' }}{% endgeneration %}"
    "{% else %}{{ m.content + '<end>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}"
)
SPECIAL = ["<pad>", "<end>", "<user>", "<assistant>"]
TURNS = [
    ("울 니트는 어떻게 빨아요?", "30℃ 이하의 물에서 울 세제로 눌러 빱니다."),
    ("How hot can I iron silk?", "At most 150 °C, inside out and slightly damp."),
    ("그럼 건조기는요?", "건조기에 넣으면 줄어드니 펼쳐서 말립니다."),
    ("When are plum trees pruned?", "In summer, because winter cuts let silver leaf in."),
]


def example(*turns):
    messages = [
        Message(role=role, content=text)
        for turn in turns
        for role, text in zip(("user", "assistant"), turn, strict=True)
    ]
    told = {
        "language": "ko",
        "origin": "test",
        "made_by": "local",
        "answered": True,
        "grounded": 1.0,
        "in_language": True,
    }
    return Example(messages=tuple(messages), **told)


EXAMPLES = [example(TURNS[0]), example(TURNS[1]), example(TURNS[0], TURNS[2]), example(TURNS[1], TURNS[3])]


@pytest.fixture(scope="module")
def tokenizer():
    plain = Tokenizer(models.BPE())
    plain.decoder = decoders.ByteLevel()
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    plain.train_from_iterator([text for turn in TURNS for text in turn], trainer)
    made = PreTrainedTokenizerFast(tokenizer_object=plain, pad_token="<pad>", eos_token="<end>")
    made.chat_template = TEMPLATE
    return made


@pytest.fixture
def model(tokenizer):
    torch.manual_seed(7)
    size = {"hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4}
    return LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), pad_token_id=0, eos_token_id=1, **size))


def trainer_of(model, tokenizer, rows, folder, **more):
    settings = {"report_to": "none", "use_cpu": True, "seed": 7, "per_device_train_batch_size": 4, "max_length": 256}
    args = SFTConfig(output_dir=str(folder), disable_tqdm=True, save_strategy="no", **{**settings, **more})
    return SFTTrainer(model=model, args=args, train_dataset=Dataset.from_list(rows), processing_class=tokenizer)


def spans(ids, tokenizer, last_only):
    """Find the answers: from after <assistant> to the <end> that ends it."""
    opens, end = tokenizer.convert_tokens_to_ids(["<assistant>", "<end>"])
    starts = [place + 1 for place, token in enumerate(ids) if token == opens]
    found = [(start, ids.index(end, start) + 1) for start in starts]
    return found[-1:] if last_only else found


@pytest.mark.parametrize(
    ("form", "last_only", "more"), [(completion, True, {}), (chat, False, {"assistant_only_loss": True})]
)
def test_the_labels_are_trls_own_token_by_token(form, last_only, more, model, tokenizer, tmp_path):
    trainer = trainer_of(model, tokenizer, [form(one) for one in EXAMPLES], tmp_path, **more)
    batch = next(iter(trainer.get_train_dataloader()))
    assert batch["input_ids"].shape[0] == len(EXAMPLES)
    for ids, labels in zip(batch["input_ids"].tolist(), batch["labels"].tolist(), strict=True):
        assert answer_only_labels(ids, spans(ids, tokenizer, last_only)) == labels
        assert 0 < sum(label != NO_LOSS for label in labels) < len(labels)


def test_what_carries_loss_reads_as_the_answer(tokenizer):
    said = [message.model_dump() for message in EXAMPLES[2].messages]
    ids = tokenizer.apply_chat_template(said, tokenize=True, return_dict=True)["input_ids"]
    labels = answer_only_labels(ids, spans(ids, tokenizer, last_only=True))
    kept = tokenizer.decode([label for label in labels if label != NO_LOSS])
    assert kept.replace(" ", "") == (TURNS[2][1] + "<end>").replace(" ", "")


def test_the_questions_weigh_nothing_and_the_answers_are_learned(model, tokenizer, tmp_path):
    rows = [completion(one) for one in EXAMPLES]
    trainer = trainer_of(
        model, tokenizer, rows, tmp_path, max_steps=60, learning_rate=5e-3, lr_scheduler_type="constant"
    )
    batch = next(iter(trainer.get_train_dataloader()))
    asked = batch["labels"][:, 1:] == NO_LOSS

    def losses():
        out = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], labels=batch["labels"])
        return out.loss, out.logits

    before, logits = losses()
    logits.retain_grad()
    before.backward()
    pull = logits.grad[:, :-1].abs().sum(dim=-1)
    assert pull[asked].max().item() == 0.0  # a question's token is never asked for
    assert pull[~asked].min().item() > 0.0
    model.zero_grad()
    trainer.train()
    model.eval()
    after, _ = losses()
    assert after.item() < before.item() / 3


def local(model, tokenizer, folder, **args):
    """Return the trainer that `tuning local` makes, of the tiny model."""
    pytest.importorskip("peft", reason="needs peft: pip install 'stylegraph[finetune]'")
    job = Job("tiny", 0.001, epochs=30, batch=4, length=256)
    args = {"model_init_kwargs": None, "use_cpu": True, "bf16": False, "disable_tqdm": True, **args}
    return local_trainer(EXAMPLES, job, folder, model=model, processing_class=tokenizer, args=args)


def test_a_local_job_has_no_loss_on_any_token_of_a_prompt(model, tokenizer, tmp_path):
    trainer = local(model, tokenizer, tmp_path)
    batch = next(iter(trainer.get_train_dataloader()))
    assert batch["input_ids"].shape[0] == len(EXAMPLES)
    for ids, labels in zip(batch["input_ids"].tolist(), batch["labels"].tolist(), strict=True):
        ((first, end),) = spans(ids, tokenizer, last_only=True)
        assert set(labels[:first]) == {NO_LOSS}
        assert labels[first:end] == ids[first:end]
        assert set(labels[end:]) <= {NO_LOSS}


def test_a_local_job_learns_the_answers_and_writes_adapters_alone(model, tokenizer, tmp_path):
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    trainer = local(model, tokenizer, tmp_path, learning_rate=1e-2, logging_steps=1)
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert losses[-1] < losses[0] - 0.5  # the random head is frozen: no more than about 0.9 can be learned
    trainer.save_model(str(tmp_path))
    assert (tmp_path / "adapter_model.safetensors").is_file()
    assert not (tmp_path / "model.safetensors").exists()
    kept = {
        name.removeprefix("base_model.model.").replace(".base_layer", ""): weight
        for name, weight in trainer.model.state_dict().items()
    }
    assert all(torch.equal(kept[name], weight) for name, weight in before.items() if name in kept)
    assert before.keys() & kept.keys()
