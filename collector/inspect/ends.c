/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is looked at, and what is told of it. */
#include "inspect/ends.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include "base/safe_text.h"
#include "inspect/call_words.h"
#include "inspect/children.h"
#include "inspect/connect_words.h"
#include "inspect/far_ends.h"
#include "inspect/fd_list.h"
#include "inspect/fifo.h"
#include "inspect/file_locks.h"
#include "inspect/file_words.h"
#include "inspect/lock_holder.h"
#include "inspect/lock_page.h"
#include "inspect/process_stat.h"
#include "inspect/set_words.h"
#include "inspect/time_left.h"
#include "model/syscall.h"

enum {
	BUDGET_PER_MILLE = 2,	  /* of one CPU */
	BUDGET_MAX_NS = 30000000, /* that is saved up */
	SCAN_MAX = 256,		  /* threads that are considered in one go */
	LOOK_MAX = 64,		  /* of these looked at */
	TEXT_MAX = 1024,	  /* bytes of a description */
	STRANGER_MAX = 4,	  /* processes that are not traced, described */
	PAGE_TRY_MAX = 4, /* times that the memory of a lock is looked at, for short waits */
};

/* What is found out about one wait. */
struct finding {
	struct far_ends ends;
	bool has_ends;
	struct strbuf text;
	struct set_words set; /* of poll, select and epoll */
	__u64 read_ns;
	__u64 until_ns;
	int err;
};

static __u64 cpu_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void save_budget(struct ends *e, __u64 now_ns)
{
	if (!e->saved_ns)
		e->budget_ns = BUDGET_MAX_NS;
	else if (now_ns > e->saved_ns)
		e->budget_ns += (now_ns - e->saved_ns) / 1000 * BUDGET_PER_MILLE;
	if (e->budget_ns > BUDGET_MAX_NS)
		e->budget_ns = BUDGET_MAX_NS;
	e->saved_ns = now_ns;
}

/* Once for all who are looked at in this step. */
static int get_files(struct ends *e, __u64 now_ns, const struct ends_calls *calls)
{
	if (e->files.read_ns == now_ns)
		return 0;
	return open_files_read(&e->files, calls->read_files, calls->arg, now_ns);
}

static int get_mappings(struct ends *e, __u64 now_ns, const struct ends_calls *calls)
{
	int err = 0;

	if (e->mapped_ns == now_ns)
		return 0;
	err = record_table_read(&e->mappings, calls->read_mappings, calls->arg);
	e->mapped_ns = err ? 0 : now_ns;
	return err;
}

/* Its process, if it has no other thread that could do something; else 0. */
static __u32 alone_pid(const struct model *m, const struct thread *t)
{
	size_t cnt = model_thread_cnt(m);

	if (model_living_cnt(m, t->pid) > 1)
		return 0;
	for (size_t i = 0; i < cnt; i++) {
		const struct thread *other = model_thread_at(m, i);

		if (other != t && other->pid == t->pid && thread_is_alive(other))
			return 0;
	}
	return t->pid;
}

/* The open file that item stands for; NULL when there is none, or another one by now. */
static const struct probe_file *find_item(const struct open_files *of, __u32 pid,
					  const struct fd_item *item)
{
	const struct probe_file *f = open_files_find(of, pid, item->fd);

	if (f && item->ino && (f->ino != item->ino || f->dev != item->dev))
		return NULL;
	return f;
}

static void add_item_words(struct finding *f, const struct open_files *of,
			   const struct fd_list *list, size_t idx, const struct probe_file *file)
{
	if (list->is_set && idx >= SETFD_MAX)
		return;
	if (list->is_set)
		strbuf_addf(&f->text, "%sfd %u ", idx ? ", " : "", list->items[idx].fd);
	if (file)
		file_words_add(of, file, &f->text);
	else
		strbuf_adds(&f->text, "(not known)");
}

/* The words for the set as a whole: how many, and that it is empty. */
static void add_set_words(struct finding *f, const struct fd_list *list, const struct wait *w)
{
	if (!list->is_set)
		return;
	strbuf_addf(&f->text, "%s: ", wait_reason_word(w->reason));
	if (!list->cnt)
		strbuf_adds(&f->text, list->is_complete ? "no descriptor" : "not known");
}

static void look_at_list(struct ends *e, const struct model *m, const struct thread *t,
			 const struct fd_list *list, struct finding *f)
{
	__u32 alone = alone_pid(m, t);

	/* An empty set is a way to wait for a signal, and for that there are others. */
	f->ends.is_complete = list->is_complete && list->cnt;
	add_set_words(f, list, &t->wait);
	for (size_t i = 0; i < list->cnt; i++) {
		const struct fd_item *item = &list->items[i];
		const struct probe_file *file = find_item(&e->files, t->pid, item);
		struct far_ends one = { .is_complete = file };

		add_item_words(f, &e->files, list, i, file);
		if (file)
			far_ends_add(&one, &e->files, file, item->access, alone);
		far_ends_merge(&f->ends, &one);
		if (list->is_set)
			set_words_add(&f->set, &e->files, item, file, &one);
	}
	if (list->is_set && list->cnt > SETFD_MAX)
		strbuf_addf(&f->text, " and %zu more", list->cnt - SETFD_MAX);
	f->has_ends = list->cnt && (f->ends.cnt || f->ends.is_complete);
}

/* An epoll instance can be changed while it is waited for, by whoever has it. */
static void look_at_epoll(struct ends *e, const struct model *m, const struct thread *t,
			  struct finding *f)
{
	const struct probe_file *file = open_files_find(&e->files, t->pid, wait_fd(&t->wait));

	if (file)
		far_ends_add_sharers(&f->ends, &e->files, file, alone_pid(m, t));
	else
		f->ends.is_complete = false;
}

static void look_at_lock(struct ends *e, const struct thread *t, const struct probe_file *file,
			 struct finding *f)
{
	bool is_ofd = t->wait.class == SYSCALL_FCNTL && t->wait.args[1] == F_OFD_SETLKW;
	struct file_lock lock;
	bool are_known;

	file_words_add(&e->files, file, &f->text);
	if (!file_locks_read(is_ofd ? 0 : t->pid, file, &lock))
		return;
	f->ends.is_complete = true;
	are_known = far_ends_add_lock(&f->ends, &e->files, file, &lock);
	file_lock_add_words(&lock, &f->ends, are_known, &f->text);
	f->has_ends = f->ends.cnt > 0;
}

/* May the far ends of the descriptor be told? Of what is spliced there are two. */
static bool is_plain_call(const struct wait *w)
{
	bool is_either = wait_may_be_for_room(w) && !wait_is_write(w);

	return w->class != SYSCALL_FD || (!is_either && !wait_is_call(w, "sendfile"));
}

/* The other descriptor of a call that moves what is in one to the other. */
static void add_where_to(const struct ends *e, const struct thread *t, struct finding *f)
{
	const struct wait *w = &t->wait;
	bool is_out = wait_is_call(w, "splice") || wait_is_call(w, "tee");
	const struct probe_file *other;
	__u32 fd;

	if (!is_out && !wait_is_call(w, "sendfile"))
		return;
	fd = w->args[wait_is_call(w, "splice") ? 2 : 1];
	other = open_files_find(&e->files, t->pid, fd);
	strbuf_addf(&f->text, is_out ? ", to fd %u" : ", from fd %u", fd);
	if (other) {
		strbuf_addch(&f->text, ' ');
		file_words_add(&e->files, other, &f->text);
	}
}

static void look_at_one(struct ends *e, const struct model *m, const struct thread *t,
			const struct fd_list *list, struct finding *f)
{
	const struct probe_file *file = open_files_find(&e->files, t->pid, list->items[0].fd);
	const struct wait *w = &t->wait;

	/* What it was when the wait began it must be still: its number may be another's now. */
	if (!file || (w->fd_mode && w->fd_mode != file->fd_mode)) {
		f->err = -EBADF;
	} else if (w->reason == WAIT_FLOCK) {
		look_at_lock(e, t, file, f);
	} else if (w->class == SYSCALL_ACCEPT || w->class == SYSCALL_CONNECT || !is_plain_call(w)) {
		file_words_add(&e->files, file, &f->text);
		add_where_to(e, t, f);
		if (w->class == SYSCALL_CONNECT)
			connect_words_add(&e->files, t, file, &f->ends, &f->text);
		f->has_ends = f->ends.cnt > 0;
	} else {
		look_at_list(e, m, t, list, f);
	}
	if (file && FD_MODE_KIND(file->fd_mode) == FILE_TIMERFD)
		f->until_ns = time_left_timerfd_ns(t->pid, file->fd, f->read_ns);
}

static void look_at_files(struct ends *e, const struct model *m, const struct thread *t,
			  const struct ends_calls *calls, struct finding *f)
{
	struct fd_list list;

	f->err = fd_list_read(t, &list);
	if (!f->err)
		f->err = get_files(e, f->read_ns, calls);
	if (f->err)
		return;
	if (!list.is_set)
		look_at_one(e, m, t, &list, f);
	else
		look_at_list(e, m, t, &list, f);
	if (t->wait.class == SYSCALL_EPOLL || t->wait.class == SYSCALL_EPOLL2)
		look_at_epoll(e, m, t, f);
}

static void look_at_children(const struct thread *t, struct finding *f)
{
	f->err = children_add(t, open_files_see_all(), &f->ends, &f->text);
	f->has_ends = !f->err;
}

static void emit_page(const struct thread *t, struct ev_lockpage *page,
		      const struct ends_calls *calls)
{
	page->hdr.tid = t->tid;
	page->hdr.kind = EV_LOCKPAGE;
	calls->emit(calls->arg, &page->hdr);
}

/* Who holds it is all who can, if the word tells; and nobody can when that one is gone. */
static void choose_holder(const struct model *m, const struct thread *t,
			  const struct ends_calls *calls, struct finding *f)
{
	struct lock_holder holder;

	if (!lock_holder_find(m, t, &f->ends, &holder))
		return;
	f->ends = (struct far_ends){ .is_complete = true };
	if (holder.pid)
		far_ends_add_pid(&f->ends, holder.pid);
	else if (memcmp(holder.word.words, t->wait.words, sizeof(t->wait.words)) != 0)
		calls->emit(calls->arg, &holder.word.hdr);
}

/* A thread's end, which wakes who joins it, is known from its own word. */
static bool waits_for_page(const struct wait *w)
{
	return wait_is_shared(w) && w->reason != WAIT_JOIN;
}

static __u64 page_key(const struct thread *t)
{
	return model_lock_key(t->pid, t->wait.args[0]);
}

/*
 * Is the lock one of several processes? Asked at once, however short the waits are, for otherwise
 * it would be another one in each.
 */
static bool page_is_due(const struct ends *e, const struct model *m, const struct thread *t)
{
	uint32_t tries = 0;

	return waits_for_page(&t->wait) && model_lock_memory(m, t) == MEMORY_UNKNOWN &&
	       (!map_get(&e->pages, page_key(t), &tries) || tries < PAGE_TRY_MAX);
}

static void count_page(struct ends *e, const struct thread *t)
{
	uint32_t tries = 0;

	map_get(&e->pages, page_key(t), &tries);
	map_put(&e->pages, page_key(t), tries + 1);
}

/* Who maps it can wake: that is asked of waits that have been for long, for it costs most. */
static void look_at_page(struct ends *e, const struct model *m, const struct thread *t,
			 const struct ends_calls *calls, struct finding *f)
{
	struct ev_lockpage page = {};
	int err = lock_page_read(t->pid, t->wait.args[0], &page);

	count_page(e, t);
	if (err)
		return;
	if (model_lock_memory(m, t) == MEMORY_UNKNOWN)
		emit_page(t, &page, calls);
	if ((page.hdr.flags & EVF_PRIVATE) || f->read_ns < t->wait.since_ns + ENDS_AGAIN_NS)
		return;
	if (get_files(e, f->read_ns, calls) || get_mappings(e, f->read_ns, calls))
		return;
	f->ends.is_complete = open_files_see_all();
	f->ends.is_complete &= lock_page_add_processes(&page, &e->mappings, &f->ends);
	lock_page_add_openers(&page, &e->files, &f->ends);
	choose_holder(m, t, calls, f);
	f->has_ends = true;
}

/* The trace has no names of processes that are not traced, nor what these do. */
static void add_strangers(const struct model *m, const struct thread *t, struct finding *f)
{
	bool is_named = t->wait.class == SYSCALL_CHILD; /* by what was said of it already */

	struct process_stat st;
	size_t cnt = 0;

	for (size_t i = 0; i < f->ends.cnt && cnt < STRANGER_MAX; i++) {
		const struct thread *other = model_find_thread(m, f->ends.pids[i]);

		if ((other && !(other->flags & THREAD_FOREIGN)) ||
		    !process_stat_read(f->ends.pids[i], &st))
			continue;
		strbuf_addf(&f->text, "%sprocess %u is ", f->text.len ? "; " : "", f->ends.pids[i]);
		if (!is_named)
			strbuf_addf(&f->text, "%s, ", st.name);
		strbuf_adds(&f->text, st.state);
		cnt++;
	}
}

/* As the model keeps it: so it can be compared, and is no longer than a record takes. */
static void make_safe(struct strbuf *text)
{
	if (text->len)
		text->len = safe_text(text->data, text->len < TEXT_MAX ? text->len + 1 : TEXT_MAX,
				      text->data, text->len);
}

/* What was told already is not told again. */
static bool is_news(const struct model *m, const struct thread *t, const struct finding *f)
{
	const struct wait_file *known = model_wait_file(m, t);

	if (!f->text.len && !f->until_ns)
		return known && known->text;
	return !known || !known->text != !f->text.len ||
	       (known->text && strcmp(known->text, strbuf_str(&f->text)) != 0);
}

static void emit_file(const struct model *m, const struct thread *t, const struct finding *f,
		      const struct ends_calls *calls)
{
	struct {
		struct ev_file ev;
		char text[TEXT_MAX];
	} out = {
		.ev.hdr = { .tid = t->tid, .kind = EV_FILE },
		.ev.err = f->err,
		.ev.len = f->text.len,
		.ev.until_ns = f->until_ns,
	};

	if (!is_news(m, t, f))
		return;
	memcpy(out.text, strbuf_str(&f->text), out.ev.len);
	calls->emit(calls->arg, &out.ev.hdr);
}

static void emit_holders(const struct thread *t, const struct finding *f,
			 const struct ends_calls *calls)
{
	struct {
		struct ev_holders ev;
		__u32 pids[FAR_ENDS_MAX];
	} out = {
		.ev.hdr = { .tid = t->tid,
			    .kind = EV_HOLDERS,
			    .flags = f->ends.is_complete ? EVF_COMPLETE : 0 },
		.ev.len = f->ends.cnt * sizeof(f->ends.pids[0]),
		.ev.read_ns = f->read_ns,
	};

	if (!f->has_ends)
		return;
	memcpy(out.pids, f->ends.pids, out.ev.len);
	calls->emit(calls->arg, &out.ev.hdr);
}

static bool waits_for_files(const struct wait *w)
{
	switch (w->class) {
	case SYSCALL_POLL:
	case SYSCALL_PPOLL:
	case SYSCALL_SELECT:
		return true;
	default:
		return wait_fd(w) >= 0;
	}
}

/* How long has a wait to have been for a look at it to be worth it? 0: it never is. */
static __u64 worth_ns(const struct wait *w)
{
	if (waits_for_files(w) || w->class == SYSCALL_CHILD || w->class == SYSCALL_CLONE ||
	    waits_for_page(w) || wait_open_path(w) || call_words_are_for(w))
		return ENDS_WAIT_NS;
	return wait_is_timed(w) ? ENDS_SLEEP_NS : 0;
}

/* Tells one wait of a thread from the next, and from what its stack shows it to be. */
static __u32 wait_mark(const struct wait *w)
{
	return (__u32)(w->since_ns >> 10) ^ (__u32)w->reason << 24;
}

static void look(struct ends *e, const struct model *m, const struct thread *t, __u64 now_ns,
		 const struct ends_calls *calls)
{
	struct finding f = { .read_ns = now_ns };

	if (t->wait.class == SYSCALL_CHILD)
		look_at_children(t, &f);
	else if (waits_for_files(&t->wait))
		look_at_files(e, m, t, calls, &f);
	else if (wait_open_path(&t->wait))
		f.err = fifo_add_words(t, &f.text);
	else if (waits_for_page(&t->wait))
		look_at_page(e, m, t, calls, &f);
	else if (t->wait.class == SYSCALL_CLONE)
		children_add_vforked(t, &f.text);
	else if (call_words_are_for(&t->wait))
		call_words_add(t, &f.text);
	/* What has come meanwhile changes: it is looked at again, as who has a pipe is. */
	f.has_ends |= t->wait.class == SYSCALL_IO_URING;
	if (wait_is_timed(&t->wait))
		f.until_ns = time_left_until_ns(t);
	add_strangers(m, t, &f);
	make_safe(&f.text);
	emit_file(m, t, &f, calls);
	emit_holders(t, &f, calls);
	set_words_emit(&f.set, m, t, calls->emit, calls->arg);
	set_words_release(&f.set);
	strbuf_release(&f.text);
	map_put(&e->seen, t->tid, wait_mark(&t->wait));
}

/* The longer it has waited, the less often its other end is looked for again. */
static __u64 again_after_ns(__u64 age_ns)
{
	__u64 pause_ns = age_ns / 4;

	if (pause_ns < ENDS_AGAIN_NS)
		return ENDS_AGAIN_NS;
	return pause_ns < 10ULL * ENDS_AGAIN_MAX_NS ? pause_ns : 10ULL * ENDS_AGAIN_MAX_NS;
}

static bool is_due(const struct ends *e, const struct model *m, const struct thread *t,
		   __u64 now_ns)
{
	__u64 wait_ns = worth_ns(&t->wait);
	const struct holders *h;
	uint32_t mark;

	if (!thread_is_blocked(t) || (t->flags & THREAD_FOREIGN) || !t->pid ||
	    (t->wait.flags & EVF_COMPAT) || !wait_ns)
		return false;
	if (page_is_due(e, m, t))
		return true;
	if (now_ns < t->wait.since_ns + wait_ns)
		return false;
	if (!map_get(&e->seen, t->tid, &mark) || mark != wait_mark(&t->wait))
		return true;
	h = model_holders(m, t);
	if (!h && model_lock_memory(m, t) == MEMORY_SHARED)
		return now_ns > t->wait.since_ns + ENDS_AGAIN_NS;
	return h && now_ns > h->read_ns + again_after_ns(h->read_ns - t->wait.since_ns);
}

static size_t look_at_suspects(struct ends *e, const struct model *m, const struct verdict *v,
			       __u64 now_ns, const struct ends_calls *calls)
{
	size_t cnt = 0;

	if (v->confirmed || now_ns < v->at_ns + ENDS_WAIT_NS)
		return 0;
	for (size_t i = 0; i < v->cycle_cnt; i++) {
		const struct thread *t = model_find_thread(m, v->cycle[i].tid);

		if (!t || !thread_is_blocked(t) || !v->cycle[i].needs_holders ||
		    verdict_edge_is_confirmed(v, &v->cycle[i]))
			continue;
		look(e, m, t, now_ns, calls);
		cnt++;
	}
	return cnt;
}

void ends_step(struct ends *e, const struct model *m, const struct verdict *v, __u64 now_ns,
	       const struct ends_calls *calls)
{
	__u64 begin_ns = cpu_now_ns();
	size_t thread_cnt = model_thread_cnt(m), cnt;

	/* From below another PID namespace /proc has other numbers, and other processes. */
	if (!e->saved_ns)
		e->is_blind = !open_files_see_all();
	save_budget(e, now_ns);
	if (e->is_blind)
		return;
	if (map_cnt(&e->seen) > 4 * thread_cnt + 4096)
		map_clear(&e->seen);
	if (map_cnt(&e->pages) > 4 * model_lock_cnt(m) + 4096)
		map_clear(&e->pages);
	cnt = look_at_suspects(e, m, v, now_ns, calls);
	for (size_t i = 0; i < thread_cnt && i < SCAN_MAX && cnt < LOOK_MAX && e->budget_ns > 0;
	     i++) {
		const struct thread *t = model_thread_at(m, e->next++ % thread_cnt);

		if (is_due(e, m, t, now_ns)) {
			look(e, m, t, now_ns, calls);
			cnt++;
		}
	}
	e->budget_ns -= cpu_now_ns() - begin_ns;
}

void ends_release(struct ends *e)
{
	open_files_release(&e->files);
	record_table_release(&e->mappings);
	map_release(&e->seen);
	map_release(&e->pages);
}
