/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace schema: what the JSON of ctrace looks like, as a JSON schema. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "cmd/exit_status.h"
#include "cmd/options.h"
#include "export/schema.h"

int cmd_schema(const struct options *opts, const struct launch_inherited *inherited)
{
	struct strbuf text = {};
	int err;

	(void)opts;
	(void)inherited;
	schema_json(&text);
	err = write_all(STDOUT_FILENO, strbuf_str(&text), text.len);
	if (err)
		log_err("cannot write the schema: %s", strerror(-err));
	strbuf_release(&text);
	return err ? EXIT_CTRACE_FAILED : EXIT_SUCCESS;
}
