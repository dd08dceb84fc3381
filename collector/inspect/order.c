/* SPDX-License-Identifier: GPL-2.0-only */
/* Lock-order inversions. */
#include "inspect/order.h"

#include <stdlib.h>
#include <string.h>
#include "base/map.h"
#include "base/vec.h"

enum {
	STEP_MAX = 1000,    /* of one search */
	LINK_MAX = 1 << 16, /* forks and joins */
};

#define ALWAYS UINT32_MAX /* see find_ways() */

/* Whoever comes after in the one comes after in the other: a fork, a join, the end of a process. */
struct link {
	__u64 from, to; /* see enum node */
	__u32 from_pid, to_pid;
	__u64 from_ns; /* of what comes from it, only what was before */
	__u64 to_ns;
};

/* A thread is its number; a process is its number and one of these. */
enum node {
	SOMETHING_OF = 1, /* in it comes after */
	ALL_OF,		  /* its threads come after, from now on */
};

/* A lock was taken while another was held, by whomever: their hashes. */
struct pair {
	__u64 held, wanted;
};

/* Which lock it is: of one that processes share, the page; else the process and the address. */
struct place {
	__u32 pid;
	__u64 address;
	struct order_page page;
};

struct order {
	VEC(struct order_edge *) edges; /* NULL: forgotten */
	VEC(struct link) links;
	VEC(struct pair) pairs; /* each once; none is forgotten */
	VEC(__u64) met_ns;
	struct map met;		/* tid -> index of when it was met */
	struct map released;	/* hash of a thread that was met, and lock -> 1 */
	struct map known_pairs; /* hash of a pair -> 1 */
	struct map reported;	/* hash of a set of locks -> 1 */
	bool is_complete;
	bool is_shared;			 /* there have been locks that processes share */
	size_t edge_cnt;		 /* that there ever were */
	size_t step_cnt;		 /* of the search under way, */
	const struct order_edge *newest; /* which is for cycles that this one closes */
	struct map ways_to_newest;
};

struct order *order_new(void)
{
	struct order *o = xcalloc(1, sizeof(*o));

	o->is_complete = true;
	return o;
}

void order_free(struct order *o)
{
	if (!o)
		return;
	vec_for_each(e, &o->edges)
		free(*e);
	vec_release(&o->edges);
	vec_release(&o->links);
	vec_release(&o->pairs);
	vec_release(&o->met_ns);
	map_release(&o->met);
	map_release(&o->released);
	map_release(&o->known_pairs);
	map_release(&o->reported);
	map_release(&o->ways_to_newest);
	free(o);
}

/* Of what is named in rec; of an edge, the lock that is wanted. */
static struct place place_of(const struct order_hdr *rec)
{
	return (struct place){ rec->pid, rec->address, rec->page };
}

static struct place place_held(const struct order_edge *e, __u32 idx)
{
	return (struct place){ e->hdr.pid, e->held[idx].address, e->held[idx].page };
}

static bool is_same(struct place a, struct place b)
{
	if (a.page.ino || b.page.ino)
		return a.page.ino == b.page.ino && a.page.dev == b.page.dev &&
		       a.page.off == b.page.off;
	return a.pid == b.pid && a.address == b.address;
}

static __u64 place_hash(struct place p)
{
	if (p.page.ino)
		return map_hash(p.page.ino) * 5 + map_hash(p.page.dev) * 3 + map_hash(p.page.off);
	return map_hash(p.address) * 3 + map_hash(p.pid);
}

static __u64 node_of(__u32 pid, enum node kind)
{
	return (__u64)kind << 32 | pid;
}

static __u32 last_way(const struct map *ways, __u64 node)
{
	__u32 way;

	return map_get(ways, node, &way) ? way : 0;
}

/* True: that was not known. */
static bool add_way(struct map *ways, __u64 node, __u32 way)
{
	if (last_way(ways, node) >= way)
		return false;
	map_put(ways, node, way);
	return true;
}

/* Does who goes along link number way - 1 come to the end? There it must go on by a later one. */
static bool leads_there(const struct map *ways, const struct link *l, __u32 way)
{
	return last_way(ways, l->to) > way ||
	       last_way(ways, node_of(l->to_pid, SOMETHING_OF)) > way;
}

/*
 * For each node the last way, which is the number of a link and one, that leads from it to what b
 * did, or ALWAYS: it does from wherever one is.
 */
static void find_ways(const struct order *o, const struct order_edge *b, struct map *ret)
{
	bool is_new = true;

	map_put(ret, b->hdr.tid, ALWAYS);
	map_put(ret, node_of(b->hdr.pid, ALL_OF), ALWAYS);
	while (is_new) {
		is_new = false;
		for (size_t i = o->links.cnt; i-- > 0;) {
			const struct link *l = &o->links.items[i];
			__u32 way = i + 1, from = l->from_ns == UINT64_MAX ? ALWAYS : way;

			if (l->to_ns > b->hdr.ts_ns || !leads_there(ret, l, way))
				continue;
			is_new |= add_way(ret, l->from, from);
			is_new |= add_way(ret, node_of(l->from_pid, ALL_OF), from);
		}
	}
}

/* Can the way be gone from what was done at @ns? */
static bool is_open(const struct order *o, __u32 way, __u64 ns)
{
	return way == ALWAYS || (way && o->links.items[way - 1].from_ns >= ns);
}

static bool leads_from(const struct order *o, const struct map *ways, const struct order_edge *a)
{
	__u64 process = node_of(a->hdr.pid, SOMETHING_OF);

	return is_open(o, last_way(ways, a->hdr.tid), a->hdr.ts_ns) ||
	       is_open(o, last_way(ways, process), a->hdr.ts_ns);
}

/* Does what thread a did come before what b did, in every run? */
static bool is_before(const struct order *o, const struct order_edge *a, const struct order_edge *b)
{
	struct map ways = {};
	bool is;

	if (b == o->newest)
		return leads_from(o, &o->ways_to_newest, a);
	find_ways(o, b, &ways);
	is = leads_from(o, &ways, a);
	map_release(&ways);
	return is;
}

/* Do both hold one lock that only one of them can hold? */
static bool have_gate(const struct order_edge *a, const struct order_edge *b)
{
	for (__u32 i = 0; i < a->held_cnt; i++)
		for (__u32 j = 0; j < b->held_cnt; j++)
			if (is_same(place_held(a, i), place_held(b, j)) &&
			    !(a->held[i].flags & b->held[j].flags & ORDER_SHARED))
				return true;
	return false;
}

/* When a thread that was there before the probes was met; 0: it was not there. */
static __u64 met_ns(const struct order *o, __u32 tid)
{
	__u32 idx;

	return map_get(&o->met, tid, &idx) ? o->met_ns.items[idx] : 0;
}

/* Had each of the two been met when the other was there? Until then it may take a gate unseen. */
static bool have_met(const struct order *o, const struct order_edge *a, const struct order_edge *b)
{
	return met_ns(o, a->hdr.tid) <= b->hdr.ts_ns && met_ns(o, b->hdr.tid) <= a->hdr.ts_ns;
}

static bool can_be_at_once(const struct order *o, const struct order_edge *a,
			   const struct order_edge *b)
{
	const struct order_edge *first = a->hdr.ts_ns <= b->hdr.ts_ns ? a : b;

	return a->hdr.tid != b->hdr.tid && have_met(o, a, b) && !have_gate(a, b) &&
	       !is_before(o, first, first == a ? b : a);
}

/* The index of the lock that @waiter has to wait for, or -1. */
static int find_blocking(const struct order_edge *holder, const struct order_edge *waiter)
{
	struct place wanted = place_of(&waiter->hdr);

	for (__u32 i = 0; i < holder->held_cnt; i++) {
		const struct order_lock *l = &holder->held[i];

		if (is_same(place_held(holder, i), wanted) && (l->flags & ORDER_LASTING) &&
		    !(l->flags & ORDER_MAYBE) && !(l->flags & waiter->flags & ORDER_SHARED))
			return i;
	}
	return -1;
}

static bool can_be_with_all(const struct order *o, const struct order_inversion *path,
			    const struct order_edge *e)
{
	for (size_t i = 0; i < path->cnt; i++)
		if (!can_be_at_once(o, path->steps[i].edge, e))
			return false;
	return true;
}

/* Go on from the last step until somebody wants what the first holds. */
static bool close_cycle(struct order *o, struct order_inversion *path)
{
	const struct order_edge *first = path->steps[0].edge;
	const struct order_edge *last = path->steps[path->cnt - 1].edge;
	int at = path->cnt > 1 ? find_blocking(first, last) : -1;

	if (at >= 0) {
		path->steps[0].held_idx = at;
		return true;
	}
	if (path->cnt == ORDER_CYCLE_MAX)
		return false;
	vec_for_each(e, &o->edges) {
		at = *e ? find_blocking(*e, last) : -1;
		if (at < 0 || ++o->step_cnt > STEP_MAX || !can_be_with_all(o, path, *e))
			continue;
		path->steps[path->cnt++] = (struct order_step){ *e, at };
		if (close_cycle(o, path))
			return true;
		path->cnt--;
	}
	return false;
}

static void add_pairs(struct order *o, const struct order_edge *e)
{
	for (__u32 i = 0; i < e->held_cnt; i++) {
		struct pair p = { place_hash(place_held(e, i)), place_hash(place_of(&e->hdr)) };
		__u64 hash = map_hash(p.held) * 3 + map_hash(p.wanted);

		if (map_get(&o->known_pairs, hash, NULL))
			continue;
		map_put(&o->known_pairs, hash, 1);
		vec_push(&o->pairs, p);
	}
}

/*
 * Do any pairs lead from what e wants to what it holds? Cheap, and nearly always the answer
 * is no, which saves the search for who could be there at once.
 */
static bool may_close(const struct order *o, const struct order_edge *e)
{
	struct map reached = {};
	bool is_new = true, found = false;

	map_put(&reached, place_hash(place_of(&e->hdr)), 1);
	while (is_new && !found) {
		is_new = false;
		vec_for_each(p, &o->pairs) {
			if (!map_get(&reached, p->held, NULL) || map_get(&reached, p->wanted, NULL))
				continue;
			map_put(&reached, p->wanted, 1);
			is_new = true;
		}
		for (__u32 i = 0; i < e->held_cnt; i++)
			found |= map_get(&reached, place_hash(place_held(e, i)), NULL);
	}
	map_release(&reached);
	return found;
}

/* The same for the same locks, wherever the cycle begins. */
static __u64 hash_of_locks(const struct order_inversion *path)
{
	__u64 hash = path->cnt;

	for (size_t i = 0; i < path->cnt; i++) {
		__u64 h = place_hash(place_of(&path->steps[i].edge->hdr)) * 0x9e3779b97f4a7c15ULL;

		hash += h ^ h >> 32;
	}
	return hash;
}

static bool has_shared(const struct order_edge *e)
{
	bool is_shared = e->hdr.page.ino;

	for (__u32 i = 0; i < e->held_cnt; i++)
		is_shared |= e->held[i].page.ino != 0;
	return is_shared;
}

/* Makes room for others. */
static void drop_forgotten(struct order *o)
{
	size_t cnt = 0;

	vec_for_each(e, &o->edges)
		if (*e)
			o->edges.items[cnt++] = *e;
	o->edges.cnt = cnt;
}

static void begin_search(struct order *o, const struct order_edge *e)
{
	o->step_cnt = 0;
	o->newest = e;
	map_clear(&o->ways_to_newest);
	find_ways(o, e, &o->ways_to_newest);
}

static bool take_edge(struct order *o, const struct order_edge *rec, struct order_inversion *ret)
{
	struct order_inversion path = { .cnt = 1 };
	struct order_edge *e;

	if (o->edges.cnt == ORDER_EDGE_MAX)
		drop_forgotten(o);
	if (o->edges.cnt == ORDER_EDGE_MAX)
		o->is_complete = false;
	if (!o->is_complete || rec->held_cnt > ORDER_HELD_MAX || rec->stack_len > PROBE_STACK_SZ)
		return false;
	e = xmalloc(sizeof(*e));
	*e = *rec;
	o->is_shared |= has_shared(e);
	vec_push(&o->edges, e);
	o->edge_cnt++;
	path.steps[0].edge = e;
	add_pairs(o, e);
	if (!may_close(o, e))
		return false;
	begin_search(o, e);
	if (!close_cycle(o, &path) || map_get(&o->reported, hash_of_locks(&path), NULL))
		return false;
	map_put(&o->reported, hash_of_locks(&path), 1);
	*ret = path;
	return true;
}

static bool is_about(const struct order_edge *e, struct place place)
{
	for (__u32 i = 0; i < e->held_cnt; i++)
		if (is_same(place_held(e, i), place))
			return true;
	return is_same(place_of(&e->hdr), place);
}

static void forget(struct order *o, const struct order_hdr *rec)
{
	vec_for_each(e, &o->edges) {
		if (*e && is_about(*e, place_of(rec))) {
			free(*e);
			*e = NULL;
		}
	}
}

/* What thread tid has given back now it held all the time: it gates what the thread did. */
static void reveal(struct order *o, const struct order_hdr *rec)
{
	vec_for_each(e, &o->edges) {
		struct order_edge *edge = *e;

		if (!edge || edge->hdr.tid != rec->tid || is_about(edge, place_of(rec)))
			continue;
		if (edge->held_cnt < ORDER_HELD_MAX) {
			edge->held[edge->held_cnt++] = (struct order_lock){
				.address = rec->address,
				.flags = ORDER_MAYBE,
				.page = rec->page,
			};
		} else {
			free(edge);
			*e = NULL;
		}
	}
}

/*
 * By whom it was not taken, as far as was seen. Of a thread that was met that is to be
 * expected once; otherwise locks of that kind wander from thread to thread, and prove nothing.
 */
static void take_release(struct order *o, const struct order_hdr *rec)
{
	__u64 hash = place_hash(place_of(rec)) * 3 + map_hash(rec->tid);

	reveal(o, rec);
	if (!map_get(&o->met, rec->tid, NULL) || map_get(&o->released, hash, NULL))
		forget(o, rec);
	map_put(&o->released, hash, 1);
}

static void add_link(struct order *o, const struct link *l)
{
	if (o->links.cnt == LINK_MAX)
		o->is_complete = false;
	else
		vec_push(&o->links, *l);
}

/* The number of a thread that was met is another's now. */
static void forget_met(struct order *o, __u32 tid)
{
	size_t cnt = 0;

	if (!map_remove(&o->met, tid))
		return;
	vec_for_each(l, &o->links)
		if (l->to != tid || l->from != node_of(l->from_pid, SOMETHING_OF))
			o->links.items[cnt++] = *l;
	o->links.cnt = cnt;
}

/* A process is a thread, too. Of a thread that was joined everything comes before. */
static void take_link(struct order *o, const struct order_hdr *rec)
{
	__u32 child_pid = rec->kind == ORDER_PROCESS ? rec->other_tid : rec->pid;
	struct link fork = {
		rec->tid, rec->other_tid, rec->pid, child_pid, rec->ts_ns, rec->ts_ns
	};
	struct link join = { rec->other_tid, rec->tid, rec->pid, rec->pid, UINT64_MAX, rec->ts_ns };

	if (rec->kind != ORDER_JOIN)
		forget_met(o, rec->other_tid);
	add_link(o, rec->kind == ORDER_JOIN ? &join : &fork);
}

/* The locks in its memory are gone with it; those that it shared are not. */
static void forget_process(struct order *o, __u32 pid)
{
	vec_for_each(e, &o->edges) {
		if (*e && (*e)->hdr.pid == pid && !has_shared(*e)) {
			free(*e);
			*e = NULL;
		}
	}
}

static void forget_links(struct order *o, __u32 pid)
{
	size_t cnt = 0;

	vec_for_each(l, &o->links)
		if (l->from_pid != pid && l->to_pid != pid)
			o->links.items[cnt++] = *l;
	o->links.cnt = cnt;
}

/*
 * Whoever forked it may have waited for it: that is not seen, and taken to be so. As long as
 * processes share no lock nothing comes of how they follow one another.
 */
static void take_exit(struct order *o, const struct order_hdr *rec)
{
	struct link wait = {
		.from = node_of(rec->pid, SOMETHING_OF),
		.to = node_of(rec->other_tid, ALL_OF),
		.from_pid = rec->pid,
		.to_pid = rec->other_tid,
		.from_ns = UINT64_MAX,
		.to_ns = rec->ts_ns,
	};

	forget_process(o, rec->pid);
	if (o->is_shared)
		add_link(o, &wait);
	else
		forget_links(o, rec->pid);
}

/*
 * It may have waited for any thread of its process, in a call of pthread_join() that had begun
 * before the probes were there: that is not seen, and taken to be so.
 */
static void meet(struct order *o, const struct order_hdr *rec)
{
	struct link wait = {
		.from = node_of(rec->pid, SOMETHING_OF),
		.to = rec->tid,
		.from_pid = rec->pid,
		.to_pid = rec->pid,
		.from_ns = rec->ts_ns,
		.to_ns = rec->ts_ns,
	};

	map_put(&o->met, rec->tid, o->met_ns.cnt);
	vec_push(&o->met_ns, rec->ts_ns);
	if (o->edges.cnt)
		add_link(o, &wait);
}

bool order_take(struct order *o, const struct order_hdr *rec, struct order_inversion *ret)
{
	switch (rec->kind) {
	case ORDER_EDGE:
		return take_edge(o, (const struct order_edge *)rec, ret);
	case ORDER_FORK:
	case ORDER_PROCESS:
	case ORDER_JOIN:
		take_link(o, rec);
		break;
	case ORDER_FORGET:
		forget(o, rec);
		break;
	case ORDER_MET:
		meet(o, rec);
		break;
	case ORDER_RELEASE:
		take_release(o, rec);
		break;
	case ORDER_EXEC:
		forget_process(o, rec->pid);
		break;
	case ORDER_EXIT:
		take_exit(o, rec);
		break;
	}
	return false;
}

void order_give_up(struct order *o)
{
	o->is_complete = false;
}

bool order_is_complete(const struct order *o)
{
	return o->is_complete;
}

size_t order_edge_cnt(const struct order *o)
{
	return o->edge_cnt;
}
