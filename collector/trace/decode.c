/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decodes a section into events.
 *
 * Every byte is untrusted. Columns answer zero beyond their ends and remember it;
 * every index is checked before it is used; memory is what the header declares,
 * within SECTION_ARENA_MAX. What comes out may be nonsense, but it is well-formed.
 */
#include "trace/decode.h"

#include <errno.h>

#include "model/model.h"
#include "trace/column.h"
#include "trace/predict.h"
#include "trace/shape.h"

struct decoder {
	struct events *events;
	size_t arena_max; /* what the header declared; the arena may have more room */
	struct column_reader columns[COLUMN_CNT];
	struct section_kind kinds[EV_KIND_MAX];
	unsigned kind_cnt;
	bool is_foreign; /* some records are not laid out as this program has them */
	VEC(__u32) tids;
	__u32 last_new_tid;
	__u64 last_ns;
	unsigned last_cpu;
	struct predictor predictor;
	struct shape_list shapes;
};

int section_peek(const void *buf, size_t len, struct section_hdr *ret, size_t *ret_size)
{
	struct section_hdr hdr;
	__u64 size;

	if (len < sizeof(hdr))
		return -EPROTO;
	memcpy(&hdr, buf, sizeof(hdr));
	size = sizeof(hdr) + hdr.kind_cnt * sizeof(struct section_kind);
	for (unsigned i = 0; i < COLUMN_CNT; i++)
		size += hdr.column_len[i];
	if (hdr.magic != SECTION_MAGIC || size > len)
		return -EPROTO;
	*ret = hdr;
	*ret_size = size;
	return 0;
}

/* Words of the records of a kind as this program has them; unknown ones stay as they are. */
static unsigned local_word_cnt(const struct section_kind *kind)
{
	size_t size = event_fixed_size(kind->kind);

	return size ? (size - sizeof(struct ev_hdr)) / 4 : kind->word_cnt;
}

static int decoder_read_kinds(struct decoder *d, const __u8 *pos, unsigned cnt)
{
	__u64 seen = 0;

	if (cnt > EV_KIND_MAX)
		return -EPROTO;
	memcpy(d->kinds, pos, cnt * sizeof(d->kinds[0]));
	d->kind_cnt = cnt;
	for (unsigned i = 0; i < cnt; i++) {
		const struct section_kind *k = &d->kinds[i];

		if (k->kind >= EV_KIND_MAX || k->next_word > k->word_cnt ||
		    k->self_word > k->word_cnt || (seen & 1ULL << k->kind))
			return -EPROTO;
		seen |= 1ULL << k->kind;
		d->is_foreign |= local_word_cnt(k) != k->word_cnt;
	}
	return 0;
}

/* Every event has a token and a byte of time at least, so the columns bound the count. */
static int decoder_init(struct decoder *d, const void *buf, size_t len, struct section_hdr *ret)
{
	const __u8 *pos = buf;
	size_t size;
	int err = section_peek(buf, len, ret, &size);

	if (err)
		return err;
	if (ret->version != SECTION_VERSION || ret->arena_sz > SECTION_ARENA_MAX ||
	    ret->event_cnt > SECTION_EVENTS_MAX || ret->event_cnt > ret->column_len[COLUMN_TOKEN] ||
	    ret->event_cnt != ret->column_len[COLUMN_TIME_LO])
		return -EPROTO;
	pos += sizeof(*ret);
	err = decoder_read_kinds(d, pos, ret->kind_cnt);
	pos += ret->kind_cnt * sizeof(d->kinds[0]);
	for (unsigned i = 0; i < COLUMN_CNT; i++) {
		d->columns[i] =
			(struct column_reader){ .pos = pos, .end = pos + ret->column_len[i] };
		pos += ret->column_len[i];
	}
	d->last_ns = ret->base_ns;
	return err;
}

/* A shape as announced, or all zero, which is valid, with the column set bad. */
static void read_shape(struct decoder *d, struct shape *ret)
{
	struct column_reader *col = &d->columns[COLUMN_SHAPE];
	unsigned word_cnt;
	const void *mask;

	*ret = (struct shape){ .slot = column_get(col), .bits = column_get(col) };
	if (ret->slot >= d->kind_cnt || (ret->bits & SHAPE_WAY) >= PREDICT_CANDIDATES ||
	    (ret->bits & ~SHAPE_BITS_ALL))
		goto bad;
	word_cnt = d->kinds[ret->slot].word_cnt;
	mask = column_get_bytes(col, mask_size(word_cnt));
	if (!mask)
		goto bad;
	memcpy(ret->mask, mask, mask_size(word_cnt));
	if (word_cnt % 64 && ret->mask[word_cnt / 64] >> word_cnt % 64)
		goto bad;
	if (word_cnt <= SHAPE_NUMBERED_WORDS)
		shape_list_add(&d->shapes, ret);
	return;
bad:
	col->is_bad = true;
	*ret = (struct shape){};
}

static void decode_shape(struct decoder *d, struct shape *ret)
{
	struct column_reader *col = &d->columns[COLUMN_TOKEN];
	unsigned number = column_get(col);

	if (number == TOKEN_NEW) {
		read_shape(d, ret);
		return;
	}
	if (number >= TOKEN_LONG)
		number = TOKEN_LONG + ((number - TOKEN_LONG) << 8) + column_get(col);
	if (number < d->shapes.cnt) {
		const struct shape_key *key = &d->shapes.keys[number];

		*ret = (struct shape){ { key->mask }, key->slot, key->bits };
		return;
	}
	col->is_bad = true;
	*ret = (struct shape){};
}

static __u64 decode_time(struct decoder *d)
{
	__u64 low = column_get(&d->columns[COLUMN_TIME_LO]);

	d->last_ns += low + (column_get_varint(&d->columns[COLUMN_TIME_HI]) << 8);
	return d->last_ns;
}

static __u32 decode_tid(struct decoder *d)
{
	struct column_reader *col = &d->columns[COLUMN_TID];
	__u64 number = column_get_varint(col);

	if (number < d->tids.cnt)
		return d->tids.items[number];
	col->is_bad |= number > d->tids.cnt;
	d->last_new_tid += unzigzag(column_get_varint(col));
	vec_push(&d->tids, d->last_new_tid);
	return d->last_new_tid;
}

/* Room for @sz more bytes, aligned, or NULL: it is more than the header declared. */
static void *arena_alloc(struct decoder *d, size_t sz)
{
	struct events *evs = d->events;
	void *mem = evs->arena + evs->arena_len;

	sz = (sz + SECTION_ALIGN - 1) & ~(size_t)(SECTION_ALIGN - 1);
	if (sz > d->arena_max - evs->arena_len)
		return NULL;
	evs->arena_len += sz;
	return mem;
}

/*
 * Events are aligned and rounded up, so the last half of a pair may be copied, too. They are short:
 * to call somebody costs more than to copy.
 */
static void copy_words(struct ev_hdr *ev, const struct ev_hdr *base, unsigned word_cnt)
{
	__u64 *pairs = (__u64 *)(ev + 1);
	const __u64 *from = (const __u64 *)(base + 1);

	for (unsigned i = 0; i < (word_cnt + 1) / 2; i++)
		pairs[i] = from[i];
}

static void decode_words(struct decoder *d, const struct shape *s, const struct ev_hdr *base,
			 __u32 running, struct ev_hdr *ev)
{
	const struct section_kind *kind = &d->kinds[s->slot];
	struct column_reader *col = &d->columns[COLUMN_VALUE];
	__u32 *words = (__u32 *)(ev + 1);

	ev->flags = s->bits & SHAPE_FLAGS ? column_get(col) : base->flags;
	copy_words(ev, base, kind->word_cnt);
	if (kind->self_word && running)
		words[kind->self_word - 1] = running;
	for (unsigned chunk = 0; chunk * 64 < kind->word_cnt; chunk++) {
		for (__u64 mask = s->mask[chunk]; mask; mask &= mask - 1) {
			unsigned i = chunk * 64 + __builtin_ctzll(mask);

			words[i] += unzigzag(column_get_varint(col));
		}
	}
}

/* The event with its words as this program has them, tail left out. */
static void event_localise(const struct ev_hdr *ev, unsigned word_cnt, struct ev_hdr *ret,
			   unsigned local_cnt)
{
	unsigned both = word_cnt < local_cnt ? word_cnt : local_cnt;

	*ret = *ev;
	memcpy(ret + 1, ev + 1, 4 * both);
	memset((__u32 *)(ret + 1) + both, 0, 4 * (local_cnt - both));
}

static size_t event_announced_tail(const struct ev_hdr *ev, const struct section_kind *kind)
{
	union {
		struct ev_hdr hdr;
		__u8 bytes[PREDICT_ZERO_SZ];
	} local;

	event_localise(ev, kind->word_cnt, &local.hdr, local_word_cnt(kind));
	return event_tail_len(&local.hdr);
}

/* The tail is what the event itself says, for that is what its users go by. */
static int decode_tail(struct decoder *d, const struct shape *s, const struct ev_hdr *ev)
{
	const struct section_kind *kind = &d->kinds[s->slot];
	struct column_reader *col = &d->columns[COLUMN_TAIL];
	__u64 len = s->bits & SHAPE_TAIL ? column_get_varint(col) : 0;
	const void *bytes;
	size_t padding;
	void *tail;

	if (len > SECTION_TAIL_MAX)
		return -EPROTO;
	if (event_fixed_size(ev->kind) &&
	    len != (d->is_foreign ? event_announced_tail(ev, kind) : event_tail_len(ev)))
		return -EPROTO;
	/* It begins right behind the words, which may end in the middle of an alignment. */
	tail = (__u32 *)(ev + 1) + kind->word_cnt;
	padding = d->events->arena + d->events->arena_len - (__u8 *)tail;
	if (len > padding && !arena_alloc(d, len - padding))
		return -EPROTO;
	bytes = column_get_bytes(col, len);
	if (!bytes)
		return -EPROTO;
	memcpy(tail, bytes, len);
	padding = d->events->arena + d->events->arena_len - (__u8 *)tail - len;
	memset((__u8 *)tail + len, 0, padding);
	return 0;
}

static int decode_event(struct decoder *d)
{
	struct events *evs = d->events;
	__u32 off = evs->arena_len, *own, *running;
	const struct section_kind *kind;
	const struct ev_hdr *base;
	struct shape shape;
	struct ev_hdr *ev;
	unsigned way;

	decode_shape(d, &shape);
	kind = &d->kinds[shape.slot];
	ev = arena_alloc(d, sizeof(*ev) + 4 * kind->word_cnt);
	if (!ev)
		return -EPROTO;
	if (shape.bits & SHAPE_CPU)
		d->last_cpu = (__u16)column_get_varint(&d->columns[COLUMN_CPU]);
	running = predictor_running(&d->predictor, d->last_cpu);
	*ev = (struct ev_hdr){
		.ts_ns = decode_time(d),
		.tid = shape.bits & SHAPE_TID ? decode_tid(d) : *running,
		.kind = kind->kind,
		.cpu = d->last_cpu,
	};
	own = predictor_own(&d->predictor, ev->kind, ev->tid);
	way = shape.bits & SHAPE_WAY;
	base = (const struct ev_hdr *)(evs->arena + (way < PREDICT_WAYS
							     ? own[way]
							     : d->predictor.of_kind[ev->kind]));
	if (base->kind != ev->kind)
		base = (const struct ev_hdr *)evs->arena;
	decode_words(d, &shape, base, *running, ev);
	predictor_learn(&d->predictor, own, ev->kind, way, shape_is_same(&shape), off);
	if (kind->next_word)
		*running = ((const __u32 *)(ev + 1))[kind->next_word - 1];
	vec_push(&evs->offs, off);
	return decode_tail(d, &shape, ev);
}

static int decoder_run(struct decoder *d, const struct section_hdr *hdr)
{
	bool is_bad = false;
	int err = 0;

	d->arena_max = PREDICT_ZERO_SZ + hdr->arena_sz;
	events_reserve(d->events, d->arena_max);
	memset(d->events->arena, 0, PREDICT_ZERO_SZ);
	d->events->arena_len = PREDICT_ZERO_SZ;
	vec_reserve(&d->events->offs, hdr->event_cnt);
	for (__u32 i = 0; i < hdr->event_cnt && !err; i++)
		err = decode_event(d);
	for (unsigned i = 0; i < COLUMN_CNT; i++)
		is_bad |= d->columns[i].is_bad || d->columns[i].pos != d->columns[i].end;
	if (!err && (is_bad || d->events->arena_len != d->arena_max))
		err = -EPROTO;
	return err;
}

/* Lay the records out anew. They may grow, so what was declared no longer bounds them. */
static int events_localise(struct decoder *d)
{
	struct events local = {};
	const struct section_kind *kinds[EV_KIND_MAX];

	for (unsigned i = 0; i < d->kind_cnt; i++)
		kinds[d->kinds[i].kind] = &d->kinds[i];
	for (size_t i = 0; i < events_cnt(d->events); i++) {
		const struct ev_hdr *ev = events_at(d->events, i);
		const struct section_kind *kind = kinds[ev->kind];
		unsigned local_cnt = local_word_cnt(kind);
		const __u8 *tail = (const __u8 *)(ev + 1) + 4 * kind->word_cnt;
		const __u8 *end = i + 1 < events_cnt(d->events)
					  ? (const __u8 *)events_at(d->events, i + 1)
					  : d->events->arena + d->events->arena_len;
		struct ev_hdr *copy;

		events_reserve(&local, sizeof(*ev) + 4 * local_cnt + (end - tail) + SECTION_ALIGN);
		copy = (struct ev_hdr *)(local.arena + local.arena_len);
		vec_push(&local.offs, local.arena_len);
		event_localise(ev, kind->word_cnt, copy, local_cnt);
		memcpy((__u32 *)(copy + 1) + local_cnt, tail, end - tail);
		local.arena_len += sizeof(*ev) + 4 * local_cnt + (end - tail);
		local.arena_len = (local.arena_len + SECTION_ALIGN - 1) & ~(SECTION_ALIGN - 1UL);
		if (local.arena_len > SECTION_ARENA_MAX)
			break;
	}
	events_release(d->events);
	*d->events = local;
	return local.arena_len > SECTION_ARENA_MAX ? -EPROTO : 0;
}

int section_decode(const void *buf, size_t len, struct events *evs)
{
	struct decoder *d = xcalloc(1, sizeof(*d));
	struct section_hdr hdr;
	int err;

	d->events = evs;
	events_clear(evs);
	err = decoder_init(d, buf, len, &hdr);
	if (!err)
		err = decoder_run(d, &hdr);
	if (!err && d->is_foreign)
		err = events_localise(d);
	if (err)
		events_release(evs);
	vec_release(&d->tids);
	free(d);
	return err;
}
