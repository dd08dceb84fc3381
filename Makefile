# SPDX-License-Identifier: GPL-2.0-only
# ctrace: `make` builds, `make run` shows, `make test` proves, `make help` lists the rest.

VERSION	:= 0.1.0
OUT	?= build
CC	?= gcc
CLANG	?= clang
PATH	:= $(PATH):/usr/sbin:/sbin
export PATH

V ?= 0
ifeq ($(V),0)
Q   := @
msg  = @printf '  %-8s %s\n' "$(1)" "$(2)";
else
Q   :=
msg  =
endif

WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wundef \
	   -Werror=switch # whoever adds to a list is told where it is missing
# In debug information no word of where it was built: the same source makes the same program.
SAME_ANYWHERE := -ffile-prefix-map=$(CURDIR)=.
CFLAGS	?= -O2 -g
ALL_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(CFLAGS) $(WARN) -fno-strict-aliasing \
	      -I. -Icollector -I$(OUT) -DCTRACE_VERSION='"$(VERSION)"' $(SAME_ANYWHERE)
LDFLAGS	?=
ifeq ($(ASAN),1)
ALL_CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDFLAGS	+= -fsanitize=address,undefined
endif
ifeq ($(WERROR),1)
ALL_CFLAGS += -Werror
endif

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deps run test check soak bench fuzz kernels lint format clean help install uninstall

# What has to be built, and what each room is made of. A room is an archive,
# and a program names the archives it may know, so that a wrong dependency
# does not link.
ROOMS	  := base model trace capture inspect export tui
room_dir   = $(if $(filter tui,$(1)),tui,collector/$(1))
room_objs  = $(patsubst %.c,$(OUT)/%.o,$(wildcard $(call room_dir,$(1))/*.c))
WORKLOADS := $(patsubst workloads/%.c,$(OUT)/workloads/%,$(wildcard workloads/*.c))

all: scripts-deps-check $(OUT)/ctrace $(WORKLOADS)	## build ctrace and the workloads

.PHONY: scripts-deps-check
scripts-deps-check:
	$(Q)scripts/deps check build

deps:							## install what is missing (apt-get, as root)
	$(Q)scripts/deps install all

run: 							## install what is missing, build, show the dining forks
	$(Q)scripts/deps install build
	$(Q)$(MAKE) --no-print-directory all
	$(Q)$(OUT)/ctrace $(OUT)/workloads/forks

test:							## install what is missing, build, run all tests
	$(Q)scripts/deps install test
	$(Q)$(MAKE) --no-print-directory WERROR=1 all
	$(Q)tests/run

# --- the kernel side ---------------------------------------------------------

BPF_SRC	:= $(wildcard bpf/*.bpf.c)
BPF_OBJ	:= $(patsubst %.c,$(OUT)/%.o,$(BPF_SRC))
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Wall -Wextra -Wno-unused-parameter \
	      -I. -I/usr/include/$(shell uname -m)-linux-gnu $(SAME_ANYWHERE)

$(OUT)/%.bpf.o: %.bpf.c
	$(call msg,CLANG,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c $< -o $@

$(OUT)/bpf/ctrace.linked.o: $(BPF_OBJ)
	$(call msg,LINK,$@)
	$(Q)bpftool gen object $@ $^

$(OUT)/bpf/ctrace.skel.h: $(OUT)/bpf/ctrace.linked.o
	$(call msg,SKEL,$@)
	$(Q)bpftool gen skeleton $< name ctrace_bpf > $@

$(OUT)/collector/capture/probe.o: $(OUT)/bpf/ctrace.skel.h

# --- the user side -----------------------------------------------------------

LIBS_base	:=
LIBS_trace	:= -lzstd
LIBS_capture	:= -lbpf -lcap-ng
LIBS_inspect	:= -ldw -lelf
LIBS_tui	:= -lncursesw -ltinfo

CTRACE_ROOMS := tui export capture inspect trace model base
CTRACE_OBJ   := $(patsubst %.c,$(OUT)/%.o,$(wildcard cmd/*.c))
archives      = $(foreach r,$(1),$(OUT)/lib$(r).a)
room_libs     = $(foreach r,$(1),$(LIBS_$(r)))

define room_rule
$(OUT)/lib$(1).a: $(call room_objs,$(1))
	$$(call msg,AR,$$@)
	$$(Q)rm -f $$@; $(AR) rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

$(OUT)/ctrace: $(CTRACE_OBJ) $(call archives,$(CTRACE_ROOMS))
	$(call msg,LD,$@)
	$(Q)$(CC) $(LDFLAGS) $^ $(call room_libs,$(CTRACE_ROOMS)) -o $@.new && mv $@.new $@

# What it embeds is no header that the compiler would name.
$(OUT)/collector/export/export_html.o: $(wildcard collector/export/page/*)

$(OUT)/%.o: %.c
	$(call msg,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# Workloads are what a student compiles: plain, with debug information.
$(OUT)/workloads/%: workloads/%.c workloads/lesson.h
	$(call msg,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O1 -g $(WARN) $< -o $@ -pthread -lrt

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

# --- tests -------------------------------------------------------------------

# test_<module>.c in tests/unit/<room>/ links that room and what lies below it.
TESTROOMS_base	:= base
TESTROOMS_model	:= model base
TESTROOMS_trace	:= trace model base
TESTROOMS_capture := capture trace model base
TESTROOMS_inspect := inspect trace model base
TESTROOMS_export := export trace model base
TESTROOMS_tui	:= tui trace model base
# What the rooms that do not know each other say of the same.
TESTROOMS_cmd	:= tui export trace model base
UNIT_OBJS_cmd	:= $(OUT)/cmd/options.o
UNIT_SUPPORT	:= $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/unit/support/*.c))

define unit_rule
UNIT_$(1) := $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/unit/$(1)/test_*.c))
ifneq ($$(UNIT_$(1)),)
UNITS += $(OUT)/tests/unit/$(1)/run
endif
$(OUT)/tests/unit/$(1)/run: $$(UNIT_$(1)) $$(UNIT_OBJS_$(1)) $(if $(filter base,$(1)),,$(UNIT_SUPPORT)) $(call archives,$(TESTROOMS_$(1)))
	$$(call msg,LD,$$@)
	$$(Q)$$(CC) $$(LDFLAGS) $$^ $(call room_libs,$(TESTROOMS_$(1))) -lcriterion -o $$@
endef
$(foreach r,$(ROOMS) cmd,$(eval $(call unit_rule,$(r))))

check: $(UNITS)						## run the unit tests (no privilege, < 10 s)
	$(Q)tests/run-units $(UNITS)

soak: all						## the tests that need an hour: 200 runs of each case
	$(Q)SOAK=1 tests/run

fuzz:							## feed damaged traces and damaged programs to who reads them
	$(Q)tests/fuzz/run 60
	$(Q)tests/fuzz/run-object 60

# The probes that cost the least, to measure ctrace against.
LIMIT := $(OUT)/tests/bench/limit/limit
$(LIMIT).skel.h: $(LIMIT).bpf.o
	$(call msg,SKEL,$@)
	$(Q)bpftool gen skeleton $< name limit_bpf > $@
$(LIMIT).o: $(LIMIT).skel.h
$(LIMIT): $(LIMIT).o
	$(call msg,LD,$@)
	$(Q)$(CC) $(LDFLAGS) $^ -lbpf -o $@

bench: all $(LIMIT)					## measure ctrace beside every installed peer
	$(Q)tests/bench/run

kernels: all						## boot Debian's 6.1 and 6.12 kernels and trace there
	$(Q)tests/kernels/run

lint:							## who includes whom, form, debts
	$(Q)scripts/lint

format:							## apply .clang-format
	$(Q)clang-format -i $$(git ls-files '*.c' '*.h')

# The page about the file is the manual of it.
$(OUT)/man/ctrace-trace.5: docs/trace-format.md scripts/md2man
	$(call msg,MAN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)scripts/md2man -v name=ctrace-trace -v section=5 -v about="the trace file, byte by byte" $< > $@

PREFIX ?= /usr/local

$(OUT)/man/ctrace.1: $(OUT)/ctrace
	$(call msg,MAN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$< manual > $@

$(OUT)/completion/%: $(OUT)/ctrace
	$(call msg,SHELL,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$< completion $* > $@

# Where each shell looks for what completes a command.
INSTALLED := bin/ctrace lib/ctrace share/man/man1/ctrace.1 share/man/man5/ctrace-trace.5 \
	     share/bash-completion/completions/ctrace share/zsh/site-functions/_ctrace \
	     share/fish/vendor_completions.d/ctrace.fish
DEST       = $(DESTDIR)$(PREFIX)

install: all $(addprefix $(OUT)/,man/ctrace.1 man/ctrace-trace.5 completion/bash completion/zsh completion/fish)
install:						## install to PREFIX (default /usr/local)
	install -D $(OUT)/ctrace $(DEST)/bin/ctrace
	install -D -t $(DEST)/lib/ctrace/workloads $(WORKLOADS)
	install -D -m644 -t $(DEST)/share/man/man1 $(OUT)/man/ctrace.1
	install -D -m644 -t $(DEST)/share/man/man5 $(OUT)/man/ctrace-trace.5
	install -D -m644 $(OUT)/completion/bash $(DEST)/share/bash-completion/completions/ctrace
	install -D -m644 $(OUT)/completion/zsh $(DEST)/share/zsh/site-functions/_ctrace
	install -D -m644 $(OUT)/completion/fish $(DEST)/share/fish/vendor_completions.d/ctrace.fish

uninstall:						## remove what install has installed
	rm -rf $(addprefix $(DEST)/,$(INSTALLED))

clean:							## remove what was built
	$(Q)rm -rf $(OUT)

help:							## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
