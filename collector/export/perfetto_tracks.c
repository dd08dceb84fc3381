/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracks of our own: who holds each lock while somebody waits for it, notes and losses.
 *
 * A lock that nobody waits for is not observed, so its track has a hole then.
 */
#include "export/label.h"
#include "export/perfetto.h"

enum {
	TRACK_LOCKS = 1,
	TRACK_NOTES = 2,
	DESCRIBED_KEPT = 65536,
};

static void describe(struct perfetto *p, __u64 uuid, __u64 parent, const char *name)
{
	struct strbuf *sb = &p->out->buf;
	size_t packet = perfetto_packet(p), track = proto_begin(sb, PACKET_TRACK_DESCRIPTOR);

	proto_u64(sb, TRACK_UUID, uuid);
	proto_string(sb, TRACK_NAME, name);
	if (parent)
		proto_u64(sb, TRACK_PARENT, parent);
	proto_end(sb, track);
	proto_end(sb, packet);
}

/* The end of a slice has no name. */
static void put_event(struct perfetto *p, __u64 uuid, unsigned type, const char *name, __u64 ts_ns)
{
	struct strbuf *sb = &p->out->buf;
	size_t packet = perfetto_packet(p), event;

	proto_u64(sb, PACKET_TIMESTAMP, perfetto_ts(p, ts_ns));
	event = proto_begin(sb, PACKET_TRACK_EVENT);
	proto_u64(sb, EVENT_TYPE, type);
	proto_u64(sb, EVENT_TRACK, uuid);
	if (name) {
		proto_string(sb, EVENT_CATEGORIES, uuid == TRACK_NOTES ? "note" : "lock");
		proto_string(sb, EVENT_NAME, name);
	}
	proto_end(sb, event);
	proto_end(sb, packet);
}

static __u64 key_at(__u32 pid, __u64 address)
{
	return address ? map_hash(address + map_hash(pid + 1ULL)) | 1ULL << 63 : 0;
}

void perfetto_release_tracks(struct perfetto *p)
{
	vec_release(&p->locks);
	map_release(&p->lock_idx);
	map_release(&p->described);
}

void perfetto_begin_tracks(struct perfetto *p)
{
	describe(p, TRACK_LOCKS, 0, "locks that are waited for");
	describe(p, TRACK_NOTES, 0, "notes and losses");
}

void perfetto_instant(struct perfetto *p, const char *text, __u64 ts_ns)
{
	put_event(p, TRACK_NOTES, EVENT_INSTANT, text, ts_ns);
}

/* --- locks --------------------------------------------------------------------- */

/*
 * The lock t waits on, as a number that is no other track's; 0: it waits for something else. One
 * that processes share has a track in each: that they do is known only later, if at all.
 */
static __u64 key_of(const struct thread *t)
{
	return key_at(t->pid, label_address(&t->wait));
}

static void name_track(struct perfetto *p, const struct model *m, const struct thread *t, __u64 key)
{
	const struct lock *l = model_lock_waited_on(m, t);
	struct strbuf name = {};

	if (map_get(&p->described, key, NULL))
		return;
	if (map_cnt(&p->described) >= DESCRIBED_KEPT)
		map_clear(&p->described);
	map_put(&p->described, key, 0);
	label_wait(&t->wait, l ? model_lock_name(m, l) : NULL, &name);
	describe(p, key, TRACK_LOCKS, strbuf_str(&name));
	strbuf_release(&name);
}

static void begin_slice(struct perfetto *p, const struct model *m, const struct lock_track *track,
			__u64 ts_ns)
{
	const struct thread *owner = model_find_thread(m, track->owner_tid);
	struct strbuf name = {};

	if (owner)
		strbuf_addf(&name, "held by %s (%u)", owner->name, owner->tid);
	else
		strbuf_adds(&name, "waited for, holder not known");
	put_event(p, track->key, EVENT_SLICE_BEGIN, strbuf_str(&name), ts_ns);
	strbuf_release(&name);
}

static struct lock_track *find_track(struct perfetto *p, __u64 key)
{
	uint32_t idx;

	return map_get(&p->lock_idx, key, &idx) ? &p->locks.items[idx] : NULL;
}

static __u32 owner_of(const struct model *m, const struct thread *t)
{
	const struct thread *owner = model_waits_for(m, t, NULL);

	return owner ? owner->tid : 0;
}

void perfetto_lock_waited_on(struct perfetto *p, const struct model *m, const struct thread *t,
			     bool is_new, __u64 ts_ns)
{
	__u64 key = key_of(t);
	struct lock_track *track = find_track(p, key);
	__u32 owner_tid = owner_of(m, t);

	if (!key || (!track && !is_new))
		return;
	name_track(p, m, t, key);
	if (track) {
		track->waiter_cnt += is_new;
		if (track->owner_tid == owner_tid)
			return;
		put_event(p, key, EVENT_SLICE_END, NULL, ts_ns);
	} else {
		map_put(&p->lock_idx, key, p->locks.cnt);
		vec_push(&p->locks, (struct lock_track){ .key = key, .waiter_cnt = 1 });
		track = vec_last(&p->locks);
	}
	track->owner_tid = owner_tid;
	begin_slice(p, m, track, ts_ns);
}

static void drop_track(struct perfetto *p, struct lock_track *track)
{
	size_t idx = track - p->locks.items;

	map_remove(&p->lock_idx, track->key);
	p->locks.cnt--;
	if (idx == p->locks.cnt)
		return;
	*track = p->locks.items[p->locks.cnt];
	map_put(&p->lock_idx, track->key, idx);
}

/* After a hand-off nobody is known to hold it until the next reading. */
void perfetto_lock_left(struct perfetto *p, const struct stay *s)
{
	__u64 key = key_of(s->thread);
	struct lock_track *track = find_track(p, key);
	const struct lock *l;

	if (!track)
		return;
	if (!--track->waiter_cnt) {
		put_event(p, key, EVENT_SLICE_END, NULL, s->end_ns);
		drop_track(p, track);
		return;
	}
	l = model_find_lock(s->model, s->thread->pid, label_address(&s->thread->wait));
	if (!l || l->owner_tid == track->owner_tid)
		return;
	put_event(p, key, EVENT_SLICE_END, NULL, s->end_ns);
	track->owner_tid = l->owner_tid;
	begin_slice(p, s->model, track, s->end_ns);
}

void perfetto_forget_locks(struct perfetto *p, __u64 ts_ns)
{
	vec_for_each(track, &p->locks)
		put_event(p, track->key, EVENT_SLICE_END, NULL, ts_ns);
	vec_clear(&p->locks);
	map_clear(&p->lock_idx);
}
