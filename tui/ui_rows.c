/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of threads: which are shown, in what order, which one is selected. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "tui/describe.h"
#include "tui/state_words.h"
#include "tui/ui_private.h"

bool text_contains(const char *text, const char *part)
{
	return strcasestr(text, part) != NULL;
}

/* What a search and a filter look at: "4711 phil-0 Blocked mutex@72a0<phil-1". */
static bool thread_matches(const struct model *m, const struct thread *t, const char *part)
{
	struct strbuf text = {};
	bool matches;

	strbuf_addf(&text, "%u %s %s ", t->tid, t->name, state_word_of(t));
	if (thread_is_blocked(t))
		describe_wait_short(m, t, UI_TEXT_MAX, &text);
	matches = text_contains(strbuf_str(&text), part);
	strbuf_release(&text);
	return matches;
}

/* Many share a row, but where nothing is folded they would be all there is to see. */
static bool ended_are_shown(const struct ui *ui)
{
	size_t ended = model_state_cnt(ui_model(ui), THREAD_DEAD);

	if (ui->ended != ENDED_FEW)
		return ui->ended == ENDED_SHOWN;
	return ended <= UI_ENDED_FEW || (!ui->search[0] && !ui->filter[0]);
}

static bool is_listed(const struct ui *ui, const struct thread *t, bool with_ended)
{
	if (t->flags & THREAD_FOREIGN)
		return false;
	if (t->state == THREAD_DEAD && !with_ended && t->tid != ui->selected_tid)
		return false;
	return !ui->filter[0] || thread_matches(ui_model(ui), t, ui->filter);
}

/* Older first, so that a list keeps its order while threads come and go. */
static int compare_age(const void *a, const void *b)
{
	const struct thread *s = *(const struct thread *const *)a;
	const struct thread *t = *(const struct thread *const *)b;

	if (s->start_ns != t->start_ns)
		return s->start_ns < t->start_ns ? -1 : 1;
	return s->tid < t->tid ? -1 : s->tid > t->tid;
}

/* While the tree is made: threads by age, and as indices their first child and next sibling. */
struct tree {
	const struct thread **threads;
	int *child, *sibling;
	int cnt;
	int root;
};

enum { NOBODY = -1 };

static int parent_of(const struct tree *tree, const struct map *by_tid, int i)
{
	const struct thread *t = tree->threads[i];
	__u32 parent_tid = thread_is_main(t) ? t->ppid : t->pid;
	uint32_t idx;

	/* Only an older one: a tid that was used again must not make a circle. */
	if (!map_get(by_tid, parent_tid, &idx) || (int)idx >= i)
		return NOBODY;
	return (int)idx;
}

static void tree_link(struct tree *tree)
{
	struct map by_tid = {};

	for (int i = 0; i < tree->cnt; i++) {
		map_put(&by_tid, tree->threads[i]->tid, (uint32_t)i);
		tree->child[i] = NOBODY;
	}
	/* From the youngest on, each put before its siblings: they end up by age. */
	for (int i = tree->cnt - 1; i >= 0; i--) {
		int parent = parent_of(tree, &by_tid, i);
		int *head = parent == NOBODY ? &tree->root : &tree->child[parent];

		tree->sibling[i] = *head;
		*head = i;
	}
	map_release(&by_tid);
}

/* The lines before a name: those of the parent go on, the own branch comes behind. */
static void set_branch(struct ui_row *row, const struct ui_row *parent)
{
	if (!parent || row->depth == 0)
		return;
	snprintf(row->tree, sizeof(row->tree), "%s", parent->tree);
	for (char *c = row->tree; *c; c++) {
		if (*c == '`' || *c == '-')
			*c = ' ';
	}
	if (strlen(row->tree) + 3 < sizeof(row->tree))
		strcat(row->tree, row->is_last ? "`- " : "|- ");
}

/* Depth first, without recursion: a chain of forks may be thousands long. */
static void tree_flatten(struct ui *ui, const struct tree *tree)
{
	struct frame {
		int idx;
		int parent_row;
	};
	VEC(struct frame) stack = {};

	if (tree->root != NOBODY)
		vec_push(&stack, (struct frame){ tree->root, NOBODY });
	while (stack.cnt) {
		struct frame f = vec_pop(&stack);
		struct ui_row row = {
			.thread = tree->threads[f.idx],
			.is_process = thread_is_main(tree->threads[f.idx]),
			.is_last = tree->sibling[f.idx] == NOBODY,
		};
		const struct ui_row *parent =
			f.parent_row == NOBODY ? NULL : &ui->rows.items[f.parent_row];

		row.depth = parent ? (unsigned short)(parent->depth + 1) : 0;
		set_branch(&row, parent);
		vec_push(&ui->rows, row);
		if (tree->sibling[f.idx] != NOBODY)
			vec_push(&stack, (struct frame){ tree->sibling[f.idx], f.parent_row });
		if (tree->child[f.idx] != NOBODY)
			vec_push(&stack,
				 (struct frame){ tree->child[f.idx], (int)ui->rows.cnt - 1 });
	}
	vec_release(&stack);
}

/* Which rows are shared: in both lists a thread occurs once. */
static void mark_folds(struct ui *ui)
{
	vec_for_each(fold, &ui->folds) {
		vec_for_each(row, &ui->rows) {
			if (row->thread != fold->thread)
				continue;
			row->fold_cnt = fold->cnt;
			row->fold_idx = fold->idx;
			break;
		}
	}
}

void ui_build_rows(struct ui *ui)
{
	const struct model *m = ui_model(ui);
	size_t cnt = model_thread_cnt(m);
	struct tree tree = { .root = NOBODY };
	bool with_ended = ended_are_shown(ui);

	tree.threads = xcalloc(cnt, sizeof(*tree.threads));
	tree.child = xcalloc(cnt, sizeof(*tree.child));
	tree.sibling = xcalloc(cnt, sizeof(*tree.sibling));
	for (size_t i = 0; i < cnt; i++) {
		if (is_listed(ui, model_thread_at(m, i), with_ended))
			tree.threads[tree.cnt++] = model_thread_at(m, i);
	}
	qsort(tree.threads, (size_t)tree.cnt, sizeof(*tree.threads), compare_age);
	tree.cnt = ui_fold(ui, tree.threads, tree.cnt);
	tree_link(&tree);
	vec_clear(&ui->rows);
	tree_flatten(ui, &tree);
	mark_folds(ui);
	ui->rows_are_stale = false;
	ui->rows_version++;
	free(tree.threads);
	free(tree.child);
	free(tree.sibling);
}

const struct ui_row *ui_rows(const struct ui *ui, size_t *ret_cnt)
{
	if (ui->rows_are_stale)
		ui_build_rows((struct ui *)ui); /* a cache: the answer is the same */
	*ret_cnt = ui->rows.cnt;
	return ui->rows.items;
}

__u64 ui_rows_version(const struct ui *ui)
{
	size_t cnt;

	ui_rows(ui, &cnt);
	return ui->rows_version;
}
