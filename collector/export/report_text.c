/* SPDX-License-Identifier: GPL-2.0-only */
/* The report as text. */
#include <string.h>

#include "base/fmt.h"
#include "export/report_phrases.h"
#include "model/inversion.h"

enum { STACK_INDENT = 6 };

static bool has_living(const struct model *m)
{
	size_t ended = model_state_cnt(m, THREAD_ZOMBIE) + model_state_cnt(m, THREAD_DEAD);

	return model_thread_cnt(m) > ended;
}

/* How a process ended that was attached to, only its parent gets to know. */
static void add_end(struct strbuf *ret, const struct model *m)
{
	__u32 code;

	if (!model_ended(m, &code))
		strbuf_adds(ret, has_living(m) ? "was still running" : "no thread is left");
	else if (code & 0x7f)
		strbuf_addf(ret, "killed by signal %u (%s)", code & 0x7f, strsignal(code & 0x7f));
	else
		strbuf_addf(ret, "ended with status %u", code >> 8 & 0xff);
}

/* A ring keeps the end only, which is not where sums begin. */
static void add_observed(struct strbuf *ret, const struct report_input *in)
{
	__u64 end_ns = model_now_ns(report_last(in));
	char buf[FMT_SZ];

	strbuf_adds(ret, "observed  ");
	phrase_add_duration(ret, report_duration_ns(in));
	strbuf_addf(ret, ", %s events%s\n",
		    fmt_count(buf, sizeof(buf), in->first_event + report_event_cnt(in)),
		    in->goes_on ? " up to this report" : "");
	if (!in->first_event)
		return;
	strbuf_adds(ret, "kept      the last ");
	phrase_add_duration(ret, end_ns > in->first_ns ? end_ns - in->first_ns : 0);
	strbuf_addf(ret, " of it, %s events; times and counts below are of all\n",
		    fmt_count(buf, sizeof(buf), report_event_cnt(in)));
}

static void add_losses(struct strbuf *ret, const struct report_input *in)
{
	char buf[FMT_SZ];

	strbuf_addf(ret, "lost      %s\n", fmt_count(buf, sizeof(buf), report_lost_total(in)));
#define ADD_LOSS(name, id, word, help)                 \
	if (report_lost(in, id))                       \
		strbuf_addf(ret, "          %s: %s\n", \
			    fmt_count(buf, sizeof(buf), report_lost(in, id)), help);
	REPORT_LOSSES(ADD_LOSS)
#undef ADD_LOSS
	if (in->is_truncated)
		strbuf_adds(ret, "          the file was not closed: there may have been more\n");
}

static void add_command(struct strbuf *ret, const char *const *command)
{
	strbuf_adds(ret, "program  ");
	for (; command && *command; command++) {
		strbuf_addch(ret, ' ');
		phrase_add_raw(ret, *command);
	}
	strbuf_adds(ret, command ? "\n" : " not known\n");
}

static void add_head(struct strbuf *ret, const struct report_input *in)
{
	char buf[FMT_SZ];

	report_sentence(in, ret);
	strbuf_adds(ret, "\n\n");
	add_command(ret, in->command);
	strbuf_adds(ret, "end       ");
	add_end(ret, report_last(in));
	strbuf_adds(ret, "\nkernel    ");
	phrase_add_raw(ret, in->kernel ? in->kernel : "not known");
	strbuf_addch(ret, '\n');
	add_observed(ret, in);
	add_losses(ret, in);
	if (in->last)
		strbuf_addf(ret, "state     as it was at %s\n",
			    fmt_clock(buf, sizeof(buf), in->now_ns - model_begin_ns(in->model)));
}

static void add_evidence(struct strbuf *ret, const struct report_input *in, const char *phrase,
			 __u64 confirm_ns)
{
	strbuf_adds(ret, phrase);
	if (!confirm_ns)
		return;
	strbuf_adds(ret, ", again ");
	phrase_add_duration(ret, in->now_ns > confirm_ns ? in->now_ns - confirm_ns : 0);
	strbuf_adds(ret, " ago");
}

static void add_edge(struct strbuf *ret, const struct report_input *in, size_t idx)
{
	struct report_edge e = report_edge(in, idx);

	strbuf_adds(ret, "  ");
	phrase_add_thread(ret, in->model, e.edge->tid);
	strbuf_adds(ret, " waits for ");
	phrase_add_target(ret, e.edge->reason, e.wait ? report_lock_name(in, e.thread) : NULL,
			  e.edge->address, -1);
	strbuf_addch(ret, ' ');
	phrase_add_since(ret, in, e.edge->since_ns);
	strbuf_addch(ret, '\n');
	if (e.held_by) {
		const char *over = e.edge->address ? "held by" : "of";

		strbuf_addf(ret, "    %s ", e.wait ? wait_relation(e.wait) : over);
		phrase_add_thread(ret, in->model, e.held_by);
		strbuf_adds(ret, ": ");
		add_evidence(ret, in, evidence_phrase(e.evidence, e.edge->needs_holders),
			     verdict_edge_confirm_ns(in->model, e.edge));
		strbuf_addch(ret, '\n');
	}
	if (e.wait && !e.held_by && wait_reader_cnt(e.wait)) {
		strbuf_addf(ret, "    held by readers: %u, ", wait_reader_cnt(e.wait));
		add_evidence(ret, in, evidence_phrase(EVIDENCE_READ, false), e.wait->confirm_ns);
		strbuf_addch(ret, '\n');
	}
	if (e.wait)
		phrase_add_stack(ret, in, e.thread, STACK_INDENT);
}

static void add_cycle(struct strbuf *ret, const struct report_input *in)
{
	const struct verdict *v = in->verdict;

	if (!report_has_cycle(in) || !v->cycle_cnt)
		return;
	if (v->is_for_readers)
		strbuf_addf(ret,
			    "\nThe %zu of which the first waits for readers, who are of them\n",
			    v->cycle_cnt);
	else if (v->kind == VERDICT_DEADLOCK)
		strbuf_addf(ret, "\nCycle of %zu\n", v->cycle_cnt);
	else if (v->closed_cnt == 1)
		strbuf_adds(ret, "\nThe one that nobody can wake, without a time-out\n");
	else
		strbuf_addf(ret, "\nThe %u that wait for each other alone, without a time-out\n",
			    v->closed_cnt);
	for (size_t i = 0; i < v->cycle_cnt; i++)
		add_edge(ret, in, i);
	if (v->kind == VERDICT_STALL && v->closed_cnt > v->cycle_cnt)
		strbuf_addf(ret, "  and %zu more\n", v->closed_cnt - v->cycle_cnt);
}

static void add_functions(struct strbuf *ret, const char *at)
{
	while (*at) {
		const char *end = strstr(at, " < ");
		size_t len = end ? (size_t)(end - at) : strlen(at);

		strbuf_addf(ret, "%*s%.*s\n", STACK_INDENT, "", (int)len, at);
		at += end ? len + 3 : len;
	}
}

/* What --order has found, also when something worse has happened. */
static void add_inversions(struct strbuf *ret, const struct model *m)
{
	for (size_t i = 0; i < model_inversion_cnt(m); i++) {
		const struct inversion *inv = model_inversion_at(m, i);

		strbuf_addf(ret, "\nPotential deadlock %zu: locks taken in a circle\n", i + 1);
		for (size_t j = 0; j < inv->step_cnt; j++) {
			const struct inversion_step *s = &inv->steps[j];

			strbuf_addf(ret, "  %s (%u) took %s\n", s->name, s->tid, s->held);
			add_functions(ret, s->held_at);
			strbuf_addf(ret, "    then %s\n", s->wanted);
			add_functions(ret, s->wanted_at);
		}
	}
}

void report_text(const struct report_input *in, struct strbuf *ret)
{
	struct report_parts parts;

	report_collect(in, &parts);
	report_fold_ended(in, &parts);
	add_head(ret, in);
	add_cycle(ret, in);
	add_inversions(ret, report_last(in));
	report_add_stories(ret, in, &parts);
	report_add_runtimes(ret, in, &parts);
	report_add_threads(ret, in, &parts);
	report_add_locks(ret, in, &parts);
	report_parts_release(&parts);
}
