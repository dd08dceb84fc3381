/* SPDX-License-Identifier: GPL-2.0-only */
/* The line in which one types: where to go, what to find, what to show, a note. */
#include <string.h>

#include "base/safe_text.h"
#include "base/utf8.h"
#include "tui/ui_private.h"

const char *ui_prompt_label(enum ui_prompt prompt)
{
	switch (prompt) {
	case PROMPT_GOTO:
		return "go to (1.5s 50% #event tTID note): ";
	case PROMPT_SEARCH:
		return "search: ";
	case PROMPT_FILTER:
		return "show only: ";
	case PROMPT_MARK:
		return "note: ";
	case PROMPT_NONE:
		break;
	}
	return "";
}

const char *ui_prompt_hint(enum ui_prompt prompt)
{
	return prompt == PROMPT_MARK ? "words; also chapter: ... question: ... answer: ..." : "";
}

void ui_prompt_open(struct ui *ui, enum ui_prompt prompt)
{
	ui->prompt = prompt;
	ui->text[0] = '\0';
	ui->search_origin = ui->selected_tid;
	if (prompt == PROMPT_FILTER)
		strcpy(ui->text, ui->filter);
	if (prompt == PROMPT_MARK)
		ui_note_typed(ui, ui->text, sizeof(ui->text));
	ui_touch(ui);
}

/* What is typed shows its effect at once. */
static void prompt_changed(struct ui *ui)
{
	if (ui->prompt == PROMPT_FILTER) {
		strcpy(ui->filter, ui->text);
		ui->rows_are_stale = true;
	} else if (ui->prompt == PROMPT_SEARCH) {
		strcpy(ui->search, ui->text);
		if (ui->search[0])
			ui_search_step(ui, ui->search_origin, 1);
	}
	ui_touch(ui);
}

/* Where there is no recording yet the note becomes an event, for one to have it. */
static void accept_note(struct ui *ui)
{
	bool is_live = ui->mode == UI_FOLLOW && ui->is_live && !ui->annotate;

	if (ui_mark(ui, ui->text) && is_live)
		ui_note_live(ui, ui->text);
}

static void prompt_accept(struct ui *ui)
{
	enum ui_prompt prompt = ui->prompt;

	ui->prompt = PROMPT_NONE;
	ui_touch(ui);
	if (prompt == PROMPT_GOTO)
		ui_goto(ui, ui->text);
	else if (prompt == PROMPT_MARK)
		accept_note(ui);
	else if (prompt == PROMPT_SEARCH && ui->search[0] &&
		 !ui_search_step(ui, ui->search_origin, 1))
		ui_message(ui, "no thread of this moment matches \"%.200s\"", ui->search);
}

static void prompt_cancel(struct ui *ui)
{
	if (ui->prompt == PROMPT_FILTER)
		ui->text[0] = '\0';
	if (ui->prompt == PROMPT_SEARCH) {
		ui->search[0] = '\0';
		ui_select_tid(ui, ui->search_origin);
	}
	if (ui->prompt == PROMPT_FILTER)
		prompt_changed(ui);
	ui->prompt = PROMPT_NONE;
	ui_touch(ui);
}

static void prompt_erase(struct ui *ui)
{
	size_t len = strlen(ui->text);

	if (!len) {
		prompt_cancel(ui);
		return;
	}
	while (len > 0 && ((unsigned char)ui->text[--len] & 0xc0) == 0x80)
		;
	ui->text[len] = '\0';
	prompt_changed(ui);
}

/* The note travels in the trace and is shown later: it passes safe_text like any name. */
static void prompt_insert(struct ui *ui, uint32_t key)
{
	char utf8[UTF8_MAX + 1];
	size_t len = strlen(ui->text);
	int cnt;

	if (key < ' ' || key >= UIKEY_NONE)
		return;
	cnt = utf8_encode(key, utf8);
	if (len + (size_t)cnt >= sizeof(ui->text))
		return;
	safe_text(ui->text + len, sizeof(ui->text) - len, utf8, (size_t)cnt);
	prompt_changed(ui);
}

/* What was typed holds, as far as it is a whole: but a place to go to is left out half-typed. */
static void prompt_leave(struct ui *ui)
{
	if (ui->prompt == PROMPT_GOTO)
		prompt_cancel(ui);
	else
		prompt_accept(ui);
}

/* None of these writes anything: they do what they always do, behind the line or without it. */
static bool is_passed_on(struct ui *ui, uint32_t key)
{
	if (key >= UIKEY_F0 && key <= UIKEY_LAST) {
		prompt_leave(ui);
		return true;
	}
	return key == UIKEY_UP || key == UIKEY_DOWN || key == UIKEY_PAGE_UP ||
	       key == UIKEY_PAGE_DOWN || key == UIKEY_CTRL('l') || key == UIKEY_CTRL('z');
}

bool ui_prompt_key(struct ui *ui, uint32_t key)
{
	if (is_passed_on(ui, key))
		return false;
	switch (key) {
	case UIKEY_ENTER:
	case '\n':
		prompt_accept(ui);
		break;
	case UIKEY_ESC:
	case UIKEY_CTRL('c'):
		prompt_cancel(ui);
		break;
	case UIKEY_BACKSPACE:
	case UIKEY_CTRL('h'):
		prompt_erase(ui);
		break;
	case UIKEY_CTRL('u'):
		ui->text[0] = '\0';
		prompt_changed(ui);
		break;
	default:
		prompt_insert(ui, key);
	}
	return true;
}
