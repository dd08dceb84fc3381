/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Typed growing arrays. Every @v below is a pointer to a VEC:
 *
 *	VEC(uint32_t) tids = {};	zero-initialised is valid and empty
 *	vec_push(&tids, 4711);
 *	vec_for_each(tid, &tids)
 *		use(*tid);
 *	vec_release(&tids);
 *
 * Pointers into a vector hold until the next push, reserve, remove or release.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define VEC(type)            \
	struct {             \
		type *items; \
		size_t cnt;  \
		size_t cap;  \
	}

#define VEC_MIN_CAP 8

/* The array @items moved to room for at least @want; *@cap says for how many. */
static inline void *vec_grow(void *items, size_t *cap, size_t want, size_t item_sz)
{
	size_t new_cap = *cap + *cap / 2;

	if (new_cap < want)
		new_cap = want;
	if (new_cap < VEC_MIN_CAP)
		new_cap = VEC_MIN_CAP;
	items = xreallocarray(items, new_cap, item_sz);
	*cap = new_cap;
	return items;
}

/* Make room for @n items in all, so that the pushes up to there do not move the array. */
#define vec_reserve(v, n)                                                                   \
	do {                                                                                \
		__typeof__(v) vec_res_ = (v);                                               \
		size_t vec_n_ = (n);                                                        \
		if (vec_n_ > vec_res_->cap)                                                 \
			vec_res_->items = vec_grow(vec_res_->items, &vec_res_->cap, vec_n_, \
						   sizeof(*vec_res_->items));               \
	} while (0)

/*
 * Append a copy of the item, which may be a compound literal with commas and may
 * be read from the vector itself: it is taken before the array moves.
 */
#define vec_push(v, ...)                                              \
	do {                                                          \
		__typeof__(v) vec_v_ = (v);                           \
		__typeof__(*vec_v_->items) vec_item_ = (__VA_ARGS__); \
		vec_reserve(vec_v_, vec_v_->cnt + 1);                 \
		vec_v_->items[vec_v_->cnt++] = vec_item_;             \
	} while (0)

/* Take the last item off and yield it; the vector must not be empty. Evaluates @v repeatedly. */
#define vec_pop(v) (assert((v)->cnt > 0), (v)->items[--(v)->cnt])

/* Pointer to the last item, NULL when empty. Evaluates @v repeatedly. */
#define vec_last(v) ((v)->cnt ? &(v)->items[(v)->cnt - 1] : NULL)

/*
 * Loop with @ptr, declared here, pointing at one item after the other. The body
 * must not change the vector. Evaluates @v repeatedly.
 */
#define vec_for_each(ptr, v) \
	for (__typeof__(*(v)->items) *ptr = (v)->items; ptr && ptr < &(v)->items[(v)->cnt]; ptr++)

/* Make @dst hold copies of the items of @src, in its own memory. */
#define vec_copy(dst, src)                                                \
	do {                                                              \
		__typeof__(dst) vec_dst_ = (dst);                         \
		__typeof__(src) vec_src_ = (src);                         \
		vec_reserve(vec_dst_, vec_src_->cnt);                     \
		if (vec_src_->cnt)                                        \
			memcpy(vec_dst_->items, vec_src_->items,          \
			       vec_src_->cnt * sizeof(*vec_dst_->items)); \
		vec_dst_->cnt = vec_src_->cnt;                            \
	} while (0)

/* Remove the item at @idx; those behind it move up, in order. */
#define vec_remove(v, idx)                                                      \
	do {                                                                    \
		__typeof__(v) vec_v_ = (v);                                     \
		size_t vec_idx_ = (idx);                                        \
		assert(vec_idx_ < vec_v_->cnt);                                 \
		vec_v_->cnt--;                                                  \
		memmove(&vec_v_->items[vec_idx_], &vec_v_->items[vec_idx_ + 1], \
			(vec_v_->cnt - vec_idx_) * sizeof(*vec_v_->items));     \
	} while (0)

/* Forget the items, keep the memory. */
#define vec_clear(v) ((void)((v)->cnt = 0))

/* Give the memory back; the vector is empty and may be used again. Evaluates @v repeatedly. */
#define vec_release(v)                   \
	do {                             \
		free((v)->items);        \
		(v)->items = NULL;       \
		(v)->cnt = (v)->cap = 0; \
	} while (0)

#endif
