/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of keys as a table. */
#include "tui/keymap.h"

static const struct key_info keys[] = {
#define KEY_ENTRY(act, grp, k1, k2, keys_shown, label, text) \
	{ ACT_##act, KEY_GROUP_##grp, k1, k2, keys_shown, label, text },
	KEYS(KEY_ENTRY)
#undef KEY_ENTRY
};

enum { KEY_CNT = sizeof(keys) / sizeof(keys[0]) };

const struct key_info *keymap_at(size_t idx)
{
	return idx < KEY_CNT ? &keys[idx] : NULL;
}

const struct key_info *keymap_find_action(enum ui_action action)
{
	for (size_t i = 0; i < KEY_CNT; i++) {
		if (keys[i].action == action)
			return &keys[i];
	}
	return NULL;
}

enum ui_action keymap_action(uint32_t key)
{
	for (size_t i = 0; key != UIKEY_NONE && i < KEY_CNT; i++) {
		if (keys[i].key1 == key || keys[i].key2 == key)
			return keys[i].action;
	}
	return ACT_NONE;
}

const char *key_group_title(enum key_group group)
{
	static const char *const titles[] = {
#define KEY_GROUP_ENTRY(name, title) [KEY_GROUP_##name] = (title),
		KEY_GROUPS(KEY_GROUP_ENTRY)
#undef KEY_GROUP_ENTRY
	};

	return group < KEY_GROUP_CNT ? titles[group] : "?";
}
