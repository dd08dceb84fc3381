/* SPDX-License-Identifier: GPL-2.0-only */
/* Colours that can be read on black and on white, and states that differ without any. */
#include "tui/theme.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "model/state.h"

TestSuite(theme, .timeout = 10);

/*
 * The share of light of a channel (sRGB, IEC 61966-2-1) at the levels of xterm's colour
 * cube; greys between them are interpolated, which is right within 3 %.
 */
static double light_of(int value)
{
	static const int levels[] = { 0, 95, 135, 175, 215, 255 };
	static const double lights[] = { 0.0, 0.1144, 0.2423, 0.4287, 0.6795, 1.0 };
	int i = 1;

	while (levels[i] < value)
		i++;
	return lights[i - 1] +
	       (lights[i] - lights[i - 1]) * (value - levels[i - 1]) / (levels[i] - levels[i - 1]);
}

/* Of the 256: a cube of 6 levels from 16 on, greys from 232 on (xterm, 256colres.pl). */
static double luminance(int color)
{
	static const double weight[] = { 0.2126, 0.7152, 0.0722 };
	static const int step[] = { 36, 6, 1 };
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		int level = (color - 16) / step[i] % 6;
		int value = color >= 232 ? 8 + (color - 232) * 10 : level ? 55 + level * 40 : 0;

		sum += weight[i] * light_of(value);
	}
	return sum;
}

static double contrast(double a, double b)
{
	return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

/* WCAG 2.1, 1.4.11 asks for 3:1. */
Test(theme, colours_are_readable_on_black_and_on_white)
{
	for (int style = 0; style < STYLE_CNT; style++) {
		struct theme_look look = theme_look(THEME_DARK, 256, style);

		if (look.fg < 0)
			continue;
		if (look.bg >= 0) {
			cr_expect(ge(dbl, contrast(luminance(look.fg), luminance(look.bg)), 4.5));
			continue;
		}
		cr_expect(ge(dbl, contrast(luminance(look.fg), 0.0), 3.0), "style %d", style);
		cr_expect(ge(dbl, contrast(luminance(look.fg), 1.0), 3.0), "style %d", style);
	}
}

Test(theme, projector_is_dark_on_white)
{
	for (int style = 0; style < STYLE_CNT; style++) {
		struct theme_look look = theme_look(THEME_PROJECTOR, 256, style);

		cr_expect(ge(int, look.fg, 0));
		cr_expect(ge(int, look.bg, 0));
		cr_expect(ge(dbl, contrast(luminance(look.fg), luminance(look.bg)), 3.0),
			  "style %d", style);
		cr_expect(eq(int, look.attrs &THEME_DIM, 0));
	}
}

Test(theme, dark_theme_leaves_the_background_alone_but_for_alarms)
{
	static const int depths[] = { 8, 16, 256 };

	for (int i = 0; i < 3; i++) {
		for (int style = 0; style < STYLE_CNT; style++) {
			if (style != STYLE_ALARM)
				cr_expect(eq(int, theme_look(THEME_DARK, depths[i], style).bg, -1));
		}
	}
}

Test(theme, without_colours_there_are_none)
{
	for (unsigned style = 0; style < STYLE_CNT; style++) {
		cr_expect(eq(int, theme_look(THEME_DARK, 0, style).fg, -1));
		cr_expect(eq(int, theme_look(THEME_PROJECTOR, 0, style).bg, -1));
		cr_expect(eq(int, theme_look(THEME_MONO, 256, style | STYLE_ON_SELECTED).fg, -1));
	}
	cr_expect(
		eq(int, theme_look(THEME_MONO, 0, STYLE_ALARM).attrs, THEME_REVERSE | THEME_BOLD));
}

static bool looks_differ(struct theme_look a, struct theme_look b)
{
	return a.fg != b.fg || a.bg != b.bg || a.attrs != b.attrs;
}

Test(theme, running_ready_and_blocked_look_different)
{
	static const int depths[] = { 8, 256 };

	for (int i = 0; i < 2; i++) {
		struct theme_look running = theme_look(THEME_DARK, depths[i], STYLE_RUNNING);
		struct theme_look ready = theme_look(THEME_DARK, depths[i], STYLE_READY);
		struct theme_look blocked = theme_look(THEME_DARK, depths[i], STYLE_BLOCKED);

		cr_expect(looks_differ(running, ready));
		cr_expect(looks_differ(ready, blocked));
		cr_expect(looks_differ(blocked, running));
	}
}

/* A lane of blocks reversed is its negative. */
Test(theme, selected_row_is_reversed_but_for_states_and_alarms)
{
	static const unsigned kept[] = { STYLE_RUNNING, STYLE_READY, STYLE_BLOCKED, STYLE_ALARM };
	struct theme_look text = theme_look(THEME_DARK, 256, STYLE_DIM | STYLE_ON_SELECTED);

	cr_expect(eq(int, text.attrs, THEME_REVERSE));
	cr_expect(eq(int, text.fg, -1));
	for (int i = 0; i < 4; i++) {
		cr_expect(not(
			looks_differ(theme_look(THEME_DARK, 256, kept[i]),
				     theme_look(THEME_DARK, 256, kept[i] | STYLE_ON_SELECTED))));
	}
}

Test(theme, names_of_themes)
{
	enum theme_name theme;

	cr_assert(theme_parse("light", &theme));
	cr_expect(eq(int, theme, THEME_PROJECTOR));
	cr_assert(theme_parse("mono", &theme));
	cr_expect(eq(int, theme, THEME_MONO));
	cr_expect(not(theme_parse("pink", &theme)));
	cr_expect(eq(int, theme, THEME_MONO));
	cr_expect(eq(str, (char *)theme_word(THEME_DARK), "dark"));
}

Test(theme, every_state_has_a_style)
{
	for (unsigned s = THREAD_NEW; s < THREAD_STATE_CNT; s++)
		cr_expect(ne(int, theme_state_style(s), STYLE_UNKNOWN), "state %u", s);
	cr_expect(eq(int, theme_state_style(THREAD_UNKNOWN), STYLE_UNKNOWN));
	cr_expect(eq(int, theme_state_style(THREAD_STATE_CNT), STYLE_UNKNOWN));
}
