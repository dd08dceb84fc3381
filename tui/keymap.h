/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keys: one list gives the actions, the help view, the key bar and the manual.
 *
 * A key never changes its meaning between live and replay.
 */
#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

#include <stddef.h>
#include <stdint.h>

/* Keys are code points, control characters included; what has no character is above them. */
enum ui_keycode {
	UIKEY_TAB = '\t',
	UIKEY_ENTER = '\r',
	UIKEY_ESC = 0x1b,
	UIKEY_BACKSPACE = 0x7f,
	UIKEY_NONE = 0x110000,
	UIKEY_UP,
	UIKEY_DOWN,
	UIKEY_LEFT,
	UIKEY_RIGHT,
	UIKEY_SHIFT_LEFT,
	UIKEY_SHIFT_RIGHT,
	UIKEY_PAGE_UP,
	UIKEY_PAGE_DOWN,
	UIKEY_HOME,
	UIKEY_END,
	UIKEY_DELETE,
	UIKEY_BACKTAB,
	UIKEY_F0, /* UIKEY_F0 + n is Fn */
	UIKEY_LAST = UIKEY_F0 + 12,
};

#define UIKEY_F(n)    (UIKEY_F0 + (n))
#define UIKEY_CTRL(c) ((c)&0x1f)

/*
 * _(action, group, first key, second key, how both are shown, label, help)
 * The label is for the key bar, "" for none; in the order of the list, as many as fit.
 */
#define KEYS(_)                                                                                    \
	_(PAUSE, TIME, ' ', UIKEY_NONE, "Space", "pause",                                          \
	  "pause the view (recording goes on), play on from there")                                \
	_(STEP_NEXT, TIME, '.', UIKEY_NONE, ".", "step", "one event forward")                      \
	_(STEP_PREV, TIME, ',', UIKEY_NONE, ",", "", "one event back")                             \
	_(STATE_NEXT, TIME, UIKEY_RIGHT, UIKEY_NONE, "Right", "",                                  \
	  "next state change of the selected thread")                                              \
	_(STATE_PREV, TIME, UIKEY_LEFT, UIKEY_NONE, "Left", "",                                    \
	  "previous state change of the selected thread")                                          \
	_(JUMP_NEXT, TIME, UIKEY_SHIFT_RIGHT, 'L', "Shift-Right L", "",                            \
	  "forward by a tenth of the timeline")                                                    \
	_(JUMP_PREV, TIME, UIKEY_SHIFT_LEFT, 'H', "Shift-Left H", "",                              \
	  "back by a tenth of the timeline")                                                       \
	_(MARK_NEXT, TIME, ']', UIKEY_NONE, "]", "", "next marker, alarm or loss")                 \
	_(MARK_PREV, TIME, '[', UIKEY_NONE, "[", "", "previous marker, alarm or loss")             \
	_(BLOCK_NEXT, TIME, 'b', UIKEY_NONE, "b", "", "next time that a thread blocks")            \
	_(BLOCK_PREV, TIME, 'B', UIKEY_NONE, "B", "", "the same, previous")                        \
	_(HANDOFF_NEXT, TIME, 'u', UIKEY_NONE, "u", "", "next unlock that wakes a waiter")         \
	_(HANDOFF_PREV, TIME, 'U', UIKEY_NONE, "U", "", "the same, previous")                      \
	_(EDGE_NEXT, TIME, 'r', UIKEY_NONE, "r", "", "next change of who waits for whom")          \
	_(EDGE_PREV, TIME, 'R', UIKEY_NONE, "R", "", "the same, previous")                         \
	_(ALARM_NEXT, TIME, 'a', UIKEY_NONE, "a", "", "where the next deadlock or stall begins")   \
	_(ALARM_PREV, TIME, 'A', UIKEY_NONE, "A", "", "the same, previous")                        \
	_(CAUSE_NEXT, TIME, 'f', UIKEY_NONE, "f", "",                                              \
	  "how the deadlock came: next wait, or lock seen to be taken")                            \
	_(CAUSE_PREV, TIME, 'F', UIKEY_NONE, "F", "", "the same, previous")                        \
	_(IDLE, TIME, 'i', UIKEY_NONE, "i", "", "play: skip what is idle for more than a second")  \
	_(BACKWARDS, TIME, 'v', UIKEY_NONE, "v", "", "play backwards, or forwards again")          \
	_(SLOWER, TIME, '<', UIKEY_NONE, "<", "",                                                  \
	  "play slower, down to 1:1 000 000; the timeline zooms in")                               \
	_(FASTER, TIME, '>', UIKEY_NONE, ">", "", "play faster, up to 1000:1")                     \
	_(FIRST, TIME, 'g', UIKEY_HOME, "g Home", "", "to the first event")                        \
	_(LAST, TIME, 'G', UIKEY_END, "G End", "now", "to the last event; live: back to now")      \
	_(GOTO, TIME, ':', UIKEY_NONE, ":", "",                                                    \
	  "go to a time (12.5s, 50%), event (#51), thread (t1234), note")                          \
	_(MARK, TIME, 'm', UIKEY_NONE, "m", "",                                                    \
	  "set a note here, or change the one that is (empty: remove it)")                         \
	_(NOTE_VIEW, TIME, 'M', UIKEY_NONE, "M", "", "marker: keep how the screen looks with it")  \
	_(STOPS, TIME, 'p', UIKEY_NONE, "p", "", "play: stop at each marker, or do not")           \
	_(PREDICT, TIME, 'P', UIKEY_NONE, "P", "",                                                 \
	  "predict: a step forward (. b u r a Right) asks first, or not")                          \
	_(REVEAL, TIME, 'x', UIKEY_NONE, "x", "",                                                  \
	  "where a question is asked: show what comes next")                                       \
	_(ZOOM_IN, TIME, '+', UIKEY_NONE, "+", "zoom", "timeline: less time per column")           \
	_(ZOOM_OUT, TIME, '-', UIKEY_NONE, "-", "", "timeline: more time per column")              \
	_(ZOOM_FIT, TIME, '=', UIKEY_NONE, "=", "", "timeline: everything in one window")          \
	_(UP, MOVE, 'k', UIKEY_UP, "Up k", "", "select the row above")                             \
	_(DOWN, MOVE, 'j', UIKEY_DOWN, "Down j", "", "select the row below")                       \
	_(PAGE_UP, MOVE, UIKEY_PAGE_UP, UIKEY_CTRL('b'), "PgUp ^B", "",                            \
	  "a page up: of the rows, or of large details")                                           \
	_(PAGE_DOWN, MOVE, UIKEY_PAGE_DOWN, UIKEY_CTRL('f'), "PgDn ^F", "",                        \
	  "a page down, the same")                                                                 \
	_(ENTER, MOVE, UIKEY_ENTER, '\n', "Enter", "",                                             \
	  "large: why it does not run, the whole chain; unfolds a row")                            \
	_(OWNER, MOVE, 'h', UIKEY_NONE, "h", "",                                                   \
	  "to the thread that this one waits for: who holds its lock")                             \
	_(WAKER, MOVE, 'W', UIKEY_NONE, "W", "", "to the thread that woke this one last")          \
	_(FOLD, MOVE, 'z', UIKEY_NONE, "z", "",                                                    \
	  "one row for threads that wait alike or ended soon, or one each")                        \
	_(BACK, MOVE, UIKEY_ESC, UIKEY_BACKSPACE, "Esc", "",                                       \
	  "back: from h, W or l, to the main screen, cancel")                                      \
	_(VIEW_NEXT, VIEW, UIKEY_TAB, UIKEY_NONE, "Tab", "view", "next view")                      \
	_(VIEW_PREV, VIEW, UIKEY_BACKTAB, UIKEY_NONE, "Shift-Tab", "", "previous view")            \
	_(GRAPH, VIEW, 'w', UIKEY_F(6), "w F6", "graph", "who waits for whom")                     \
	_(FOCUS, VIEW, 'Z', UIKEY_NONE, "Z", "",                                                   \
	  "graph: only what the selected thread is part of, or all")                               \
	_(LOCKS, VIEW, 'l', UIKEY_F(9), "l F9", "",                                                \
	  "locks: the one this thread waits on; owner, queue, times")                              \
	_(ORDER, VIEW, 'S', UIKEY_NONE, "S", "", "locks, also as lanes: sort by something else")   \
	_(THREADS, VIEW, UIKEY_F(2), UIKEY_NONE, "F2", "",                                         \
	  "main screen: threads, timeline, details")                                               \
	_(TIMELINE, VIEW, UIKEY_F(3), 't', "F3 t", "", "timeline, large")                          \
	_(EVENTS, VIEW, UIKEY_F(5), 'e', "F5 e", "", "list of events")                             \
	_(OUTPUT, VIEW, UIKEY_F(7), 'o', "F7 o", "", "what the program printed")                   \
	_(DIAGRAM, VIEW, 's', UIKEY_F(8), "s F8", "", "states as the textbook draws them")         \
	_(NOTES, VIEW, 'C', UIKEY_F(11), "C F11", "",                                              \
	  "chapters and notes: Enter goes to one, as it was prepared")                             \
	_(LANES, VIEW, 'c', UIKEY_NONE, "c", "", "timeline: lanes of threads, of CPUs, of locks")  \
	_(SEARCH, FIND, '/', UIKEY_NONE, "/", "find", "search a thread by name or tid")            \
	_(SEARCH_NEXT, FIND, 'n', UIKEY_NONE, "n", "", "next match")                               \
	_(SEARCH_PREV, FIND, 'N', UIKEY_NONE, "N", "", "previous match")                           \
	_(FILTER, FIND, '\\', UIKEY_F(4), "\\ F4", "", "show only threads that match; empty: all") \
	_(ENDED, FIND, 'd', UIKEY_NONE, "d", "", "show or hide threads that have ended")           \
	_(HELP, OTHER, '?', UIKEY_F(1), "? F1", "help", "this help")                               \
	_(SAVE, OTHER, 'y', UIKEY_NONE, "y", "", "copy the report of this moment to a file")       \
	_(RECORD, OTHER, 'O', UIKEY_NONE, "O", "",                                                 \
	  "record what is in memory and what comes to a file; again: end")                         \
	_(REDRAW, OTHER, UIKEY_CTRL('l'), UIKEY_NONE, "^L", "", "draw the screen anew")            \
	_(SUSPEND, OTHER, UIKEY_CTRL('z'), UIKEY_NONE, "^Z", "",                                   \
	  "suspend ctrace: meanwhile nobody empties the ring")                                     \
	_(INTERRUPT, OTHER, UIKEY_CTRL('c'), UIKEY_NONE, "^C", "", "pressed twice: quit")          \
	_(QUIT, OTHER, 'q', UIKEY_F(10), "q F10", "quit", "quit")

enum ui_action {
	ACT_NONE = 0,
#define KEY_ENUM(action, group, key1, key2, shown, bar, help) ACT_##action,
	KEYS(KEY_ENUM)
#undef KEY_ENUM
		ACT_CNT,
};

/* The parts of the help view, in this order. */
#define KEY_GROUPS(_)     \
	_(TIME, "Time")   \
	_(MOVE, "Select") \
	_(VIEW, "Views")  \
	_(FIND, "Find")   \
	_(OTHER, "Other")

enum key_group {
#define KEY_GROUP_ENUM(name, title) KEY_GROUP_##name,
	KEY_GROUPS(KEY_GROUP_ENUM)
#undef KEY_GROUP_ENUM
		KEY_GROUP_CNT,
};

struct key_info {
	enum ui_action action;
	enum key_group group;
	uint32_t key1, key2; /* UIKEY_NONE: there is no second */
	const char *shown;
	const char *bar; /* "" when it is not in the key bar */
	const char *help;
};

/* In the order of the list; NULL behind the end. */
const struct key_info *keymap_at(size_t idx);
const struct key_info *keymap_find_action(enum ui_action action);
/* ACT_NONE when the key does nothing. */
enum ui_action keymap_action(uint32_t key);
const char *key_group_title(enum key_group group);

#endif /* TUI_KEYMAP_H */
