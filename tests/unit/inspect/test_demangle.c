/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of functions as people write them. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dlfcn.h>
#include <string.h>
#include "inspect/demangle.h"

static const struct {
	const char *name, *want;
} cases[] = {
	{ "_Z3eatv", "eat" },
	{ "_ZN4bank7Account4moveERS0_l", "bank::Account::move" },
	{ "_ZNK4bank7Account7balanceEv", "bank::Account::balance" },
	{ "_ZN12_GLOBAL__N_14hideEi", "(anonymous namespace)::hide" },
	{ "_ZN5QueueIiE3popEv", "Queue<int>::pop" },
	{ "_ZN3FooclEi", "Foo::operator()" },
	{ "_ZN3FoolsEi", "Foo::operator<<" },
	{ "_ZN4core3ptr4read17h0123456789abcdefE", "core::ptr::read" },
	{ "_ZZ4mainENKUlvE_clEv", "main::{lambda()#1}::operator()" },
	{ "_ZN4bank4rootE", "bank::root" },
	{ "_Z4pickIiET_S0_", "pick<int>" },
	{ "_Z4pickIN4bank7AccountEEPT_iS2_", "pick<bank::Account>" },
	{ "_ZN3FoocvbEv", "Foo::operator bool" },
	{ "_ZnwmPv", "operator new" },
};

Test(demangle, a_name_of_c_stays_as_it_is)
{
	struct strbuf sb = {};

	demangle("eat", &sb);
	demangle(" _start", &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb), "eat _start"));
	strbuf_release(&sb);
}

Test(demangle, names_of_cpp_lose_their_parameters)
{
	if (!dlopen("libstdc++.so.6", RTLD_NOW))
		cr_skip("no C++ library is installed");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct strbuf sb = {};

		demangle(cases[i].name, &sb);
		cr_expect(eq(str, (char *)strbuf_str(&sb), (char *)cases[i].want));
		strbuf_release(&sb);
	}
}

Test(demangle, what_is_no_name_comes_through)
{
	char name[DEMANGLE_IN_MAX + 100];
	struct strbuf sb = {};

	demangle("_Znonsense", &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb), "_Znonsense"));
	strbuf_reset(&sb);
	memset(name, 'x', sizeof(name));
	memcpy(name, "_Z9", 3);
	name[sizeof(name) - 1] = '\0';
	demangle(name, &sb);
	cr_expect(eq(sz, sb.len, DEMANGLE_IN_MAX));
	strbuf_release(&sb);
}
