/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of keys: complete, without collisions, with a word of help for each. */
#include "tui/keymap.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

TestSuite(keymap, .timeout = 10);

Test(keymap, no_key_means_two_things)
{
	const struct key_info *a, *b;

	for (size_t i = 0; (a = keymap_at(i)); i++) {
		for (size_t j = i + 1; (b = keymap_at(j)); j++) {
			cr_expect(ne(u32, a->key1, b->key1), "%s and %s", a->shown, b->shown);
			cr_expect(ne(u32, a->key1, b->key2), "%s and %s", a->shown, b->shown);
			if (a->key2 != UIKEY_NONE) {
				cr_expect(ne(u32, a->key2, b->key1), "%s and %s", a->shown,
					  b->shown);
				cr_expect(ne(u32, a->key2, b->key2), "%s and %s", a->shown,
					  b->shown);
			}
		}
	}
}

Test(keymap, every_action_has_a_key_and_help)
{
	for (int action = ACT_NONE + 1; action < ACT_CNT; action++) {
		const struct key_info *key = keymap_find_action(action);

		cr_assert(ne(ptr, (void *)key, NULL), "action %d", action);
		cr_expect(eq(int, keymap_action(key->key1), action));
		cr_expect(gt(sz, strlen(key->help), 0));
		cr_expect(gt(sz, strlen(key->shown), 0));
		cr_expect(lt(int, (int)key->group, KEY_GROUP_CNT));
	}
}

/* In the help view, behind the names of the keys, on 80 columns. */
Test(keymap, no_help_is_cut)
{
	const struct key_info *key;

	for (size_t i = 0; (key = keymap_at(i)); i++)
		cr_expect(le(sz, strlen(key->help), 80 - 18), "%s", key->help);
}

/* The promise to users: these keys do these things. */
Test(keymap, promised_keys_do_what_was_promised)
{
	static const struct {
		uint32_t key;
		enum ui_action action;
	} promised[] = {
		{ ' ', ACT_PAUSE },
		{ '.', ACT_STEP_NEXT },
		{ ',', ACT_STEP_PREV },
		{ UIKEY_RIGHT, ACT_STATE_NEXT },
		{ UIKEY_LEFT, ACT_STATE_PREV },
		{ '[', ACT_MARK_PREV },
		{ ']', ACT_MARK_NEXT },
		{ '<', ACT_SLOWER },
		{ '>', ACT_FASTER },
		{ '+', ACT_ZOOM_IN },
		{ '-', ACT_ZOOM_OUT },
		{ '=', ACT_ZOOM_FIT },
		{ 'g', ACT_FIRST },
		{ 'G', ACT_LAST },
		{ ':', ACT_GOTO },
		{ 'j', ACT_DOWN },
		{ 'k', ACT_UP },
		{ UIKEY_UP, ACT_UP },
		{ UIKEY_DOWN, ACT_DOWN },
		{ UIKEY_ENTER, ACT_ENTER },
		{ UIKEY_ESC, ACT_BACK },
		{ UIKEY_TAB, ACT_VIEW_NEXT },
		{ '/', ACT_SEARCH },
		{ 'n', ACT_SEARCH_NEXT },
		{ 'N', ACT_SEARCH_PREV },
		{ '\\', ACT_FILTER },
		{ 'm', ACT_MARK },
		{ 'w', ACT_GRAPH },
		{ '?', ACT_HELP },
		{ UIKEY_F(1), ACT_HELP },
		{ 'q', ACT_QUIT },
	};

	for (size_t i = 0; i < sizeof(promised) / sizeof(promised[0]); i++)
		cr_expect(eq(int, keymap_action(promised[i].key), promised[i].action), "key %u",
			  promised[i].key);
}

Test(keymap, other_keys_do_nothing)
{
	cr_expect(eq(int, keymap_action('Y'), ACT_NONE));
	cr_expect(eq(int, keymap_action(0), ACT_NONE));
	cr_expect(eq(int, keymap_action(UIKEY_NONE), ACT_NONE));
	cr_expect(eq(int, keymap_action(0x10ffff), ACT_NONE));
}
