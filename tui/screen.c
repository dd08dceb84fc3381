/* SPDX-License-Identifier: GPL-2.0-only */
/* The terminal: a grid goes out, keys come in. The only file that knows curses. */
#define NCURSES_WIDECHAR 1

#include "tui/screen.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <wchar.h>

#include "base/utf8.h"
#include "base/vec.h"
#include "base/xalloc.h"
#include "tui/keymap.h"
#include "tui/restore.h"
#include "tui/tty.h"

enum { ESC_DELAY_MS = 25, PAIR_MAX = 64, SIGNAL_CNT = 4 };

struct screen {
	struct tty tty;
	SCREEN *terminal;
	WINDOW *keys;  /* a pad: reading from it never draws */
	int color_cnt; /* 0: monochrome */
	enum theme_name theme;
	bool has_utf8;
	struct theme_look pairs[PAIR_MAX]; /* pair 0 is the terminal's own */
	short pair_cnt;
	VEC(cchar_t) line; /* of the row that is drawn */
};

/* newterm() sets handlers of its own for these, and they would end the program. */
static const int signals_of_curses[SIGNAL_CNT] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };

static SCREEN *newterm_without_signals(struct screen *s, const char *type)
{
	struct sigaction before[SIGNAL_CNT];
	SCREEN *terminal;

	for (int i = 0; i < SIGNAL_CNT; i++)
		sigaction(signals_of_curses[i], NULL, &before[i]);
	terminal = newterm(type, s->tty.out, s->tty.in);
	for (int i = 0; i < SIGNAL_CNT; i++)
		sigaction(signals_of_curses[i], &before[i], NULL);
	return terminal;
}

/* Is a type known, and can it do what a screen needs? Nothing is written. */
static bool type_is_usable(struct screen *s, const char *type)
{
	int err;
	bool is_usable;

	if (setupterm(type, s->tty.fd, &err) != OK)
		return false;
	is_usable = cursor_address && clear_screen;
	del_curterm(cur_term);
	return is_usable;
}

static int open_terminal(struct screen *s)
{
	const char *type;

	for (size_t i = 0; (type = tty_type(i)); i++) {
		if (!type_is_usable(s, type))
			continue;
		s->terminal = newterm_without_signals(s, type);
		if (s->terminal)
			return 0;
	}
	return -ENOTSUP;
}

static int color_count(enum screen_color color)
{
	const char *no_color = getenv("NO_COLOR");

	if (color == SCREEN_COLOR_NEVER || !has_colors())
		return 0;
	if (color == SCREEN_COLOR_AUTO && no_color && *no_color)
		return 0;
	if (start_color() == ERR)
		return 0;
	use_default_colors();
	return COLORS;
}

/* tputs() takes no argument for its function; only armed once, before there are threads. */
static char restore_bytes[RESTORE_MAX];
static size_t restore_len;

static int collect_byte(int ch)
{
	if (restore_len < sizeof(restore_bytes))
		restore_bytes[restore_len++] = (char)ch;
	return ch;
}

static void collect(const char *capability)
{
	if (capability && capability != (char *)-1)
		tputs(capability, 1, collect_byte);
}

static void arm(struct screen *s)
{
	restore_len = 0;
	if (key_mouse) {
		static const char mouse_off[] = "\033[?1000l\033[?1002l\033[?1003l\033[?1006l";

		for (const char *p = mouse_off; *p; p++)
			collect_byte(*p);
	}
	collect(exit_attribute_mode);
	collect(orig_pair);
	collect(keypad_local);
	collect(cursor_normal);
	collect(exit_ca_mode ? exit_ca_mode : clear_screen);
	restore_arm(s->tty.fd, &s->tty.modes, restore_bytes, restore_len);
}

static void set_modes(struct screen *s)
{
	raw();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	set_escdelay(ESC_DELAY_MS);
	s->keys = newpad(1, 1);
	if (s->keys) {
		keypad(s->keys, TRUE);
		nodelay(s->keys, TRUE);
	}
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
}

int screen_open(const struct screen_options *opts, struct screen **ret)
{
	struct screen *s = xcalloc(1, sizeof(*s));
	int err;

	setlocale(LC_CTYPE, "");
	s->theme = opts->theme;
	s->pair_cnt = 1;
	err = tty_open(&s->tty);
	if (!err)
		err = open_terminal(s);
	if (err) {
		tty_close(&s->tty);
		free(s);
		return err;
	}
	arm(s);
	set_modes(s);
	s->has_utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	s->color_cnt = color_count(opts->color);
	screen_update_size(s);
	*ret = s;
	return 0;
}

void screen_close(struct screen *s)
{
	if (!s)
		return;
	screen_leave(s);
	if (s->keys)
		delwin(s->keys);
	delscreen(s->terminal);
	restore_disarm();
	tty_close(&s->tty);
	vec_release(&s->line);
	free(s);
}

/*
 * The whole terminal scrolls again. Curses sets the region when it takes the size to be another; if
 * the terminal has grown since, less of it would scroll for ever.
 */
static void reset_scroll_region(const struct screen *s)
{
	int rows, cols;

	if (change_scroll_region && tty_size(&s->tty, &rows, &cols))
		putp(tiparm(change_scroll_region, 0, rows - 1));
}

void screen_leave(struct screen *s)
{
	reset_scroll_region(s);
	endwin();
	tty_reset_modes(&s->tty);
}

void screen_enter(struct screen *s)
{
	reset_prog_mode();
	screen_update_size(s);
	screen_invalidate(s);
}

int screen_fd(const struct screen *s)
{
	return s->tty.fd;
}

bool screen_has_utf8(const struct screen *s)
{
	return s->has_utf8;
}

void screen_size(const struct screen *s, int *ret_rows, int *ret_cols)
{
	(void)s;
	getmaxyx(stdscr, *ret_rows, *ret_cols);
}

bool screen_update_size(struct screen *s)
{
	int rows, cols, old_rows, old_cols;

	screen_size(s, &old_rows, &old_cols);
	if (!tty_size(&s->tty, &rows, &cols) || (rows == old_rows && cols == old_cols))
		return false;
	resizeterm(rows, cols);
	return true;
}

/* --- drawing ----------------------------------------------------------------- */

/* Pairs are made when they are first needed; a theme has a dozen. */
static short pair_of(struct screen *s, const struct theme_look *look)
{
	if (look->fg < 0 && look->bg < 0)
		return 0;
	for (short i = 1; i < s->pair_cnt; i++) {
		if (s->pairs[i].fg == look->fg && s->pairs[i].bg == look->bg)
			return i;
	}
	if (s->pair_cnt == PAIR_MAX || init_pair(s->pair_cnt, look->fg, look->bg) == ERR)
		return 0;
	s->pairs[s->pair_cnt] = *look;
	return s->pair_cnt++;
}

static attr_t attrs_of(const struct theme_look *look)
{
	return (look->attrs & THEME_BOLD ? A_BOLD : 0) |
	       (look->attrs & THEME_REVERSE ? A_REVERSE : 0) |
	       (look->attrs & THEME_UNDERLINE ? A_UNDERLINE : 0) |
	       (look->attrs & THEME_DIM ? A_DIM : 0);
}

/* What this locale cannot show, or shows in another width, would shift the line. */
static bool can_show(const struct screen *s, uint32_t ch)
{
	if (ch < 0x80)
		return true;
	return s->has_utf8 && wcwidth((wchar_t)ch) == utf8_width(ch);
}

static void line_add(struct screen *s, wchar_t ch, const struct theme_look *look)
{
	wchar_t text[2] = { ch, L'\0' };
	cchar_t cell;

	setcchar(&cell, text, attrs_of(look), pair_of(s, look), NULL);
	vec_push(&s->line, cell);
}

static void draw_row(struct screen *s, const struct grid *g, int row)
{
	const struct cell *cell;

	vec_clear(&s->line);
	for (int col = 0; (cell = grid_cell(g, row, col)); col++) {
		struct theme_look look;

		if (!cell->ch)
			continue;
		look = theme_look(s->theme, s->color_cnt, cell->style);
		if (can_show(s, cell->ch)) {
			line_add(s, (wchar_t)cell->ch, &look);
			continue;
		}
		for (int i = utf8_width(cell->ch); i > 0; i--)
			line_add(s, L'?', &look);
	}
	mvadd_wchnstr(row, 0, s->line.items, (int)s->line.cnt);
}

static bool takes_output(const struct screen *s)
{
	struct pollfd pfd = { .fd = s->tty.fd, .events = POLLOUT };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLOUT);
}

bool screen_draw(struct screen *s, const struct grid *g)
{
	int rows, cols, row, col;

	if (!takes_output(s))
		return false;
	screen_size(s, &rows, &cols);
	for (row = 0; row < rows; row++)
		draw_row(s, g, row);
	if (!grid_cursor(g, &row, &col)) {
		row = rows - 1;
		col = 0;
	}
	move(row, col);
	refresh();
	return true;
}

void screen_invalidate(struct screen *s)
{
	(void)s;
	clearok(curscr, TRUE);
}

/* --- input ------------------------------------------------------------------- */

static uint32_t code_of_function_key(wint_t key)
{
	static const struct {
		wint_t key;
		uint32_t code;
	} table[] = {
		{ KEY_UP, UIKEY_UP },
		{ KEY_DOWN, UIKEY_DOWN },
		{ KEY_LEFT, UIKEY_LEFT },
		{ KEY_RIGHT, UIKEY_RIGHT },
		{ KEY_SLEFT, UIKEY_SHIFT_LEFT },
		{ KEY_SRIGHT, UIKEY_SHIFT_RIGHT },
		{ KEY_PPAGE, UIKEY_PAGE_UP },
		{ KEY_NPAGE, UIKEY_PAGE_DOWN },
		{ KEY_HOME, UIKEY_HOME },
		{ KEY_END, UIKEY_END },
		{ KEY_DC, UIKEY_DELETE },
		{ KEY_BTAB, UIKEY_BACKTAB },
		{ KEY_ENTER, UIKEY_ENTER },
		{ KEY_BACKSPACE, UIKEY_BACKSPACE },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].key == key)
			return table[i].code;
	}
	if (key > KEY_F0 && key <= KEY_F(12))
		return UIKEY_F(key - KEY_F0);
	return UIKEY_NONE;
}

static void read_mouse(struct screen_input *ret)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return;
	ret->row = event.y;
	ret->col = event.x;
	if (event.bstate & BUTTON1_PRESSED) {
		ret->event = SCREEN_CLICK;
	} else if (event.bstate & (BUTTON4_PRESSED | BUTTON5_PRESSED)) {
		ret->event = SCREEN_WHEEL;
		ret->steps = event.bstate & BUTTON4_PRESSED ? -1 : 1;
	}
}

static bool is_gone(const struct screen *s)
{
	struct pollfd pfd = { .fd = s->tty.fd, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & (POLLHUP | POLLERR | POLLNVAL));
}

void screen_read(struct screen *s, struct screen_input *ret)
{
	wint_t key;
	int kind = wget_wch(s->keys, &key);

	*ret = (struct screen_input){ .event = SCREEN_KEY, .code = UIKEY_NONE };
	if (kind == OK)
		ret->code = (uint32_t)key;
	else if (kind != KEY_CODE_YES)
		ret->event = is_gone(s) ? SCREEN_GONE : SCREEN_NONE;
	else if (key == KEY_MOUSE)
		read_mouse(ret);
	else if (key == KEY_RESIZE)
		ret->event = SCREEN_SIZE;
	else
		ret->code = code_of_function_key(key);
}
