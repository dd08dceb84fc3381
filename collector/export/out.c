/* SPDX-License-Identifier: GPL-2.0-only */
/* The buffered writer of exports. */
#include "export/out.h"

#include "base/io.h"

static void flush(struct out *o)
{
	if (!o->err)
		o->err = write_all(o->fd, strbuf_str(&o->buf), o->buf.len);
	if (!o->err)
		o->written += o->buf.len;
	strbuf_reset(&o->buf);
}

int out_commit(struct out *o)
{
	if (o->fd != OUT_MEMORY && o->buf.len >= OUT_BUFFER_SZ)
		flush(o);
	return o->err;
}

int out_finish(struct out *o)
{
	if (o->fd != OUT_MEMORY)
		flush(o);
	strbuf_release(&o->buf);
	return o->err;
}
