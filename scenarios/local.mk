## scenarios: from YAML to a running network, and the bundled scenarios.

noinst_LIBRARIES += libscenarios.a
libscenarios_a_SOURCES =

## From a file to typed keys.
libscenarios_a_SOURCES += \
	scenarios/codes.c \
	scenarios/codes.def \
	scenarios/codes.h \
	scenarios/codes_file.def \
	scenarios/codes_model.def \
	scenarios/codes_notes.def \
	scenarios/codes_traffic.def \
	scenarios/diag.c \
	scenarios/diag.h \
	scenarios/diag_print.c \
	scenarios/expr.c \
	scenarios/expr.h \
	scenarios/expr_operand.c \
	scenarios/expr_parse.h \
	scenarios/expr_token.c \
	scenarios/expr_token.h \
	scenarios/key_convert.c \
	scenarios/key_get.c \
	scenarios/key_path.c \
	scenarios/key_reader.c \
	scenarios/key_reader.h \
	scenarios/key_slot.h \
	scenarios/keys.c \
	scenarios/keys.h \
	scenarios/override.c \
	scenarios/override.h \
	scenarios/quantity.c \
	scenarios/scope.c \
	scenarios/scope.h \
	scenarios/scope_entry.h \
	scenarios/scope_param.c \
	scenarios/scope_text.c \
	scenarios/source.c \
	scenarios/source.h \
	scenarios/suggest.c \
	scenarios/suggest.h \
	scenarios/text_check.c \
	scenarios/text_check.h \
	scenarios/tree.c \
	scenarios/tree.h \
	scenarios/tree_build.h \
	scenarios/tree_read.c \
	scenarios/tree_syntax.c \
	scenarios/units.c \
	scenarios/units.h \
	scenarios/value.c \
	scenarios/value.h
