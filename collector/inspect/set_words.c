/* SPDX-License-Identifier: GPL-2.0-only */
/* A set is told as a whole, when anything of it has changed. */
#include "inspect/set_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/safe_text.h"
#include "inspect/file_words.h"

enum { TEXT_MAX = 512 }; /* bytes of one description */

/* As the model keeps it, so it can be compared. */
static void take_text(struct set_word *w, struct strbuf *text)
{
	if (text->len)
		text->len = safe_text(text->data, text->len < TEXT_MAX ? text->len + 1 : TEXT_MAX,
				      text->data, text->len);
	w->ev.len = text->len;
	w->text = text->data;
}

void set_words_add(struct set_words *s, const struct open_files *of, const struct fd_item *item,
		   const struct probe_file *file, const struct far_ends *ends)
{
	struct strbuf text = {};
	struct set_word w = {
		.ev.hdr.kind = EV_SETFD,
		.ev.hdr.flags = ends->is_complete ? EVF_COMPLETE : 0,
		.ev.idx = s->total,
		.ev.fd = item->fd,
		.ev.access = item->access,
		.ev.pid_cnt = ends->cnt,
	};

	if (s->total++ >= SETFD_MAX)
		return;
	for (size_t i = 0; i < ends->cnt && i < SETFD_PID_MAX; i++)
		w.ev.pids[i] = ends->pids[i];
	if (file)
		file_words_add(of, file, &text);
	take_text(&w, &text);
	vec_push(&s->fds, w);
}

static bool fd_is_known(const struct set_fd *known, const struct set_word *w)
{
	return known->fd == w->ev.fd && known->is_for_room == (w->ev.access == PROBE_WRITE) &&
	       known->is_complete == !!(w->ev.hdr.flags & EVF_COMPLETE) &&
	       known->pid_cnt == w->ev.pid_cnt &&
	       !memcmp(known->pids, w->ev.pids, sizeof(w->ev.pids)) &&
	       !strcmp(known->text, w->text ? w->text : "");
}

static bool is_known(const struct wait_set *known, const struct set_words *s)
{
	if (!known)
		return !s->total;
	if (known->cnt != s->fds.cnt || known->total != s->total)
		return false;
	for (size_t i = 0; i < s->fds.cnt; i++)
		if (!fd_is_known(&known->fds[i], &s->fds.items[i]))
			return false;
	return true;
}

void set_words_emit(const struct set_words *s, const struct model *m, const struct thread *t,
		    void (*emit)(void *arg, struct ev_hdr *ev), void *arg)
{
	struct {
		struct ev_setfd ev;
		char text[TEXT_MAX];
	} out = { .ev.hdr = { .tid = t->tid, .kind = EV_SETFD } };

	if (is_known(model_wait_set(m, t), s))
		return;
	if (!s->total)
		emit(arg, &out.ev.hdr);
	vec_for_each(w, &s->fds) {
		out.ev = w->ev;
		out.ev.hdr.tid = t->tid;
		out.ev.cnt = s->total;
		if (w->ev.len)
			memcpy(out.text, w->text, w->ev.len);
		emit(arg, &out.ev.hdr);
	}
}

void set_words_release(struct set_words *s)
{
	vec_for_each(w, &s->fds)
		free(w->text);
	vec_release(&s->fds);
}
