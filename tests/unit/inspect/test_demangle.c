/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of functions as people write them. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dlfcn.h>
#include <stdio.h>
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

/* Of the tests of rustc-demangle and of the RFC, and as rustc 1.7x writes those of std. */
static const struct {
	const char *name, *want;
} rust_cases[] = {
	{ "_RNvC6_123foo3bar", "123foo::bar" },
	{ "_RNvCs1234_7mycrate4main", "mycrate::main" },
	{ "_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", "cc::spawn::{closure#0}::{closure#0}" },
	{ "_RNCINkXs25_NgCsbmNqQUJIY6D_4core5sliceINyB9_4IterhENuNgNoBb_4iter8iterator8Iterator9"
	  "rpositionNCNgNpB9_6memchr7memrchrs_0E0Bb_",
	  "<core::slice::Iter as core::iter::iterator::Iterator>::rposition::{closure#0}" },
	{ "_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_"
	  "ECs1iopQbuBiw2_"
	  "3std",
	  "alloc::alloc::box_free<dyn alloc::boxed::FnBox<()><Output = ()>>" },
	{ "_RNvMC0INtC8arrayvec8ArrayVechKj7b_E3new", "arrayvec::ArrayVec<u8, 123>::new" },
	{ "_RMCs4fqI2P2rA04_13const_genericINtB0_8UnsignedKhb_E", "const_generic::Unsigned<11>" },
	{ "_RMCs4fqI2P2rA04_13const_genericINtB0_6SignedKin98_E", "const_generic::Signed<-152>" },
	{ "_RMCs4fqI2P2rA04_13const_genericINtB0_4BoolKb1_E", "const_generic::Bool<true>" },
	{ "_RNvMNtNtNtCs1_3std3sys4sync5mutexNtB2_5Mutex14lock_contended",
	  "std::sys::sync::mutex::Mutex::lock_contended" },
	{ "_RNvNtCs1_3std2rt10lang_start.llvm.1234", "std::rt::lang_start" },
	{ "_RINvC1a1fRShQmPxOzTuETaEFUKCaEuFEtE",
	  "a::f<&[u8], &mut u32, *const i64, *mut !, ((),), "
	  "(i8,), unsafe fn(i8), fn() -> u16>" },
};

Test(demangle, names_of_rust_are_paths)
{
	for (size_t i = 0; i < sizeof(rust_cases) / sizeof(rust_cases[0]); i++) {
		struct strbuf sb = {};

		demangle(rust_cases[i].name, &sb);
		cr_expect(eq(str, (char *)strbuf_str(&sb), (char *)rust_cases[i].want));
		strbuf_release(&sb);
	}
}

static void expect_as_it_is(const char *name)
{
	struct strbuf sb = {};

	demangle(name, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb), (char *)name));
	strbuf_release(&sb);
}

Test(demangle, what_is_no_name_of_rust_comes_through)
{
	static const char *const names[] = {
		"_R",
		"_RN",
		"_RC",
		"_RNvC3foo",
		"_RNvC9999999foo3bar",
		"_R1NvC1a1b",
		"_RB_",
		"_RNvB_1a",
		"_RNvC1a1bx",
		"_RNvC1a99999999999999b",
		"_RINvC1a1b",
		"_RINvC1a1bK",
		"_RINvC1a1bKb2_E",
		"_RINvC1a1bDE",
		"_RNvCszzz1a1b",
		"_RINvC1a1bTu",
		"_RNvC1a\xff\xfe",
		"_Rust_thing",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		expect_as_it_is(names[i]);
}

/* Each tuple is the one before it, twice: a kilobyte of name is 2^100 letters. */
Test(demangle, a_name_of_rust_that_grows_beyond_measure_is_left, .timeout = 10)
{
	struct strbuf name = {};
	size_t before = 0;

	strbuf_adds(&name, "_RINvC1a1b");
	for (int i = 0; i < 50; i++) {
		size_t here = name.len - 2;

		strbuf_adds(&name, "T");
		for (int n = 0; n < 2 && before; n++)
			strbuf_addf(&name, "B%c%c_",
				    "0123456789abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(before - 1) / 62],
				    "0123456789abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(before - 1) % 62]);
		strbuf_adds(&name, "hhE");
		before = here;
	}
	strbuf_adds(&name, "E");
	expect_as_it_is(strbuf_str(&name));
	strbuf_reset(&name);
	strbuf_adds(&name, "_RINvC1a1b");
	for (int i = 0; i < 1000; i++)
		strbuf_adds(&name, "RS");
	expect_as_it_is(strbuf_str(&name));
	strbuf_release(&name);
}

/* Any byte anywhere: it ends, within bounds. */
Test(demangle, damaged_names_of_rust_do_no_harm, .timeout = 20)
{
	unsigned dice = 1;

	for (int i = 0; i < 100000; i++) {
		struct strbuf name = {}, sb = {};

		strbuf_adds(&name,
			    rust_cases[i % (sizeof(rust_cases) / sizeof(rust_cases[0]))].name);
		for (int n = 0; n < 1 + i % 3; n++) {
			dice = dice * 1103515245 + 12345;
			name.data[2 + (dice >> 8) % (name.len - 2)] =
				"BCEINSTXYs_0123KRDFuhLpMAG\xff"[(dice >> 20) % 27];
		}
		demangle(name.data, &sb);
		cr_assert(lt(sz, sb.len, 2000));
		strbuf_release(&name);
		strbuf_release(&sb);
	}
}

/* Each level is told twice by the next: 2^30 times what the first is. */
Test(demangle, a_name_that_doubles_itself_stays_as_it_is)
{
	char name[DEMANGLE_IN_MAX] = "_Z1f1AIiiE";
	struct strbuf sb = {};

	strcat(name, "S_IS0_S0_E");
	for (int level = 1; level < 30; level++) {
		char digit = level < 10 ? '0' + level : 'A' + level - 10;

		sprintf(name + strlen(name), "S_IS%c_S%c_E", digit, digit);
	}
	demangle(name, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb), name));
	strbuf_release(&sb);
}

/* The pack of forty arguments is told for each of the forty, and so on. */
Test(demangle, a_pack_in_packs_stays_as_it_is)
{
	char name[DEMANGLE_IN_MAX] = "_Z1fIJ";
	struct strbuf sb = {};

	for (int i = 0; i < 40; i++)
		strcat(name, "i");
	strcat(name, "EEvDp1AIJT_Dp1AIJT_Dp1AIJT_Dp1AIJT_Dp1AIJT_Dp1AIJT_T_EEEEEEEEEEEE");
	demangle(name, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb), name));
	strbuf_release(&sb);
}
