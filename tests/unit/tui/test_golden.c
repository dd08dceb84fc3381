/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Golden screens: tests/golden/NAME.keys says what is shown and which keys are
 * pressed, NAME.screen what is then on the screen. GOLDEN_UPDATE=1 writes the
 * screens anew; the difference is to be reviewed like code.
 *
 *	# a comment
 *	scenario forks		one of scenarios.h
 *	size 80 24		columns and rows
 *	now 3s			the clock, after the begin of the trace (default: its end)
 *	replay			a trace that has ended (default: live)
 *	states ostep		whose words the states have (default: ours)
 *	note 1s chapter: A	a line of the notes of the recording; two blanks: of the note above
 *	utf8			line drawing (default: ASCII)
 *	key Space j Tab		keys by name
 *	type /phil		each character is a key
 *	tick 500ms		time passes
 *	styles			the style of each cell below the text
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "tests/unit/tui/scenarios.h"
#include "tui/state_words.h"
#include "tui/ui.h"

enum { NAME_SZ = 128, LINE_SZ = 256, TICK_CNT = 20 };

struct play {
	struct trace *trace;
	struct ui *ui;
	struct grid *grid;
	struct strbuf notes;
	__u64 now_ns;
	bool is_live, with_styles;
};

static const struct {
	const char *name;
	uint32_t key;
} key_names[] = {
	{ "Space", ' ' },
	{ "Enter", UIKEY_ENTER },
	{ "Esc", UIKEY_ESC },
	{ "Tab", UIKEY_TAB },
	{ "BackTab", UIKEY_BACKTAB },
	{ "Up", UIKEY_UP },
	{ "Down", UIKEY_DOWN },
	{ "Left", UIKEY_LEFT },
	{ "Right", UIKEY_RIGHT },
	{ "PgUp", UIKEY_PAGE_UP },
	{ "PgDn", UIKEY_PAGE_DOWN },
	{ "Home", UIKEY_HOME },
	{ "End", UIKEY_END },
	{ "F1", UIKEY_F(1) },
	{ "F2", UIKEY_F(2) },
	{ "BackSpace", UIKEY_BACKSPACE },
};

static uint32_t key_named(const char *name)
{
	for (size_t i = 0; i < sizeof(key_names) / sizeof(key_names[0]); i++) {
		if (!strcmp(key_names[i].name, name))
			return key_names[i].key;
	}
	cr_assert(eq(sz, strlen(name), 1), "no such key: %s", name);
	return (uint32_t)name[0];
}

/* As the loop of the program does: the clock, a picture; a long search gets its slices. */
static void play_key(struct play *p, uint32_t key)
{
	ui_draw(p->ui, p->grid);
	ui_key(p->ui, key);
	for (int i = 0; i < TICK_CNT; i++)
		ui_tick(p->ui, p->now_ns);
}

static __u64 duration(const char *text)
{
	uint64_t ns;

	cr_assert(eq(int, parse_duration(text, &ns), 0), "no duration: %s", text);
	return ns;
}

/* The ui is made at the first line that needs it, behind all that describe it. */
static void play_begin(struct play *p)
{
	if (p->ui)
		return;
	p->ui = ui_new(p->trace, &(struct ui_options){ .title = "./workload --seed 1",
						       .live = p->is_live,
						       .notes = strbuf_str(&p->notes) });
	ui_tick(p->ui, p->now_ns);
}

static void play_line(struct play *p, char *line)
{
	char *word = strtok(line, " ");
	char *rest = strtok(NULL, "");
	int rows, cols;

	if (!strcmp(word, "scenario")) {
		cr_assert(scenario_tell(rest, p->trace), "no scenario %s", rest);
		p->now_ns = trace_end_ns(p->trace);
	} else if (!strcmp(word, "size")) {
		cr_assert(eq(int, sscanf(rest, "%d %d", &cols, &rows), 2));
		grid_resize(p->grid, rows, cols);
	} else if (!strcmp(word, "now")) {
		p->now_ns = trace_begin_ns(p->trace) + duration(rest);
	} else if (!strcmp(word, "replay")) {
		p->is_live = false;
	} else if (!strcmp(word, "note")) {
		strbuf_addf(&p->notes, "%s\n", rest);
	} else if (!strcmp(word, "states")) {
		cr_assert(state_words_choose(rest), "no words %s", rest);
	} else if (!strcmp(word, "utf8")) {
		grid_set_ascii(p->grid, false);
	} else if (!strcmp(word, "styles")) {
		p->with_styles = true;
	} else if (!strcmp(word, "key")) {
		play_begin(p);
		for (char *name = strtok(rest, " "); name; name = strtok(NULL, " "))
			play_key(p, key_named(name));
	} else if (!strcmp(word, "type")) {
		play_begin(p);
		for (; *rest; rest++)
			play_key(p, (uint32_t)*rest);
	} else if (!strcmp(word, "tick")) {
		play_begin(p);
		p->now_ns += duration(rest);
		ui_tick(p->ui, p->now_ns);
	} else {
		cr_assert(eq(str, word, "a word of the language above"));
	}
}

static void play_file(const char *path, struct strbuf *ret)
{
	struct play p = { .trace = trace_new(&(struct trace_options){}), .is_live = true };
	FILE *f = fopen(path, "r");
	char line[LINE_SZ];

	cr_assert(ne(ptr, f, NULL), "%s", path);
	p.grid = grid_new(24, 80);
	grid_set_ascii(p.grid, true);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] && line[0] != '#')
			play_line(&p, line);
	}
	fclose(f);
	play_begin(&p);
	/* Twice: the first may leave parts of the timeline for later. */
	for (int i = 0; i < 2; i++) {
		ui_draw(p.ui, p.grid);
		ui_tick(p.ui, p.now_ns);
	}
	ui_draw(p.ui, p.grid);
	grid_dump(p.grid, ret);
	if (p.with_styles)
		grid_dump_styles(p.grid, ret);
	ui_free(p.ui);
	grid_free(p.grid);
	strbuf_release(&p.notes);
	trace_free(p.trace);
}

static void read_screen(const char *path, struct strbuf *ret)
{
	char buf[4096];
	size_t cnt;
	FILE *f = fopen(path, "r");

	if (!f)
		return;
	while ((cnt = fread(buf, 1, sizeof(buf), f)) > 0)
		strbuf_add(ret, buf, cnt);
	fclose(f);
}

static void write_screen(const char *path, const struct strbuf *screen)
{
	FILE *f = fopen(path, "w");

	cr_assert(ne(ptr, f, NULL), "%s", path);
	fputs(strbuf_str(screen), f);
	fclose(f);
}

struct golden {
	char keys[NAME_SZ];
	char screen[NAME_SZ];
};

ParameterizedTestParameters(golden, screens)
{
	static struct golden goldens[128];
	size_t cnt = 0;
	glob_t found;

	if (glob("tests/golden/*.keys", 0, NULL, &found) == 0) {
		for (; cnt < found.gl_pathc && cnt < 128; cnt++) {
			const char *path = found.gl_pathv[cnt];

			snprintf(goldens[cnt].keys, NAME_SZ, "%s", path);
			snprintf(goldens[cnt].screen, NAME_SZ, "%.*s.screen",
				 (int)(strlen(path) - strlen(".keys")), path);
		}
		globfree(&found);
	}
	return cr_make_param_array(struct golden, goldens, cnt);
}

ParameterizedTest(struct golden *golden, golden, screens, .timeout = 20)
{
	struct strbuf is = {}, shall = {};

	play_file(golden->keys, &is);
	if (getenv("GOLDEN_UPDATE"))
		write_screen(golden->screen, &is);
	read_screen(golden->screen, &shall);
	cr_expect(eq(str, (char *)strbuf_str(&is), (char *)strbuf_str(&shall)), "%s\n%s",
		  golden->screen, strbuf_str(&is));
	strbuf_release(&is);
	strbuf_release(&shall);
}

/* A glob that finds nothing would let everything pass. */
Test(golden, there_are_screens)
{
	glob_t found;

	cr_assert(eq(int, glob("tests/golden/*.keys", 0, NULL, &found), 0),
		  "not called from the top of the tree");
	cr_expect(gt(sz, found.gl_pathc, 10));
	globfree(&found);
}
