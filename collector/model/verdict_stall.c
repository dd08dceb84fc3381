/* SPDX-License-Identifier: GPL-2.0-only */
/* Of a stall: who waits for what, those together that wait alike. */
#include "model/story.h"
#include "model/story_wait.h"
#include "model/verdict_words.h"

enum {
	GROUP_MAX = 4,	/* that are told */
	MEMBER_MAX = 4, /* of each */
};

/* Each thread of cycle[], and the first of them that waits like it. */
struct stalled {
	const struct lock *lock; /* or NULL */
	size_t group;
};

static const struct lock *lock_of(const struct model *m, const struct verdict_edge *e)
{
	const struct thread *t = model_find_thread(m, e->tid);

	return e->address && t ? model_lock_waited_on(m, t) : NULL;
}

static bool waits_alike(const struct verdict *v, const struct stalled *s, size_t a, size_t b)
{
	const struct verdict_edge *x = &v->cycle[a], *y = &v->cycle[b];

	if (x->reason != y->reason || x->held_by != y->held_by)
		return false;
	if (x->reason == WAIT_JOIN || x->reason == WAIT_CHILD)
		return x->held_by != 0;
	return s[a].lock && s[a].lock == s[b].lock;
}

static void find_groups(const struct verdict *v, const struct model *m, struct stalled *ret)
{
	for (size_t i = 0; i < v->cycle_cnt; i++) {
		ret[i] = (struct stalled){ lock_of(m, &v->cycle[i]), i };
		for (size_t k = 0; k < i && ret[i].group == i; k++)
			if (waits_alike(v, ret, k, i))
				ret[i].group = k;
	}
}

static void add_holder(const struct model *m, const struct verdict_edge *e, struct strbuf *ret)
{
	const struct thread *holder = model_find_thread(m, e->held_by);

	model_add_name(m, e->held_by, ret);
	if (holder && !thread_is_alive(holder))
		strbuf_adds(ret, ", which has ended");
}

static void add_lock(const struct model *m, const struct verdict_edge *e, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, e->tid);
	const struct lock *l = lock_of(m, e);
	const struct thread *copied_from = t ? model_lock_copied_from(m, t) : NULL;
	__u32 readers = t && !e->held_by ? wait_reader_cnt(&t->wait) : 0;

	if (l && model_lock_name(m, l))
		strbuf_addf(ret, "%s ", wait_reason_word(e->reason));
	verdict_add_lock(m, e, ret);
	if (readers) {
		strbuf_addf(ret, " held by %u reader%s", readers, readers == 1 ? "" : "s");
	} else if (e->held_by) {
		strbuf_adds(ret, " held by ");
		add_holder(m, e, ret);
	} else if (copied_from) {
		strbuf_adds(ret, ", copied by fork as ");
		model_add_name(m, copied_from->tid, ret);
		strbuf_adds(ret, " held it");
	} else if (t && model_lock_of_missing(m, t)) {
		strbuf_addf(ret, " held by thread %u, which %s", model_lock_of_missing(m, t),
			    story_missing_words(m, t));
	}
}

static void add_wait(const struct model *m, const struct verdict_edge *e, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, e->tid);

	if (e->address) {
		add_lock(m, e, ret);
		return;
	}
	switch (e->reason) {
	case WAIT_JOIN:
	case WAIT_CHILD:
		strbuf_adds(ret, e->held_by ? "the end of " : wait_reason_help(e->reason));
		break;
	case WAIT_PIPE:
	case WAIT_SOCKET:
		verdict_add_stream(m, e, e->held_by != 0, ret);
		break;
	case WAIT_FLOCK:
		strbuf_adds(ret, e->held_by ? "a file lock held by " : "a file lock");
		break;
	default:
		if (t)
			story_add_help(&t->wait, ret);
		return;
	}
	if (e->held_by)
		add_holder(m, e, ret);
}

static void add_once(const struct model *m, const struct verdict_edge *e, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, e->tid);

	if (t)
		story_add_once(m, t, ret);
}

/* "left, right and 3 more"; how many these are. */
static size_t add_members(const struct verdict *v, const struct model *m, const struct stalled *s,
			  size_t group, struct strbuf *ret)
{
	size_t cnt = 0, told = 0, max = MEMBER_MAX;

	for (size_t i = group; i < v->cycle_cnt; i++)
		cnt += s[i].group == group;
	if (cnt > MEMBER_MAX)
		max = MEMBER_MAX - 1;
	for (size_t i = group; i < v->cycle_cnt && told < max; i++) {
		if (s[i].group != group)
			continue;
		if (told++)
			strbuf_adds(ret, told == cnt ? " and " : ", ");
		model_add_name(m, v->cycle[i].tid, ret);
	}
	if (told < cnt)
		strbuf_addf(ret, " and %zu more", cnt - told);
	return cnt;
}

/* Who waits for the end of another is told last: the others are the cause. */
static bool is_told_last(const struct verdict_edge *e)
{
	return e->reason == WAIT_JOIN || e->reason == WAIT_CHILD;
}

void stall_add_waits(const struct verdict *v, const struct model *m, struct strbuf *ret)
{
	struct stalled s[VERDICT_CYCLE_MAX];
	size_t groups = 0, told = 0;

	find_groups(v, m, s);
	for (size_t n = 0; n < 2 * v->cycle_cnt && groups < GROUP_MAX; n++) {
		size_t i = n % v->cycle_cnt, cnt;

		if (s[i].group != i || is_told_last(&v->cycle[i]) != (n >= v->cycle_cnt))
			continue;
		strbuf_adds(ret, groups ? ", " : "");
		cnt = add_members(v, m, s, i, ret);
		strbuf_adds(ret, groups++ ? " for " : cnt == 1 ? " waits for " : " wait for ");
		add_wait(m, &v->cycle[i], ret);
		if (cnt == 1)
			add_once(m, &v->cycle[i], ret);
		told += cnt;
	}
	if (told < v->closed_cnt)
		strbuf_addf(ret, ", and %zu more", v->closed_cnt - told);
}
