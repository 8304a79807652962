"""The black-box learners: what they read, in which order, and that they learn to learn."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.base import get_backbone
from engine.episodes import Episode, LabeledSet
from engine.learners.base import accuracy
from engine.learners.black_box.base import BlackBoxLearner
from engine.learners.black_box.feature_encoder import FeatureEncoder
from engine.learners.black_box.mann import KEY, MANN, SLOTS, ControllerState, Memory
from engine.learners.black_box.meta_networks import FastWeights, MetaNetworks
from engine.learners.black_box.sequence import FEW, canonical_reading, label_codes, random_reading
from engine.learners.black_box.set_encoder import SetEncoder
from engine.learners.black_box.snail import CODE, DILATIONS, READS, SNAIL, DenseBlock
from engine.learners.ranks import rank_within_class
from tests.engine.tasks import adapted, embeddings, names

DIMENSION = 32
BACKBONE = dataclasses.replace(get_backbone("conv4"), dimension=DIMENSION)
KINDS: list[type[BlackBoxLearner]] = [SetEncoder, SNAIL, MANN, MetaNetworks]
SEQUENCE_READERS: list[type[BlackBoxLearner]] = [SNAIL, MANN]


def built(kind: type[BlackBoxLearner]) -> BlackBoxLearner:
    """As after some meta-training: no weight is left at the zero at which it starts."""
    torch.manual_seed(0)
    learner = kind(BACKBONE).eval()
    with torch.no_grad():
        for parameter in learner.parameters():
            parameter += 0.02 * torch.randn_like(parameter)
    return learner


@pytest.fixture(params=KINDS, ids=lambda kind: kind.facts.name)
def learner(request: pytest.FixtureRequest) -> BlackBoxLearner:
    return built(request.param)


SUPPORT = embeddings([3, 1, 2], DIMENSION)
QUERY = embeddings([2, 2, 2], DIMENSION, examples_seed=1)


def assert_same(logits: Tensor, expected: Tensor) -> None:
    """Equal up to what another order of adding up may change."""
    torch.testing.assert_close(logits, expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max()))


# --- what holds for each of them --------------------------------------------------------------


@pytest.mark.parametrize("way", [2, 3, 17, 70])
def test_any_number_of_classes_and_unequal_shots_are_fine(learner: BlackBoxLearner, way: int) -> None:
    support = embeddings([1 + label % 2 for label in range(way)], DIMENSION)
    classifier = adapted(learner, support)
    logits = classifier.logits(support.features)
    assert logits.shape == (len(support), way)
    assert accuracy(logits, support.labels) == 1.0
    assert classifier.embed(support.features).ndim == 2


def test_what_is_said_of_a_picture_does_not_depend_on_its_companions(learner: BlackBoxLearner) -> None:
    classifier = adapted(learner, SUPPORT)
    together = classifier.logits(QUERY.features)
    assert_same(torch.cat([classifier.logits(one[None]) for one in QUERY.features]), together)
    embedded = classifier.embed(QUERY.features)
    assert_same(torch.cat([classifier.embed(one[None]) for one in QUERY.features]), embedded)


def test_the_order_of_the_examples_does_not_matter(learner: BlackBoxLearner) -> None:
    shuffled = SUPPORT.take(torch.tensor([5, 0, 3, 2, 4, 1]))
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    assert_same(adapted(learner, shuffled).logits(QUERY.features), expected)


def test_the_order_of_the_classes_does_not_matter(learner: BlackBoxLearner) -> None:
    place = torch.tensor([2, 0, 1])  # class c becomes class place[c]
    reordered = LabeledSet(SUPPORT.features, place[SUPPORT.labels], SUPPORT.class_names)
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    assert_same(adapted(learner, reordered).logits(QUERY.features)[:, place], expected)


def test_a_loaded_learner_says_the_same(learner: BlackBoxLearner) -> None:
    loaded = type(learner)(BACKBONE).eval()
    loaded.load_state_dict(learner.state_dict())
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    assert torch.equal(adapted(loaded, SUPPORT).logits(QUERY.features), expected)


def test_using_a_learner_draws_no_random_numbers(learner: BlackBoxLearner) -> None:
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    before = torch.get_rng_state()
    assert torch.equal(adapted(learner, SUPPORT).logits(QUERY.features), expected)
    assert torch.equal(torch.get_rng_state(), before)


def test_an_adaptation_given_up_midway_leaves_no_trace(learner: BlackBoxLearner) -> None:
    before = {name: tensor.clone() for name, tensor in learner.state_dict().items()}
    steps = learner.adapt(SUPPORT)
    next(steps)
    steps.close()
    assert torch.is_grad_enabled()
    assert all(torch.equal(tensor, before[name]) for name, tensor in learner.state_dict().items())
    assert all(parameter.grad is None for parameter in learner.parameters())


def test_the_outer_loss_reaches_every_meta_parameter(learner: BlackBoxLearner) -> None:
    support = embeddings([60, 50, 40], DIMENSION)  # longer than the longest dilation of SNAIL
    for mode in (True, False):
        loss = learner.train(mode).meta_loss(Episode(support, QUERY))
        names, parameters = zip(*learner.named_parameters(), strict=True)
        gradients = torch.autograd.grad(loss, parameters)
        for name, gradient in zip(names, gradients, strict=True):
            assert gradient.isfinite().all(), f"the gradient of {name} is not finite: {gradient}"
            assert gradient.any(), f"no gradient reaches {name}"


def test_a_step_of_meta_training_follows_from_the_seed(learner: BlackBoxLearner) -> None:
    def loss(seed: int) -> Tensor:
        torch.manual_seed(seed)
        return learner.train().meta_loss(Episode(SUPPORT, QUERY)).detach()

    assert torch.equal(loss(1), loss(1))


def test_before_meta_training_it_already_tells_classes_apart(learner: BlackBoxLearner) -> None:
    fresh = type(learner)(BACKBONE).eval()
    logits = adapted(fresh, SUPPORT).logits(QUERY.features)
    assert accuracy(logits, QUERY.labels) == 1.0


def hidden_signal(seed: int) -> Episode:
    """Classes differ in 8 directions of 32; along the others all pictures are scattered more widely."""
    generator = torch.Generator().manual_seed(seed)
    way, shots, queries = 5, 1 + seed % 2, 3
    centres = 2 * torch.randn(way, 8, generator=generator)

    def draw(count: int) -> LabeledSet:
        labels = torch.arange(way).repeat_interleave(count)
        signal = centres[labels] + 0.3 * torch.randn(len(labels), 8, generator=generator)
        noise = 2.5 * torch.randn(len(labels), DIMENSION - 8, generator=generator)
        return LabeledSet(torch.cat([noise, signal], dim=1), labels, names(way))

    return Episode(draw(shots), draw(queries))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.facts.name)
def test_a_little_meta_training_finds_what_tells_classes_apart(kind: type[BlackBoxLearner]) -> None:
    torch.manual_seed(0)
    learner = kind(BACKBONE)
    unseen = [hidden_signal(10_000 + number) for number in range(20)]

    def score() -> float:
        learner.eval()
        scores = [
            accuracy(adapted(learner, e.support).logits(e.query.features), e.query.labels) for e in unseen
        ]
        learner.train()
        return sum(scores) / len(scores)

    learner.init_statistics(torch.cat([hidden_signal(seed).support.features for seed in range(20)]))
    before = score()
    optimizer = torch.optim.Adam(learner.parameters(), lr=3e-3)
    for step in range(60):
        learner.meta_step([hidden_signal(2 * step), hidden_signal(2 * step + 1)], optimizer)
    assert before < 0.6
    assert score() > 0.7


# --- the encoder ------------------------------------------------------------------------------


def distances(points: Tensor) -> Tensor:
    """Of all pairs, from differences: by way of a matrix product, small ones come out as rounding has it."""
    return torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist")


def test_the_encoder_starts_with_the_directions_in_which_pictures_differ() -> None:
    torch.manual_seed(0)
    plane = torch.linalg.qr(torch.randn(300, 20))[0].T
    features = torch.randn(500, 20) @ plane + 7.0
    encoder = FeatureEncoder(300)
    encoder.init_statistics(features)
    with torch.no_grad():
        shaped, codes = encoder.head(features), encoder(features)
    assert codes.shape == (500, 128)
    assert_same(distances(codes), distances(shaped))


# --- orders and codes -------------------------------------------------------------------------


def test_codes_are_orthonormal_while_they_can_be() -> None:
    codes = label_codes(64, 64)
    torch.testing.assert_close(codes @ codes.T, torch.eye(64), atol=1e-5, rtol=0.0)


def test_there_are_codes_for_any_number_of_classes() -> None:
    codes = label_codes(200, 64, torch.Generator().manual_seed(0))
    assert codes.shape == (200, 64)
    alike = (codes @ codes.T - torch.eye(200)).abs()
    assert alike.max() < 0.7


def test_classes_take_turns_and_examples_come_by_their_keys() -> None:
    keys = torch.tensor([5.0, 1.0, 3.0, 0.0, 4.0])
    labels = torch.tensor([0, 0, 1, 1, 0])  # the means are 10/3 and 3/2
    turn, rank = rank_within_class(keys, labels, way=2)
    assert turn.tolist() == [2, 0, 1, 0, 1]
    assert rank.tolist() == [1, 0]


def test_a_canonical_reading_follows_from_the_contents() -> None:
    features, labels, place = torch.randn(9, 16), torch.arange(9) % 3, torch.tensor([1, 2, 0])
    shuffle = torch.randperm(9)
    one = canonical_reading(features, labels, 3, 64)
    other = canonical_reading(features[shuffle], place[labels][shuffle], 3, 64)
    assert torch.equal(features[shuffle][other.examples], features[one.examples])
    assert torch.equal(other.labels(place[labels][shuffle]), one.labels(labels))
    assert not torch.equal(one.examples[0], one.examples[1])


@pytest.mark.parametrize(
    ("shots", "read"),
    [
        ([1, 60, 1], [1, FEW, 1]),
        ([20, 60, 10], [20, 20, 10]),
        ([1, 60, 60], [1, 60, 60]),
        ([4, 60], [4, 4]),
        ([5, 5, 5], [5, 5, 5]),
    ],
)
def test_of_a_class_no_more_is_read_than_the_middle_one_has(shots: list[int], read: list[int]) -> None:
    support = embeddings(shots, DIMENSION)
    reading = canonical_reading(support.features, support.labels, len(shots), CODE)
    for order in reading.examples:
        assert torch.bincount(support.labels[order]).tolist() == read


def test_random_readings_vary_and_sometimes_leave_examples_out_but_never_a_class() -> None:
    torch.manual_seed(0)
    labels = torch.arange(12) % 3
    readings = [random_reading(labels, 3, 64) for _ in range(40)]
    lengths = {reading.examples.shape[1] for reading in readings}
    assert max(lengths) == 12
    assert len(lengths) > 3
    assert len({tuple(reading.examples[0].tolist()) for reading in readings}) == 40
    for reading in readings:
        assert set(labels[reading.examples[0]].tolist()) == {0, 1, 2}
        assert len(set(reading.examples[0].tolist())) == reading.examples.shape[1]
        assert labels[reading.examples[0, :3]].unique().tolist() == [0, 1, 2]


@pytest.mark.parametrize("kind", SEQUENCE_READERS, ids=lambda kind: kind.facts.name)
def test_meta_training_meets_the_same_task_in_other_orders_and_codes(kind: type[BlackBoxLearner]) -> None:
    learner = built(kind).train()
    torch.manual_seed(1)
    one, other = (learner.query_logits(Episode(SUPPORT, QUERY)) for _ in range(2))
    assert not torch.allclose(one, other)


# --- set encoder ------------------------------------------------------------------------------


def test_the_set_encoder_starts_as_prototypes() -> None:
    learner = SetEncoder(BACKBONE).eval()
    with torch.no_grad():
        query, support = learner.encoder(QUERY.features), learner.encoder(SUPPORT.features)
        means = torch.stack([support[SUPPORT.labels == label].mean(dim=0) for label in range(3)])
        expected = -learner.scale * torch.cdist(query, means).square()
    logits = adapted(learner, SUPPORT).logits(QUERY.features)
    torch.testing.assert_close(logits.log_softmax(dim=1), expected.log_softmax(dim=1), rtol=1e-3, atol=1e-3)


def test_the_weights_of_a_class_depend_on_the_other_classes() -> None:
    learner = built(SetEncoder)
    fewer = LabeledSet(SUPPORT.features[:4], SUPPORT.labels[:4], names(2))
    assert not torch.allclose(learner.read(SUPPORT).weight[:2], learner.read(fewer).weight)


# --- SNAIL ------------------------------------------------------------------------------------


def test_the_cached_answer_is_that_of_the_whole_sequence() -> None:
    learner = built(SNAIL)
    support = embeddings([30, 20, 25], DIMENSION)  # longer than the longest dilation
    state = learner.read(support)
    _, output = learner.answer(state, QUERY.features)
    encoded = learner.encoder(support.features)
    reading = canonical_reading(encoded, support.labels, 3, CODE)
    x = torch.cat([encoded[reading.examples], reading.labels(support.labels)], dim=2)
    for number, query in enumerate(learner.encoder(QUERY.features)):
        last = F.pad(query, (0, CODE)).expand(len(x), 1, -1)
        sequence = torch.cat([x, last], dim=1)
        for block in learner.blocks:
            sequence, _ = block.read(sequence)
        uncached = learner.out(sequence[:, -1])
        torch.testing.assert_close(uncached.flatten(), output[number], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("shots", [[400, 130, 2], [2, 1] * 120], ids=["many examples", "many classes"])
def test_snail_reads_so_many_examples_of_all_classes_alike(shots: list[int]) -> None:
    support = embeddings(shots, DIMENSION)
    learner, way = built(SNAIL), len(shots)
    reading = learner._reading(learner.encoder(support.features), support)
    assert reading.examples.shape[1] == max(READS, way)
    for order in reading.examples:
        read = torch.bincount(support.labels[order], minlength=way).tolist()
        assert read == ([99, 99, 2] if way == 3 else [1] * way)


def test_a_class_of_copies_of_one_picture_takes_turns_like_any_other() -> None:
    turn, _ = rank_within_class(torch.tensor([1.0, 1.0, 2.0, 1.0, 3.0]), torch.tensor([0, 0, 1, 0, 1]), way=2)
    assert sorted(turn[[0, 1, 3]].tolist()) == [0, 1, 2]
    assert turn[[2, 4]].tolist() == [0, 1]


def test_nothing_that_snail_reads_looks_ahead() -> None:
    learner = built(SNAIL)
    x = torch.randn(1, 20, DIMENSION + CODE)
    changed = x.clone()
    changed[:, 12:] = 0.0
    for block in learner.blocks:
        (x, _), (changed, _) = block.read(x), block.read(changed)
    torch.testing.assert_close(changed[:, :12], x[:, :12])
    assert not torch.allclose(changed[:, 12:], x[:, 12:])


def test_every_later_element_hears_of_the_first_through_convolutions_alone() -> None:
    blocks = [block for block in built(SNAIL).blocks if isinstance(block, DenseBlock)][: len(DILATIONS)]
    x = torch.randn(1, 100, blocks[0].now.in_features)
    changed = x.clone()
    changed[:, 0] += 1.0
    for block in blocks:
        (x, _), (changed, _) = block.read(x), block.read(changed)
    assert ((x - changed).abs().amax(dim=2)[0] > 0).all()


# --- MANN -------------------------------------------------------------------------------------


def a_memory() -> tuple[Memory, ControllerState, Tensor]:
    """All slots are full; slot 7 is the least used, and the element was found in slot 3."""
    rows = torch.randn(1, SLOTS, KEY + CODE)
    usage = torch.ones(1, SLOTS)
    usage[0, 7] = 0.5
    read = F.one_hot(torch.tensor([[3]]), SLOTS).float()
    controller = ControllerState(
        torch.zeros(0), torch.zeros(0), torch.randn(1, 1, KEY), read, torch.zeros(1, 1, CODE)
    )
    return Memory(rows, usage), controller, torch.randn(1, 1, CODE)


def test_what_is_new_goes_into_the_least_used_slot() -> None:
    learner, (memory, controller, shown) = MANN(BACKBONE), a_memory()
    with torch.no_grad():
        learner.gate[0] = -math.inf
        after = learner.write(memory, controller, shown)
    torch.testing.assert_close(after.rows[0, 7], torch.cat([controller.key, shown], dim=2)[0, 0])
    others = torch.arange(SLOTS) != 7
    assert torch.equal(after.rows[0, others], memory.rows[0, others])
    assert after.usage[0, 7] > after.usage[0, 0]
    assert after.usage[0, 3] > after.usage[0, 0]


def test_what_was_recognised_is_added_where_it_was_found() -> None:
    learner, (memory, controller, shown) = MANN(BACKBONE), a_memory()
    with torch.no_grad():
        learner.gate[0] = math.inf
        after = learner.write(memory, controller, shown)
    row = torch.cat([controller.key, shown], dim=2)[0, 0]
    torch.testing.assert_close(after.rows[0, 3], memory.rows[0, 3] + row)
    assert not after.rows[0, 7].any()  # the least used slot is erased all the same


def test_a_memory_that_is_full_goes_on() -> None:
    learner = built(MANN)
    order = torch.randperm(SLOTS + SLOTS // 2)
    stream = embeddings([SLOTS, SLOTS // 2], DIMENSION).take(order)
    with torch.no_grad():
        logits = learner.presentations(stream)[SLOTS:]
    assert accuracy(logits, stream.labels[SLOTS:]) == 1.0


def test_a_class_with_very_many_examples_does_not_wipe_out_the_others() -> None:
    support = embeddings([2 * SLOTS, 2, 2], DIMENSION)
    query = embeddings([1, 5, 5], DIMENSION, examples_seed=1)
    logits = adapted(built(MANN), support).logits(query.features)
    assert accuracy(logits, query.labels) == 1.0


def test_an_element_of_a_stream_is_judged_before_its_label_is_shown() -> None:
    learner = built(MANN)
    stream = embeddings([4, 4, 4], DIMENSION).take(torch.randperm(12))
    otherwise = LabeledSet(stream.features, stream.labels.clone(), stream.class_names)
    otherwise.labels[6] = (otherwise.labels[6] + 1) % 3
    with torch.no_grad():
        logits, changed = learner.presentations(stream), learner.presentations(otherwise)
    assert logits.shape == (12, 3)
    assert torch.equal(changed[:7], logits[:7])
    assert not torch.equal(changed[7], logits[7])


# --- Meta Networks ----------------------------------------------------------------------------


def test_fast_weights_start_as_a_step_down_the_gradient() -> None:
    gradient = torch.randn(5, 4)
    torch.testing.assert_close(FastWeights(0.5)(gradient), -0.5 * gradient)


def test_the_memory_is_written_from_the_gradient_of_each_example() -> None:
    learner = MetaNetworks(BACKBONE).eval()
    state = learner.read(SUPPORT)
    representation = learner.represent(learner.encoder(SUPPORT.features), state.fast)
    for number, label in enumerate(SUPPORT.labels.tolist()):
        rows = torch.randn(1, DIMENSION).repeat(3, 1).requires_grad_()
        loss = F.cross_entropy(representation[number : number + 1] @ rows.T, SUPPORT.labels[[number]])
        (gradient,) = torch.autograd.grad(loss, rows)
        fast = learner.of_base(gradient)
        torch.testing.assert_close(state.own[number], fast[label], rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(state.other[number], fast[label - 1], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    "forget",
    [
        lambda state: state._replace(fast=[torch.zeros_like(weights) for weights in state.fast]),
        lambda state: state._replace(own=torch.zeros_like(state.own)),
    ],
    ids=["of the representation", "of the base learner"],
)
def test_fast_weights_change_the_answer(forget: Callable[..., object]) -> None:
    learner = built(MetaNetworks)
    state = learner.read(SUPPORT)
    logits, _ = learner.answer(state, QUERY.features)
    without, _ = learner.answer(forget(state), QUERY.features)  # type: ignore[arg-type]
    assert not torch.allclose(without, logits, rtol=1e-2)


def test_the_support_moves_the_representation_of_its_classes_apart() -> None:
    learner = built(MetaNetworks)
    with torch.no_grad():
        learner.of_representation.rate.fill_(0.5)
        encoded = learner.encoder(SUPPORT.features)
        fast = learner.read(SUPPORT).fast

        def loss(weights: list[Tensor] | None) -> Tensor:
            embedded = learner.represent(encoded, weights)
            means = torch.stack([embedded[SUPPORT.labels == label].mean(dim=0) for label in range(3)])
            distances = torch.cdist(embedded, means).square()
            return F.cross_entropy(-learner.temperature * distances, SUPPORT.labels)

        assert loss(fast) < loss(None)
