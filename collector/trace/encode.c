/* SPDX-License-Identifier: GPL-2.0-only */
/* Encodes events into a section. */
#include "trace/encode.h"

#include "base/map.h"
#include "model/model.h"
#include "trace/predict.h"
#include "trace/shape.h"

enum { SHAPE_HASH_BITS = 13, NO_SLOT = 0xff };

_Static_assert(SHAPE_MAX < 1 << (SHAPE_HASH_BITS - 1), "the hash of shapes fills up");

struct encoder {
	struct events events;
	size_t staged_sz; /* of the event staged behind the committed ones */
	struct column columns[COLUMN_CNT];
	struct section_kind kinds[EV_KIND_MAX];
	__u8 slots[EV_KIND_MAX]; /* of each kind in kinds[], or NO_SLOT */
	unsigned kind_cnt;
	struct map tids; /* to their number in the order of occurrence */
	__u32 last_new_tid;
	__u64 base_ns;
	__u64 last_ns;
	unsigned last_cpu;
	struct predictor predictor;
	struct shape_list shapes;
	__u16 shape_hash[1 << SHAPE_HASH_BITS]; /* number of a shape + 1, or 0 */
};

/* Indices of the words with a meaning for others, + 1 (struct section_kind). */
#define WORD_OF(type, field) ((offsetof(struct type, field) - sizeof(struct ev_hdr)) / 4 + 1)

static const __u8 next_words[EV_KIND_MAX] = {
	[EV_SWITCH] = WORD_OF(ev_switch, next_tid),
	[EV_BLOCK] = WORD_OF(ev_block, next_tid),
};

static const __u8 self_words[EV_KIND_MAX] = {
	[EV_WAKE] = WORD_OF(ev_wake, waker_tid),
	[EV_THREAD] = WORD_OF(ev_thread, parent_tid),
};

struct encoder *encoder_new(void)
{
	struct encoder *e = xcalloc(1, sizeof(*e));

	events_reserve(&e->events, PREDICT_ZERO_SZ);
	memset(e->events.arena, 0, PREDICT_ZERO_SZ);
	encoder_reset(e);
	return e;
}

void encoder_free(struct encoder *e)
{
	if (!e)
		return;
	events_release(&e->events);
	for (unsigned i = 0; i < COLUMN_CNT; i++)
		free(e->columns[i].data);
	map_release(&e->tids);
	free(e);
}

void encoder_reset(struct encoder *e)
{
	e->events.arena_len = PREDICT_ZERO_SZ;
	vec_clear(&e->events.offs);
	e->staged_sz = 0;
	for (unsigned i = 0; i < COLUMN_CNT; i++)
		e->columns[i].len = 0;
	memset(e->slots, NO_SLOT, sizeof(e->slots));
	e->kind_cnt = 0;
	map_clear(&e->tids);
	e->last_new_tid = 0;
	e->base_ns = 0;
	e->last_ns = 0;
	e->last_cpu = 0;
	memset(&e->predictor, 0, sizeof(e->predictor));
	memset(e->shape_hash, 0, sizeof(e->shape_hash));
	e->shapes.cnt = 0;
}

struct ev_hdr *encoder_stage(struct encoder *e, const struct ev_hdr *ev, size_t size)
{
	size_t padded = (size + SECTION_ALIGN - 1) & ~(size_t)(SECTION_ALIGN - 1);
	struct events *evs = &e->events;

	if (ev->kind >= EV_KIND_MAX || size < event_fixed_size(ev->kind) ||
	    size - event_fixed_size(ev->kind) > SECTION_TAIL_MAX ||
	    evs->arena_len + padded > SECTION_ARENA_MAX || events_cnt(evs) == SECTION_EVENTS_MAX)
		return NULL;
	events_reserve(evs, padded);
	memcpy(evs->arena + evs->arena_len, ev, size);
	memset(evs->arena + evs->arena_len + size, 0, padded - size);
	e->staged_sz = size;
	return (struct ev_hdr *)(evs->arena + evs->arena_len);
}

static unsigned encoder_slot(struct encoder *e, unsigned kind)
{
	if (e->slots[kind] == NO_SLOT) {
		e->kinds[e->kind_cnt] = (struct section_kind){
			.kind = kind,
			.word_cnt = (event_fixed_size(kind) - sizeof(struct ev_hdr)) / 4,
			.next_word = next_words[kind],
			.self_word = self_words[kind],
		};
		e->slots[kind] = e->kind_cnt++;
	}
	return e->slots[kind];
}

static void encode_time(struct encoder *e, __u64 ts_ns)
{
	__u64 diff;

	if (!events_cnt(&e->events))
		e->base_ns = e->last_ns = ts_ns;
	diff = ts_ns - e->last_ns;
	column_put(&e->columns[COLUMN_TIME_LO], diff);
	column_put_varint(&e->columns[COLUMN_TIME_HI], diff >> 8);
	e->last_ns = ts_ns;
}

static unsigned encode_cpu(struct encoder *e, unsigned cpu)
{
	if (cpu == e->last_cpu)
		return 0;
	column_put_varint(&e->columns[COLUMN_CPU], cpu);
	e->last_cpu = cpu;
	return SHAPE_CPU;
}

static unsigned encode_tid(struct encoder *e, __u32 tid, __u32 running)
{
	struct column *col = &e->columns[COLUMN_TID];
	__u32 number;

	if (tid == running)
		return 0;
	if (map_get(&e->tids, tid, &number)) {
		column_put_varint(col, number);
		return SHAPE_TID;
	}
	number = map_cnt(&e->tids);
	map_put(&e->tids, tid, number);
	column_put_varint(col, number);
	column_put_varint(col, zigzag(tid - e->last_new_tid));
	e->last_new_tid = tid;
	return SHAPE_TID;
}

/* How many words differ, and which. */
static unsigned compare_words(const __u32 *words, const __u32 *base, unsigned cnt, __u64 *ret_mask)
{
	unsigned diff_cnt = 0;

	for (unsigned chunk = 0; chunk * 64 < cnt; chunk++) {
		unsigned end = cnt - chunk * 64 < 64 ? cnt - chunk * 64 : 64;
		__u64 mask = 0;

		for (unsigned i = 0; i < end; i++) {
			bool differs = words[chunk * 64 + i] != base[chunk * 64 + i];

			mask |= (__u64)differs << i;
			diff_cnt += differs;
		}
		ret_mask[chunk] = mask;
	}
	return diff_cnt;
}

static const __u32 *event_words(const struct ev_hdr *ev)
{
	return (const __u32 *)(ev + 1);
}

/* The best prediction for @ev: fills in the way and the mask of @shape. */
static const struct ev_hdr *choose_prediction(struct encoder *e, const struct ev_hdr *ev,
					      const __u32 *own, unsigned word_cnt,
					      struct shape *shape)
{
	unsigned best_cnt = UINT32_MAX;
	const struct ev_hdr *best = NULL;

	for (unsigned way = 0; way < PREDICT_CANDIDATES && best_cnt; way++) {
		__u32 off = way < PREDICT_WAYS ? own[way] : e->predictor.of_kind[ev->kind];
		const struct ev_hdr *base = (const struct ev_hdr *)(e->events.arena + off);
		__u64 mask[MASK_CHUNKS] = {};
		unsigned cnt;

		/* Two kinds may share a slot, and zeros are one more candidate only once. */
		if (best && base->kind != ev->kind)
			continue;
		if (base->kind != ev->kind)
			base = (const struct ev_hdr *)e->events.arena;
		cnt = compare_words(event_words(ev), event_words(base), word_cnt, mask);
		cnt += ev->flags != base->flags;
		if (cnt >= best_cnt)
			continue;
		best_cnt = cnt;
		best = base;
		shape->bits = (shape->bits & ~SHAPE_WAY) | way;
		memcpy(shape->mask, mask, sizeof(mask));
	}
	return best;
}

static void encode_values(struct encoder *e, const struct ev_hdr *ev, const struct ev_hdr *base,
			  const struct section_kind *kind, __u32 running, struct shape *shape)
{
	const __u32 *words = event_words(ev), *base_words = event_words(base);
	struct column *col = &e->columns[COLUMN_VALUE];
	unsigned self = kind->self_word - 1; /* beyond all words when there is none */

	if (kind->self_word && running) {
		shape->mask[self / 64] &= ~(1ULL << self % 64);
		shape->mask[self / 64] |= (__u64)(words[self] != running) << self % 64;
	}
	if (ev->flags != base->flags) {
		shape->bits |= SHAPE_FLAGS;
		column_put(col, ev->flags);
	}
	for (unsigned chunk = 0; chunk * 64 < kind->word_cnt; chunk++) {
		for (__u64 mask = shape->mask[chunk]; mask; mask &= mask - 1) {
			unsigned i = chunk * 64 + __builtin_ctzll(mask);
			__u32 from = i == self && running ? running : base_words[i];

			column_put_varint(col, zigzag(words[i] - from));
		}
	}
}

static __u16 *find_shape(struct encoder *e, const struct shape *s)
{
	__u64 hash = map_hash(s->mask[0] ^ (__u64)s->slot << 48 ^ (__u64)s->bits << 56);
	unsigned idx = hash >> (64 - SHAPE_HASH_BITS);

	for (;; idx = (idx + 1) % (1 << SHAPE_HASH_BITS)) {
		const struct shape_key *key;

		if (!e->shape_hash[idx])
			return &e->shape_hash[idx];
		key = &e->shapes.keys[e->shape_hash[idx] - 1];
		if (key->mask == s->mask[0] && key->slot == s->slot && key->bits == s->bits)
			return &e->shape_hash[idx];
	}
}

static void encode_shape(struct encoder *e, const struct shape *s, unsigned word_cnt)
{
	struct column *tokens = &e->columns[COLUMN_TOKEN], *shapes = &e->columns[COLUMN_SHAPE];
	__u16 *number = NULL;

	if (word_cnt <= SHAPE_NUMBERED_WORDS)
		number = find_shape(e, s);
	if (number && *number) {
		unsigned token = *number - 1;

		if (token >= TOKEN_LONG) {
			token -= TOKEN_LONG;
			column_put(tokens, TOKEN_LONG + (token >> 8));
		}
		column_put(tokens, token);
		return;
	}
	column_put(tokens, TOKEN_NEW);
	column_put(shapes, s->slot);
	column_put(shapes, s->bits);
	column_put_bytes(shapes, s->mask, mask_size(word_cnt));
	if (number && shape_list_add(&e->shapes, s))
		*number = e->shapes.cnt;
}

static void encode_tail(struct encoder *e, const struct ev_hdr *ev, size_t fixed_sz, size_t len)
{
	struct column *col = &e->columns[COLUMN_TAIL];

	column_put_varint(col, len);
	column_put_bytes(col, (const char *)ev + fixed_sz, len);
}

void encoder_commit(struct encoder *e)
{
	__u32 off = e->events.arena_len;
	const struct ev_hdr *ev = (const struct ev_hdr *)(e->events.arena + off);
	unsigned slot = encoder_slot(e, ev->kind);
	const struct section_kind *kind = &e->kinds[slot];
	size_t fixed_sz = sizeof(*ev) + 4 * kind->word_cnt;
	__u32 *own = predictor_own(&e->predictor, ev->kind, ev->tid);
	__u32 *running = predictor_running(&e->predictor, ev->cpu);
	struct shape shape = { .slot = slot };
	const struct ev_hdr *base;

	encode_time(e, ev->ts_ns);
	shape.bits = encode_cpu(e, ev->cpu) | encode_tid(e, ev->tid, *running);
	base = choose_prediction(e, ev, own, kind->word_cnt, &shape);
	encode_values(e, ev, base, kind, *running, &shape);
	if (e->staged_sz > fixed_sz) {
		shape.bits |= SHAPE_TAIL;
		encode_tail(e, ev, fixed_sz, e->staged_sz - fixed_sz);
	}
	encode_shape(e, &shape, kind->word_cnt);
	predictor_learn(&e->predictor, own, ev->kind, shape.bits & SHAPE_WAY, shape_is_same(&shape),
			off);
	if (kind->next_word)
		*running = event_words(ev)[kind->next_word - 1];
	vec_push(&e->events.offs, off);
	e->events.arena_len += (e->staged_sz + SECTION_ALIGN - 1) & ~(size_t)(SECTION_ALIGN - 1);
}

const struct events *encoder_events(const struct encoder *e)
{
	return &e->events;
}

size_t encoder_size(const struct encoder *e)
{
	size_t size = sizeof(struct section_hdr) + e->kind_cnt * sizeof(e->kinds[0]);

	for (unsigned i = 0; i < COLUMN_CNT; i++)
		size += e->columns[i].len;
	return size;
}

void encoder_finish(const struct encoder *e, __u32 flags, struct column *out)
{
	struct section_hdr hdr = {
		.magic = SECTION_MAGIC,
		.version = SECTION_VERSION,
		.kind_cnt = e->kind_cnt,
		.flags = flags,
		.event_cnt = events_cnt(&e->events),
		.arena_sz = e->events.arena_len - PREDICT_ZERO_SZ,
		.base_ns = e->base_ns,
	};

	for (unsigned i = 0; i < COLUMN_CNT; i++)
		hdr.column_len[i] = e->columns[i].len;
	column_put_bytes(out, &hdr, sizeof(hdr));
	column_put_bytes(out, e->kinds, e->kind_cnt * sizeof(e->kinds[0]));
	for (unsigned i = 0; i < COLUMN_CNT; i++)
		column_put_bytes(out, e->columns[i].data, e->columns[i].len);
}
