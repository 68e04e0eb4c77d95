# detmeta: filter, sort and count run metadata on its JSONB keys.
# `make help` lists the targets and their variables.

MODULE_big = detmeta
EXTENSION = detmeta
DATA = sql/detmeta--1.0.sql
PGFILEDESC = "detmeta - run metadata on JSONB keys"

# The folder of this file, so that a build from another folder (VPATH) finds the sources.
HERE := $(dir $(lastword $(MAKEFILE_LIST)))
names_in = $(sort $(basename $(notdir $(wildcard $(HERE)$(1)))))

# src/ has a folder for each layer.
SOURCES = $(sort $(wildcard $(HERE)src/*.c $(HERE)src/*/*.c))
OBJS = $(patsubst $(HERE)%.c,%.o,$(SOURCES))

# Every sql/NAME.sql is a regress test, but for the install scripts (NAME--VERSION.sql).
ALL_REGRESS := $(foreach name,$(call names_in,sql/*.sql),$(if $(findstring --,$(name)),,$(name)))
REGRESS = $(filter amvalidate,$(ALL_REGRESS)) $(filter-out amvalidate,$(ALL_REGRESS))
REGRESS_OPTS = --inputdir=$(or $(HERE),.) --load-extension=detmeta

ISOLATION = $(call names_in,test/specs/*.spec)
ISOLATION_OPTS = --inputdir=$(HERE)test --load-extension=detmeta

# PG=16 takes Debian's PostgreSQL 16; PG_CONFIG=/path/to/pg_config any other.
ifdef PG
PG_CONFIG ?= /usr/lib/postgresql/$(PG)/bin/pg_config
endif
PG_CONFIG ?= pg_config
PGXS := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))
SERVER_HEADERS := $(shell $(PG_CONFIG) --includedir-server 2>/dev/null)
USABLE := $(and $(PGXS),$(wildcard $(SERVER_HEADERS)/postgres.h))

PG_CPPFLAGS = -I$(HERE)src -isystem $(SERVER_HEADERS)
# Callbacks of the server have parameters that not every one of ours needs.
ifdef WERROR
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Werror
endif

.DEFAULT_GOAL := all

ifdef USABLE
include $(PGXS)

# PGXS tracks no headers unless the server was configured to: any header rebuilds every object.
$(OBJS) $(OBJS:.o=.bc): $(wildcard $(HERE)src/*/*.h)

# A build from another folder finds that one empty. Absolute paths are not looked for among the sources.
FOLDERS := $(addprefix $(CURDIR)/,$(sort $(dir $(OBJS))))
$(OBJS) $(OBJS:.o=.bc): | $(FOLDERS)
$(FOLDERS):
	mkdir -p $@
else
all install installcheck uninstall:
	@echo '$(PG_CONFIG) names no PostgreSQL server that extensions can be built for.' >&2
	@echo 'On Debian and Ubuntu: apt-get install gcc postgresql-server-dev-NN, with NN from 15 to 19,' >&2
	@echo 'then make PG=NN. Elsewhere: make PG_CONFIG=/path/to/bin/pg_config.' >&2
	@echo '`make demo` and `make test` install by themselves what they need.' >&2
	@exit 1
clean distclean:
	rm -rf detmeta.so $(OBJS) $(OBJS:.o=.bc)
endif

# These install what is missing, build in a temporary folder and run servers of their own.
demo:
	@bash $(HERE)test/demo.sh
test:
	@bash $(HERE)test/run.sh
deb:
	@PG_CONFIG='$(PG_CONFIG)' bash $(HERE)package/deb.sh
test-clients:
	@SUITES=clients CLIENTS="$${CLIENTS:-all}" bash $(HERE)test/run.sh
differential:
	@PAIRS=$${PAIRS:-200000} TIMEOUT=$${TIMEOUT:-86400} SUITES=tap PROVE_TESTS='test/t/010_differential.pl test/t/011_core_dialect.pl test/t/012_pages.pl' bash $(HERE)test/run.sh
versions:
	@bash $(HERE)test/versions.sh
stress:
	@STRESS_SECONDS=$${STRESS_SECONDS:-120} SUITES=tap PROVE_TESTS='test/t/030_scan_stress.pl test/t/031_scan_standby.pl' JOBS=1 bash $(HERE)test/run.sh
lint:
	@bash $(HERE)test/lint/run.sh
valgrind:
	@VALGRIND=1 SUITES=$${SUITES:-regress} TIMEOUT=$${TIMEOUT:-86400} bash $(HERE)test/run.sh
fuzz:
	@FUZZ_SECONDS=$(SECONDS) bash $(HERE)test/fuzz/run.sh
bench:
	@PART='$(PART)' bash $(HERE)test/bench/$(if $(filter grid scale,$(PART)),$(PART),bench).sh

help:
	@echo 'make                 build for the pg_config on the PATH'
	@echo 'make install         install it (as a user who may)'
	@echo 'make installcheck    regress and isolation tests in the running server'
	@echo 'make deb             a Debian package for the server PG=NN, in build/'
	@echo 'make demo            see it work in a server that is removed afterwards'
	@echo 'make test            every test, in servers of its own'
	@echo 'make test-clients    programs with JDBC, psycopg, SQLAlchemy, Django and eight libraries for Node.js'
	@echo 'make versions        demo and tests in a bootstrapped Debian of each release (as root)'
	@echo 'make differential    the long comparisons with an oracle, and with core  PAIRS=200000 SEED=1'
	@echo 'make stress          scans against changes, on a standby as well   STRESS_SECONDS=120'
	@echo 'make lint            static analysis of the source'
	@echo 'make valgrind        regress tests in a server under valgrind'
	@echo 'make fuzz            hostile input for minutes                 SECONDS=300 CORPUS=folder'
	@echo 'make bench           compare with other indexes, and a key/value table   RUNS=1000000 RESULTS=folder'
	@echo '                     PART="conditions pages explore analysis dialect plan growth write post packages", or PART=grid, or PART=scale'
	@echo
	@echo 'PG=15..19            the Debian server version; else the newest that is there'
	@echo 'PG_CONFIG=path       any other server'
	@echo 'WERROR=1             strict compiler warnings are errors'
	@echo 'KEEP=1               demo, test, bench: leave the server or the folder behind'
	@echo 'SUITES="regress isolation tap fuzz clients", REGRESS="a b", ISOLATION="a b", PROVE_TESTS="test/t/a.pl", CLIENTS="libpq"'
	@echo '                     test: run only these'

.PHONY: deb demo test test-clients versions differential stress lint valgrind fuzz bench help
